"""What the night's pages say in words: alarms and what to do about them, how questions end, times of day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from console.rights import Right
from flows.outcomes import Ending
from flows.questions import Flow


@dataclass(frozen=True)
class ToDo:
    """What to do about an alarm, and on which page of the desk (its name, "" for none), where one may see it."""

    says: str
    page: str = ""
    right: Right = Right.SEE_NIGHT


_CASE = "exceptions"

TO_DO: Mapping[str, ToDo] = MappingProxyType(
    {
        "lock-out": ToDo("Nothing more is pressed until a person has seen to the account.", _CASE, Right.SEE_INCIDENTS),
        "captcha": ToDo("The portal stands still until a person has closed the case.", _CASE, Right.SEE_INCIDENTS),
        "bot-notice": ToDo("The portal stands still until a person has closed the case.", _CASE, Right.SEE_INCIDENTS),
        "portal-stopped": ToDo("Nothing is asked there until its case is closed.", _CASE, Right.SEE_INCIDENTS),
        "sign-in-stopped": ToDo("Its questions wait until a person has seen to it.", _CASE, Right.SEE_INCIDENTS),
        "page-changed": ToDo("This job stands still until its case is closed.", _CASE, Right.SEE_INCIDENTS),
        "code-wanted": ToDo("The robot waits at the portal's door for some minutes."),
        "filing-uncertain": ToDo(
            "It is looked for in the portal's own list, never pressed again.", _CASE, Right.SEE_INCIDENTS
        ),
        "deadline": ToDo("It has to be seen to today.", _CASE, Right.SEE_INCIDENTS),
        "deadline-unprocessed": ToDo("The night is nearly over, or it is, and they still wait."),
        "run-late": ToDo("At this pace it ends after the night does; the rest waits for the next one."),
        "stuck": ToDo("It has been silent for three times as long as questions take; end it, if it stays so."),
        "worker-gone": ToDo("What it was asking is asked again by another one. Start a worker on that computer."),
        "nothing-dispatched": ToDo("Nothing is lost; start the worker again."),
        "success-low": ToDo("The others became exceptions, or are tried again.", _CASE, Right.SEE_INCIDENTS),
        "nothing-answered": ToDo(
            "The portal says everywhere that there is nothing, or is not read: look at it by hand."
        ),
        "not-found-high": ToDo("The portal or its search may have changed: look at a few by hand."),
        "downloads-broken": ToDo("They are fetched again later.", _CASE, Right.SEE_INCIDENTS),
        "audit-changed": ToDo("Keep the ledger as it is, and tell whoever is in charge of security."),
        "emergency-access": ToDo("Somebody else reviews it, under Audit."),
        "backup-missed": ToDo("See that its folder is there and has room, and that it is not paused."),
        "permission-ends": ToDo("After that nothing is asked there for this job.", "portal"),
        "permission-review": ToDo("See that the payer still permits it.", "portal"),
        "password-ends": ToDo("Change it at the portal, and seal the new one in the vault.", "portal"),
    }
)
"""By the kind of an alarm; a test sees that none is missing."""

_ENDINGS: Mapping[Ending, str] = MappingProxyType(
    {
        Ending.ANSWERED: "answered",
        Ending.NEGATIVE: "not found",
        Ending.NEEDS_STAFF: "for a person",
        Ending.TRANSIENT: "tried again later",
        Ending.DRIFT: "page not recognised",
        Ending.CREDENTIAL: "sign-in trouble",
        Ending.UNCERTAIN: "uncertain filing",
        Ending.REFUSED: "refused",
        Ending.DEFECT: "fault of ours",
    }
)

_SIGN_IN_BARS: Mapping[str, str] = MappingProxyType(
    {
        "rejected": "rejected by the portal; a person clears it",
        "unknown": "ended on an unknown page; a person clears it",
        "budget": "too many presses whose end was not seen",
        "few-attempts": "the portal locks too soon; a person signs in",
        "code-used": "waits for the next code",
        "change": "has two passwords; a person says which works",
        "rests": "rests",
        "no credential": "no credential in the vault",
    }
)


def ending_word(ending: Ending) -> str:
    """How a question ended, for people."""
    return _ENDINGS[ending]


def job_word(flow: Flow) -> str:
    """A job, for people: claim status."""
    return flow.value.replace("-", " ")


def bar_word(blocked: str) -> str:
    """Why a sign-in is not pressed, for people."""
    return _SIGN_IN_BARS.get(blocked, blocked)


def figure(value: float | None) -> str:
    """A rate or a length in a few digits: 12, 3.4; nothing where it is not known."""
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def clock(at: datetime | None, now: datetime, zone: str) -> str:
    """The time of day in the office's zone; with its day where that is not within a day of now."""
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%H:%M}" if abs(at - now) < timedelta(hours=20) else f"{local:%Y-%m-%d %H:%M}"
