"""How each practice portal takes appeals: levels and their windows, the documents with them, and when what shows."""

from dataclasses import dataclass

from sandbox.quirks import CONTRACTOR, MEDICAID, MULTIPAYER, NATIONAL
from sandbox.truth.appeal_rights import APPEAL_RULES, AppealRule

MIB = 1024 * 1024
PDF = "application/pdf"
JPEG, PNG, TIFF = "image/jpeg", "image/png", "image/tiff"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

LISTED_WITHIN_HOURS = 24
"""So long after it was filed every appeal is on the portal's list, whatever quirk delayed it."""


@dataclass(frozen=True)
class UploadTerms:
    """Which documents a portal takes with one appeal. Sizes in bytes; the limits themselves are allowed."""

    content_types: tuple[str, ...]
    smallest: int
    largest: int
    most: int
    most_together: int


@dataclass(frozen=True)
class AppealTerms:
    """How one portal takes appeals."""

    rule: AppealRule
    """Levels, windows and times of decision, by the payer's rules in the truth ledger."""
    uploads: UploadTerms
    number: str
    """The shape of an appeal's number, for `str.format` with a running number."""
    one_line: bool = False
    """One line with each appeal."""
    longest_argument: int = 4000
    number_later_hours: tuple[int, int] = (2, 48)
    """How long a number is pending when the quirk `number-later` happens, from and to."""


TERMS: dict[str, AppealTerms] = {
    MULTIPAYER: AppealTerms(
        rule=APPEAL_RULES[MULTIPAYER],
        uploads=UploadTerms((PDF, JPEG, PNG, TIFF, WORD), 3 * 1024 + 1, 60 * MIB, 10, 150 * MIB),
        number="DSP{:09d}",
    ),
    NATIONAL: AppealTerms(
        rule=APPEAL_RULES[NATIONAL],
        uploads=UploadTerms((PDF, JPEG, TIFF), 1024, 25 * MIB, 5, 50 * MIB),
        number="T-{:08d}",
        longest_argument=2000,
    ),
    CONTRACTOR: AppealTerms(
        rule=APPEAL_RULES[CONTRACTOR],
        uploads=UploadTerms((PDF,), 1, 40 * MIB, 5, 100 * MIB),
        number="1-{:010d}",
        longest_argument=1500,
    ),
    MEDICAID: AppealTerms(
        rule=APPEAL_RULES[MEDICAID],
        uploads=UploadTerms((PDF, TIFF), 1, 4 * MIB, 3, 10 * MIB),
        number="94{:011d}",
        one_line=True,
        longest_argument=1000,
    ),
}
