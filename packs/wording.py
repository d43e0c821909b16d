"""Says what the validation of a pack found, in words for somebody who knows web pages and no Python."""

import types
from collections import abc
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from packs.problems import Finding, Place

_KEY = "[key]"

_PATTERNS = {
    r"^[a-z][a-z0-9_-]*$": "a name: lower-case letters, digits, '_' or '-', beginning with a letter",
    r"^[a-z][a-z0-9_-]*\.[a-z][a-z0-9_-]*$": "'view.element'",
    r"^/[^\s?#]*$": "a path of the portal, beginning with '/', without '?' and '#'",
    r"^[a-z_]+\.[a-z_]+$": "an input of the question, such as patient.member_id",
}

_SENTENCES = {
    "missing": "this key is missing here",
    "string_type": "must be text; put numbers, dates, true and false in quotes",
    "string_too_short": "must not be empty",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "tuple_type": "must be a list: one entry a line with '-' before it, or [one, two]",
    "mapping_type": "must have keys of its own, one a line, set in below this one",
    "dict_type": "must have keys of its own, one a line, set in below this one",
    "model_type": "must have keys of its own, one a line, set in below this one",
    "model_attributes_type": "must have keys of its own, one a line, set in below this one",
}


def findings(error: ValidationError, model: type[BaseModel]) -> Iterator[Finding]:
    """Every error of a validation as a finding; `model` is what was validated, to name the keys that are allowed."""
    for detail in error.errors(include_url=False):
        place: Place = tuple(part for part in detail["loc"] if part != _KEY)
        yield Finding(place, _sentence(detail, place, model))


def _sentence(detail: ErrorDetails, place: Place, model: type[BaseModel]) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in _SENTENCES:
        return _SENTENCES[kind]
    match kind:
        case "extra_forbidden":
            return _unknown_key(str(place[-1]), keys_at(model, place[:-1]))
        case "string_pattern_mismatch":
            return f"must be {_PATTERNS.get(context['pattern'], 'written as ' + context['pattern'])}"
        case "enum" | "literal_error":
            return f"must be one of {context['expected'].replace(' or ', ', ')}"
        case "value_error":
            return str(context["error"])
        case "too_short":
            return f"needs {context['min_length']} or more entries and has {context['actual_length']}"
        case "greater_than_equal":
            return f"must be {context['ge']} or more"
        case "greater_than":
            return f"must be more than {context['gt']}"
        case _ if kind.startswith("date"):
            return "must be a day, written YYYY-MM-DD"
        case _:
            return "this does not fit here; see docs/portal-packs.md for what the key takes"


def _unknown_key(key: str, allowed: tuple[str, ...]) -> str:
    near = get_close_matches(key, allowed, n=1)
    meant = f" Is '{near[0]}' meant?" if near else ""
    return f"there is no such key here.{meant} Allowed: {', '.join(allowed)}"


def keys_at(model: type[BaseModel], place: Place) -> tuple[str, ...]:
    """The keys that the part at this place may have; empty where the names are the pack's own."""
    annotation: Any = model
    for part in place:
        annotation = _inside(_bare(annotation), part)
    annotation = _bare(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return tuple(field.alias or name for name, field in annotation.model_fields.items())
    return ()


def _inside(annotation: Any, part: str | int) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = {field.alias or name: field for name, field in annotation.model_fields.items()}
        return fields[str(part)].annotation
    arguments = get_args(annotation)
    return arguments[1] if get_origin(annotation) is abc.Mapping else arguments[0]


def _bare(annotation: Any) -> Any:
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, types.UnionType):
            annotation = next(choice for choice in get_args(annotation) if choice is not type(None))
        else:
            return annotation
