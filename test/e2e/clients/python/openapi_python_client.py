"""Creates and lists items with the client that openapi-python-client generates from the document, and prints the results."""

import json
import os

from generated import AuthenticatedClient, Client
from generated.api.admin import list_all_items
from generated.api.items import create_item, list_items
from generated.models import ItemDraft

anonymous = Client(base_url=os.environ["API"])
service = AuthenticatedClient(base_url=os.environ["API"], token=os.environ["TOKEN"])


def print_problem(problem):
    print("rejected", problem.status, problem.code, *[error.pointer for error in problem.errors or []])


created = create_item.sync(client=service, body=ItemDraft.from_dict(json.loads(os.environ["BODY"])))
print("created", created.id)

page = list_items.sync(client=service, limit=100)
print("listed", next(item.id for item in page.items if item.id == created.id))

print_problem(list_items.sync(client=anonymous))
print_problem(list_all_items.sync(client=service))
print_problem(create_item.sync(client=service, body=ItemDraft.from_dict(json.loads(os.environ["INVALID"]))))
