"""Says what the validation of a pack found, in words for somebody who knows web pages and no Python."""

import re
import types
from collections import abc
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from packs.problems import Finding, Place

_KEY = "[key]"

PATTERNS = {
    r"^[a-z][a-z0-9_-]*$": "a name: lower-case letters, digits, '_' or '-', beginning with a letter",
    r"^[a-z][a-z0-9_-]*\.[a-z][a-z0-9_-]*$": "'view.element'",
    r"^/([^/\s?#][^\s?#]*)?$": "a path of the portal, beginning with one '/', without '?' and '#'",
    r"^([01]\d|2[0-3]):[0-5]\d$": "a time of day, such as 06:30",
    r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$": "a time of day, such as 06:30, or 24:00",
    r"^[a-z_]+\.[a-z0-9_]+$": "an input of the question, such as patient.member_id",
}

_MEMBER = re.compile(r"<\w+\.\w+: ('[^']*')>")
"""How a member of a closed set prints itself."""

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
        place, _ = _walk(model, tuple(part for part in detail["loc"] if part != _KEY))
        if detail["type"] == "union_tag_invalid":
            place = (*place, _discriminator(detail))
        yield Finding(place, sentence(detail, model))


def sentence(detail: ErrorDetails, model: type[BaseModel]) -> str:
    """What is wrong, in words that fit behind the name of the key."""
    kind, context, place = detail["type"], detail.get("ctx", {}), detail["loc"]
    if kind in _SENTENCES:
        return _SENTENCES[kind]
    match kind:
        case "extra_forbidden":
            return _unknown_key(str(place[-1]), _keys(_walk(model, place[:-1])[1]))
        case "string_pattern_mismatch":
            return f"must be {PATTERNS.get(context['pattern'], 'written as ' + context['pattern'])}"
        case "enum" | "literal_error":
            return "must be one of " + _MEMBER.sub(r"\1", context["expected"]).replace(" or ", ", ")
        case "union_tag_invalid":
            return f"must be one of {context['expected_tags']}"
        case "union_tag_not_found":
            return f"needs '{_discriminator(detail)}', which says what this entry is"
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
            return "this does not fit here; the docs say what the key takes"


def _discriminator(detail: ErrorDetails) -> str:
    """The key that tells the kinds of an entry apart, such as `then`."""
    return str(detail["ctx"]["discriminator"]).strip("'")


def _unknown_key(key: str, allowed: tuple[str, ...]) -> str:
    near = get_close_matches(key, allowed, n=1)
    meant = f" Is '{near[0]}' meant?" if near else ""
    return f"there is no such key here.{meant} Allowed: {', '.join(allowed)}"


def _keys(annotation: Any) -> tuple[str, ...]:
    """The keys that a part may have; empty where the names are the pack's own."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return tuple(field.alias or name for name, field in annotation.model_fields.items())
    return ()


def _walk(model: type[BaseModel], location: tuple[str | int, ...]) -> tuple[Place, Any]:
    """The place that a location of the validation means, and what is allowed there.

    In a location, the kind of an entry (`then: stop`) stands behind the entry; in a pack it has no place of its own.
    """
    annotation: Any = model
    place: Place = ()
    for part in location:
        kinds = tagged_kinds(annotation)
        if part in kinds:
            annotation = kinds[str(part)]
            continue
        place = (*place, part)
        annotation = _bare(_inside(annotation, part))
    return place, annotation


def tagged_kinds(annotation: Any) -> dict[str, type[BaseModel]]:
    """The kinds of an entry by the text that tells them apart (`then: stop`); empty where there is one kind only."""
    if get_origin(annotation) is not Annotated or get_origin(get_args(annotation)[0]) not in (Union, types.UnionType):
        return {}
    union, *notes = get_args(annotation)
    tag = next((str(note.discriminator) for note in notes if isinstance(note, FieldInfo) and note.discriminator), None)
    if tag is None:
        return {}
    return {text: kind for kind in get_args(union) for text in get_args(kind.model_fields[tag].annotation)}


def _inside(annotation: Any, part: str | int) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = {field.alias or name: field for name, field in annotation.model_fields.items()}
        return fields[str(part)].annotation if str(part) in fields else None
    arguments = get_args(annotation)
    if not arguments:
        return None
    return arguments[1] if get_origin(annotation) is abc.Mapping else arguments[0]


def _bare(annotation: Any) -> Any:
    """Without what pydantic notes about it, but for the kinds of an entry."""
    while not tagged_kinds(annotation):
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, types.UnionType):
            annotation = next(choice for choice in get_args(annotation) if choice is not type(None))
        else:
            break
    return annotation
