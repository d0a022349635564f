"""Creates and lists items with the client that openapi-python-client generates from the document, and prints the results."""

import os

from gatehouse_client import AuthenticatedClient, Client
from gatehouse_client.api.admin import list_all_items
from gatehouse_client.api.items import create_item, list_items
from gatehouse_client.models import ItemDraft

anonymous = Client(base_url=os.environ["API"])
service = AuthenticatedClient(base_url=os.environ["API"], token=os.environ["TOKEN"])


def print_problem(problem):
    print("rejected", problem.status, problem.code, *[error.pointer for error in problem.errors or []])


created = create_item.sync(client=service, body=ItemDraft(name="Lantern"))
print("created", created.name)

page = list_items.sync(client=service, limit=100)
print("listed", next(item.name for item in page.items if item.id == created.id))

print_problem(list_items.sync(client=anonymous))
print_problem(list_all_items.sync(client=service))
print_problem(create_item.sync(client=service, body=ItemDraft(name="")))
