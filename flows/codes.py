"""What the payers' codes mean, in plain words of our own. Descriptions that others license are loaded by the office."""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, ConfigDict

from flows.values import Frozen

_FAMILIES = MappingProxyType(
    {
        "A": "acknowledged",
        "D": "not found",
        "E": "error at the payer",
        "F": "finalised",
        "P": "pending",
        "R": "information requested",
    }
)

_Words = Annotated[Mapping[str, str], AfterValidator(MappingProxyType)]


class CodeSet(StrEnum):
    """The code lists that answers and remittances speak in."""

    CATEGORY = "category"
    """Claim status category codes (X12 list 507)."""
    STATUS = "status"
    """Claim status codes (X12 list 508): numbers only, unless the office has loaded their texts."""
    CARC = "carc"
    RARC = "rarc"
    GROUP = "group"
    PLB = "plb"


class _Codes(Frozen):
    model_config = ConfigDict(strict=False)

    category: Annotated[Mapping[str, tuple[str, str]], AfterValidator(MappingProxyType)]
    carc: _Words
    rarc: _Words
    group: _Words
    plb: _Words


def category_words(category: str) -> str:
    """What a claim status category means, in a word or two; "" for one that we do not know."""
    short, _ = _codes().category.get(category, (_FAMILIES.get(category[:1], ""), ""))
    return short


def words(code_set: CodeSet, code: str) -> str:
    """What a code means, in plain words; "" for one that we have none for."""
    match code_set:
        case CodeSet.CATEGORY:
            return _codes().category.get(code, ("", ""))[1]
        case CodeSet.CARC:
            return _codes().carc.get(code, "")
        case CodeSet.RARC:
            return _codes().rarc.get(code, "")
        case CodeSet.GROUP:
            return _codes().group.get(code, "")
        case CodeSet.PLB:
            return _codes().plb.get(code, "")
        case CodeSet.STATUS:
            return ""


def code_set_of(shown: str) -> tuple[CodeSet, str]:
    """Of which list a code is as tasks name it, and the code alone: `CO-50` is CARC 50, `N115` a remark code, `F2` a
    category, `WO` a provider-level adjustment."""
    group, dash, carc = shown.partition("-")
    if dash and group in _codes().group:
        return CodeSet.CARC, carc
    if shown in _codes().category:
        return CodeSet.CATEGORY, shown
    if shown in _codes().rarc:
        return CodeSet.RARC, shown
    if shown in _codes().plb:
        return CodeSet.PLB, shown
    return CodeSet.RARC, shown


@cache
def _codes() -> _Codes:
    text = files("flows").joinpath("rules/codes.toml").read_text(encoding="utf-8")
    return _Codes.model_validate(tomllib.loads(text))
