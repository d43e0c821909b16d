"""Writes what a pack may say for people's tools: the JSON Schema for editors, and the tables of keys in the docs.

`python -m packs.schema` in a checkout brings both up to date with the models; a test fails while they are not.
"""

import ast
import inspect
import itertools
import json
import types
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, MinLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from flows.outcomes import Code
from flows.questions import Flow, input_types
from packs.models import Pack
from packs.needs import NEEDS
from packs.needs.shown import Needs, Readable
from packs.parts import ElementPath, InputName, Name, PortalPath
from packs.signing_in import Row
from packs.wording import tagged_kinds

_CHECKOUT = Path(__file__).resolve().parent.parent
SCHEMA_FILE = _CHECKOUT / "selectors" / "portal.schema.json"
LAYER_FILE = _CHECKOUT / "selectors" / "layer.schema.json"
DOCUMENT = _CHECKOUT / "docs" / "portal-packs.md"
BEGIN = "<!-- keys: written by `python -m packs.schema`, do not edit by hand -->"
END = "<!-- end of keys -->"

_DRAFT = "https://json-schema.org/draft/2020-12/schema"

_WORDS: Mapping[object, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    date: "day (YYYY-MM-DD)",
}

_SHAPES: Mapping[Any, str] = {
    Name: "name",
    ElementPath: "`view.element`",
    PortalPath: "path",
    InputName: "input of the question",
}
"""Texts that must have a certain shape, and what they are called."""


def portal_schema() -> str:
    """The JSON Schema of `portal.yaml`, which an editor uses to complete and to check keys."""
    schema: dict[str, Any] = {"$schema": _DRAFT, **Pack.model_json_schema()}
    # What a view lacks may be in the one that it is like.
    schema["$defs"]["View"].pop("required")
    return _written(schema)


def layer_schema() -> str:
    """The JSON Schema of families, overlays and packs that extend a family: as of packs, but any key may be missing.

    What is in a list is whole in every layer, because lists take one another's place.
    """
    schema: dict[str, Any] = {"$schema": _DRAFT, **Pack.model_json_schema()}
    schema.pop("required")
    for model in _merged_parts(Pack):
        schema["$defs"].get(model.__name__, {}).pop("required", None)
    return _written(schema)


def key_tables() -> str:
    """A table of keys for every part of a pack, in Markdown, in the order in which a pack first uses them."""
    parts = [line for model in _parts(Pack) for line in _table(model)]
    return "\n".join([*_index(_parts(Pack)), *parts, *(line for flow in Flow for line in _flow(flow))])


def with_tables(document: str) -> str:
    """The document with the tables of keys between its two marks as they are now."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{key_tables()}\n{END}{after}"


def _written(schema: Mapping[str, Any]) -> str:
    return json.dumps(_untitled(schema), indent=2, ensure_ascii=False) + "\n"


def _merged_parts(model: type[BaseModel]) -> list[type[BaseModel]]:
    """The parts that are put together key by key: those that are reached without a list on the way."""
    found = [model]
    for part in found:
        for field in part.model_fields.values():
            kinds = _models_in(field.annotation, through_lists=False)
            found.extend(below for below in kinds if below not in found)
    return found


def _untitled(schema: Any) -> Any:
    """Without pydantic's titles, which only repeat the keys."""
    if isinstance(schema, dict):
        return {
            key: _untitled(value) for key, value in schema.items() if not (key == "title" and isinstance(value, str))
        }
    return [_untitled(value) for value in schema] if isinstance(schema, list) else schema


def _parts(model: type[BaseModel]) -> list[type[BaseModel]]:
    """The model and every part below it, breadth first, each once."""
    found = [model]
    for part in found:
        for field in part.model_fields.values():
            found.extend(below for below in _models_in(field.annotation) if below not in found)
    return found


def _models_in(annotation: Any, *, through_lists: bool = True) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    if get_origin(annotation) is tuple and not through_lists:
        return
    for argument in get_args(annotation):
        yield from _models_in(argument, through_lists=through_lists)


def _index(models: Iterable[type[BaseModel]]) -> Iterator[str]:
    """Every key in the order of the alphabet, with the parts that have it."""
    parts: dict[str, list[str]] = {}
    for model in models:
        for name, field in model.model_fields.items():
            # Keys that all the rows of the sign-in table have are looked for there.
            shared = name in Row.model_fields and issubclass(model, Row)
            link = "every row of [SignIn](#signin)" if shared else _link(model)
            if link not in parts.setdefault(field.alias or name, []):
                parts[field.alias or name].append(link)
    yield "#### Every key, and the parts that have it"
    yield ""
    yield "| key | in |"
    yield "|---|---|"
    yield from (f"| `{key}` | {', '.join(parts[key])} |" for key in sorted(parts))
    yield ""


def _link(model: type[BaseModel]) -> str:
    return f"[{model.__name__}](#{model.__name__.lower()})"


def _table(model: type[BaseModel]) -> Iterator[str]:
    yield f"#### {model.__name__}"
    yield ""
    yield from (line.removeprefix("    ").rstrip() for line in (model.__doc__ or "").strip().splitlines())
    yield ""
    yield "| key | takes | needed | meaning |"
    yield "|---|---|---|---|"
    for name, field in model.model_fields.items():
        meaning = " ".join((field.description or "").split()).replace("|", "\\|")
        yield f"| `{field.alias or name}` | {_takes(field)} | {_needed(field)} | {meaning} |"
    yield ""
    for name, field in model.model_fields.items():
        meanings = [f"- `{member.value}`: {text}" for member, text in _meanings(field.annotation)]
        if meanings:
            yield from (f"`{field.alias or name}`:", "", *meanings, "")


def _meanings(annotation: Any) -> Iterator[tuple[StrEnum, str]]:
    """What each member of a closed set means, where its author says so: the text below it."""
    choices = [choice for choice in (annotation, *get_args(annotation)) if isinstance(choice, type)]
    for kind in (choice for choice in choices if issubclass(choice, StrEnum) and choice is not Code):
        (body,) = [node.body for node in ast.parse(inspect.getsource(kind)).body if isinstance(node, ast.ClassDef)]
        for statement, below in itertools.pairwise(body):
            match statement, below:
                case ast.Assign(targets=[ast.Name(id=name)]), ast.Expr(value=ast.Constant(value=str(text))):
                    yield kind[name], " ".join(text.split())


def _flow(flow: Flow) -> Iterator[str]:
    """The names that a pack may use for this flow: the question's inputs, and the fields that are read."""
    yield f"#### Names of {flow}"
    yield ""
    yield f"Inputs (`from`): {_names(input_types(flow))}."
    needs = NEEDS[flow]
    yield ""
    yield f"Forms: {_names(needs.forms)}."
    for readable, views in _read_alike(needs):
        what = "view" if len(views) == 1 else "views"
        if readable.fields:
            yield ""
            yield f"Fields of the {what} {_names(views)}: {_names(readable.fields)}."
        for table, columns in readable.tables.items():
            yield ""
            yield f"Columns of the table `{table}` of the {what} {_names(views)}: {_names(columns)}."
    for kind, documents in (("the view", needs.view_documents), ("each row of the table", needs.row_documents)):
        for view, names in documents.items():
            yield ""
            yield f"Documents of {kind} `{view}`: {_names(names)}."
    yield ""


def _read_alike(needs: Needs) -> Iterator[tuple[Readable, list[str]]]:
    """What is read, and the views on which it is."""
    readables = list(needs.views.values())
    for index, readable in enumerate(readables):
        if not any(readable is earlier for earlier in readables[:index]):
            yield readable, [name for name, other in needs.views.items() if other is readable]


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in dict.fromkeys(names))


def _needed(field: FieldInfo) -> str:
    if field.is_required():
        return "yes"
    default = field.default
    if field.default_factory is not None or default is None or isinstance(default, tuple):
        return "no"
    shown = str(default).lower() if isinstance(default, bool) else str(default)
    return f"no (`{shown}`)"


def _takes(field: FieldInfo) -> str:
    limits = []
    for limit in field.metadata:
        named = _named(limit)
        if named is not None:
            return named
        match limit:
            case MinLen() if limit.min_length > 1:
                limits.append(f"{limit.min_length} or more")
            case Ge():
                limits.append(f"{limit.ge} or more")
            case Gt():
                limits.append(f"more than {limit.gt}")
    return ", ".join([_in_words(field.annotation), *limits])


def _named(note: object) -> str | None:
    """What a text that must have a certain shape is: a name, a path, an input."""
    patterns = {item: word for kind, word in _SHAPES.items() for item in get_args(kind) if hasattr(item, "pattern")}
    return next((word for known, word in patterns.items() if getattr(note, "pattern", None) == known.pattern), None)


def _in_words(annotation: Any) -> str:
    if annotation is Code:
        return "the [code of a case](cases.md), such as `ACC-LOCKED`"
    if annotation in _WORDS:
        return _WORDS[annotation]
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return "one of " + ", ".join(f"`{member.value}`" for member in annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _link(annotation)
    kinds = tagged_kinds(annotation)
    if kinds:
        return "one of " + ", ".join(_link(kind) for kind in kinds.values())
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        names = (_named(note) for note in arguments[1:])
        return next((name for name in names if name is not None), None) or _in_words(arguments[0])
    if origin in (Union, types.UnionType):
        return _in_words(next(choice for choice in arguments if choice is not type(None)))
    if origin is Literal:
        return ("one of " if len(arguments) > 1 else "") + ", ".join(f"`{choice}`" for choice in arguments)
    if origin is tuple:
        return f"list of {_in_words(arguments[0])}"
    return f"names, each with {_in_words(arguments[1])}"


def main() -> None:
    """Bring the schema and the document of this checkout up to date."""
    SCHEMA_FILE.write_text(portal_schema(), encoding="utf-8")
    LAYER_FILE.write_text(layer_schema(), encoding="utf-8")
    DOCUMENT.write_text(with_tables(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
