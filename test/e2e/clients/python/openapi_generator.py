"""Creates and lists items with the client that openapi-generator generates from the document, and prints the results."""

import json
import os

from openapi_client import AdminApi, ApiClient, ApiException, Configuration, ItemDraft, ItemsApi

anonymous = ApiClient(Configuration(host=os.environ["API"]))
service = ApiClient(Configuration(host=os.environ["API"], access_token=os.environ["TOKEN"]))


def print_problem(call):
    try:
        call()
    except ApiException as e:
        print("rejected", e.data.status, e.data.code, *[error.pointer for error in e.data.errors or []])


items = ItemsApi(service)
created = items.create_item(ItemDraft.from_json(os.environ["BODY"]))
print("created", created.id)

page = items.list_items(limit=100)
print("listed", next(item.id for item in page.items if item.id == created.id))

print_problem(lambda: ItemsApi(anonymous).list_items())
print_problem(lambda: AdminApi(service).list_all_items())
print_problem(lambda: items.create_item(ItemDraft.model_construct(**json.loads(os.environ["INVALID"]))))  # not validated
