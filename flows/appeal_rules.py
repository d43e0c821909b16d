"""How one payer takes appeals: by which forms, with which documents, and when to look for what became of them."""

from typing import Annotated

from pydantic import ConfigDict, Field

from flows.questions import AppealLevel
from flows.values import Frozen

MIB = 1024 * 1024


class UploadRules(Frozen):
    """Which documents the portal takes with an appeal. Sizes in bytes, both ends included."""

    model_config = ConfigDict(strict=False, use_attribute_docstrings=True)

    content_types: tuple[str, ...] = ("application/pdf",)
    """The kinds of file that it takes."""
    smallest: Annotated[int, Field(ge=1)] = 1
    """A smaller file is refused."""
    largest: Annotated[int, Field(ge=1)] = 10 * MIB
    """A larger file is refused."""
    most: Annotated[int, Field(ge=0)] = 1
    """So many files with one appeal, at most."""
    most_together: Annotated[int, Field(ge=1)] | None = None
    """All files of one appeal together, at most."""


class AppealRules(Frozen):
    """How one payer takes appeals."""

    model_config = ConfigDict(strict=False, use_attribute_docstrings=True)

    levels: tuple[AppealLevel, ...] = (AppealLevel.FIRST,)
    """The levels that can be filed at the portal."""
    forms: tuple[str, ...] = ()
    """The forms between the claim's page and the review page, in their order. `appeal-document` among them is asked
    once for each attachment, and not at all where there is none."""
    one_line: bool = False
    """The portal takes one line with each appeal."""
    longest_argument: Annotated[int, Field(ge=1)] | None = None
    """So many characters of argument, at most."""
    uploads: UploadRules = UploadRules()
    """Which documents it takes."""
    listed_after_hours: Annotated[int, Field(ge=0)] = 24
    """So long after it was filed an appeal may still be missing on the portal's list."""
    first_check_days: Annotated[int, Field(ge=1)] = 14
    """The payer does not want to be asked about an appeal earlier than this."""
    decision_days: Annotated[int, Field(ge=1)] = 60
    """The payer's own clock for a decision."""
