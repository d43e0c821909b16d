"""A pack's elements, tables and views as the script in the page takes them."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from packs.elements import Action, Element
from packs.views import Column, Table, View


def describe(element: Element) -> dict[str, Any]:
    """The element as the script takes it. What commits something must be found by every one of its ways.

    What is filled is a field: a cell or box around just one field stands for it.
    """
    return {
        "find": [way.model_dump(exclude_none=True) for way in element.find],
        "strict": element.action is Action.COMMIT,
        "field": element.action in (Action.FILL, Action.UPLOAD),
    }


def describe_table(table: Table, view: View) -> dict[str, Any]:
    """The table as the script takes it, with the element that says that it is empty."""
    return {
        "find": [way.model_dump(exclude_none=True) for way in table.find],
        "blocks": table.blocks.model_dump(exclude_none=True) if table.blocks is not None else None,
        "columns": {name: _describe_column(column) for name, column in table.columns.items()},
        "empty": describe(view.elements[table.empty]),
    }


def _describe_column(column: Column) -> dict[str, Any]:
    if column.find:
        return {"find": [way.model_dump(exclude_none=True) for way in column.find]}
    return {"header": column.header, "position": column.position}


def describe_whole(view: View) -> dict[str, Any]:
    """All of a view, for reading it."""
    return {
        **describe_view(view),
        "elements": {name: describe(element) for name, element in view.elements.items()},
        "tables": {name: describe_table(table, view) for name, table in view.tables.items()},
    }


def describe_view(view: View) -> dict[str, Any]:
    """What tells the view from others, as the script takes it."""
    return {
        "recognise": [describe(view.elements[name]) for name in view.recognise],
        "absent": [describe(view.elements[name]) for name in view.absent],
        "busy": describe(view.elements[view.busy]) if view.busy else None,
    }


class Described:
    """Descriptions as JSON, each worked out once: a pack does not change while a session lasts."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], tuple[object, str]] = {}

    def element(self, element: Element) -> str:
        """See `describe`."""
        return self._once("element", element, lambda: describe(element))

    def view(self, view: View) -> str:
        """What the view is recognised by; see `describe_view`."""
        return self._once("view", view, lambda: describe_view(view))

    def whole(self, view: View) -> str:
        """The view with all its elements and tables."""
        return self._once("whole", view, lambda: describe_whole(view))

    def table(self, view: View, table: str) -> str:
        """See `describe_table`."""
        return self._once("table", view.tables[table], lambda: describe_table(view.tables[table], view))

    def _once(self, kind: str, described: object, describe: Callable[[], Mapping[str, Any]]) -> str:
        known = self._known.get((kind, id(described)))
        if known is None:
            # What is described is kept too, so that its id stays its own.
            known = self._known[kind, id(described)] = described, json.dumps(describe())
        return known[1]


def joined(members: Mapping[str, str]) -> str:
    """A JSON object of members that are JSON already."""
    return "{" + ", ".join(f"{json.dumps(name)}: {text}" for name, text in members.items()) + "}"


def selector(query: Mapping[str, Any]) -> str:
    """A query as Playwright takes it, for the selector engine that `bots.page_script.register` registers."""
    return "portal=" + quote(json.dumps(query), safe="")
