"""The base of all parts of a pack, and the names that they use for one another."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, ConfigDict, PlainSerializer, StringConstraints

from flows.values import Frozen

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$")]
"""A name inside a pack: lower case, digits, dash or underscore."""

ElementPath = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*\.[a-z][a-z0-9_-]*$")]
"""`view.element`"""

PortalPath = Annotated[str, StringConstraints(pattern=r"^/([^/\s?#][^\s?#]*)?$")]
"""A path of the portal below its address; starts with one slash, since what follows two of them is a host."""

InputName = Annotated[str, StringConstraints(pattern=r"^[a-z_]+\.[a-z0-9_]+$")]
"""An input of the question, such as `patient.member_id`."""

DateFormat = Literal["MM/DD/YYYY", "MM-DD-YYYY", "YYYY-MM-DD", "M/D/YYYY"]
"""How a date is written; years always have four digits."""

_Value = TypeVar("_Value")

Named = Annotated[Mapping[Name, _Value], AfterValidator(MappingProxyType), PlainSerializer(dict)]
"""Parts by their names; read-only, as all of a pack is."""


def compiled(expression: str) -> re.Pattern[str]:
    """A regular expression of a pack. Raises ValueError, in words for its author, when it is none."""
    try:
        return re.compile(expression)
    except re.error as error:
        raise ValueError(f"this is not a regular expression: {error}") from None


class Part(Frozen):
    """A part of a pack. YAML has no enumerations and no tuples, so the strict reading is relaxed for these alone."""

    model_config = ConfigDict(strict=False, validate_default=True, use_attribute_docstrings=True)
