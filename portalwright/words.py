"""Our own plain words for codes that a biller knows better by their meaning."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import MappingProxyType

from flows.codes import category_words
from flows.coverage import CoverageStatus
from flows.questions import Flow


def coverage_words(status: str) -> str:
    """What a coverage status (EB01) means, in a word or two; "" for none."""
    return CoverageStatus(status).name.lower().replace("_", " ") if status else ""


def _no_words(_status: str) -> str:
    return ""


_STATUS_WORDS = MappingProxyType({Flow.CLAIM_STATUS: category_words, Flow.ELIGIBILITY: coverage_words})
_SUBJECTS = MappingProxyType(
    {
        Flow.CLAIM_STATUS: "claim",
        Flow.ELIGIBILITY: "appointment",
        Flow.REMITTANCES: "payments",
        Flow.APPEAL: "appeal",
        Flow.APPEAL_STATUS: "appeal",
    }
)


def status_words(flow: Flow) -> Callable[[str], str]:
    """What says the meaning of this flow's status codes."""
    return _STATUS_WORDS.get(flow, _no_words)


def subject_word(flow: Flow) -> str:
    """What the questions of this flow are about."""
    return _SUBJECTS[flow]


def full_minute(at: datetime) -> str:
    """The first full minute at which that moment is over: whoever comes then does not come too early."""
    return f"{at + timedelta(seconds=59, microseconds=999_999):%Y-%m-%d %H:%M}"
