"""Our own plain words for codes that a biller knows better by their meaning."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import MappingProxyType

from flows.coverage import CoverageStatus
from flows.questions import Flow

_CATEGORIES = MappingProxyType(
    {
        "A0": "forwarded",
        "A1": "received",
        "A2": "accepted",
        "A3": "rejected, not in the system",
        "A4": "not found",
        "A5": "split",
        "A6": "rejected, information missing",
        "A7": "rejected, information invalid",
        "A8": "rejected, relation wrong",
        "F0": "finalised",
        "F1": "paid",
        "F2": "denied",
        "F3": "revised",
        "F3F": "forwarded elsewhere",
        "F3N": "not forwarded",
        "F4": "finalised, nothing to pay",
        "P1": "in process",
        "P2": "in review",
        "P3": "waits for information",
        "P4": "waits for the patient",
        "P5": "held by the payer",
        "D0": "not found",
    }
)

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


def category_words(category: str) -> str:
    """What a claim status category (code list 507) means, in a word or two of ours; "" for one we do not know."""
    return _CATEGORIES.get(category) or _FAMILIES.get(category[:1], "")


def coverage_words(status: str) -> str:
    """What a coverage status (EB01) means, in a word or two; "" for none."""
    return CoverageStatus(status).name.lower().replace("_", " ") if status else ""


_STATUS_WORDS = MappingProxyType(
    {Flow.CLAIM_STATUS: category_words, Flow.ELIGIBILITY: coverage_words, Flow.REMITTANCES: lambda _: ""}
)
_SUBJECTS = MappingProxyType(
    {Flow.CLAIM_STATUS: "claim", Flow.ELIGIBILITY: "appointment", Flow.REMITTANCES: "payments"}
)


def status_words(flow: Flow) -> Callable[[str], str]:
    """What says the meaning of this flow's status codes."""
    return _STATUS_WORDS[flow]


def subject_word(flow: Flow) -> str:
    """What the questions of this flow are about."""
    return _SUBJECTS[flow]


def full_minute(at: datetime) -> str:
    """The first full minute at which that moment is over: whoever comes then does not come too early."""
    return f"{at + timedelta(seconds=59, microseconds=999_999):%Y-%m-%d %H:%M}"
