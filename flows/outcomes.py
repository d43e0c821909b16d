"""Everything that can become of an attempt: one closed set of endings, each with its policy.

Who tells us and what we do stands beside each member. There is no inheritance here and no ladder of `except` clauses:
an attempt ends in exactly one `Ending`, and unknown falls to the safe side.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self, assert_never

from pydantic import model_validator

from flows.answers import Answer, Shown
from flows.values import Frozen


class Ending(StrEnum):
    """How an attempt ended."""

    ANSWERED = "answered"
    """The portal showed an answer, it is about whom we asked, and it adds up."""
    NEGATIVE = "negative"
    """The portal's own marker says that nothing is there, after every variant of the search. That is an answer."""
    NEEDS_STAFF = "needs-staff"
    """The page was read, but only a person may decide what it means for this question."""
    TRANSIENT = "transient"
    """The portal or the line failed before anything was written; the same question may be asked again later."""
    DRIFT = "drift"
    """The page is not the page that the pack describes. What it shows must not be read."""
    CREDENTIAL = "credential"
    """Signing in needs a person. Anything that we do not recognise after a press of the sign-in button is this."""
    UNCERTAIN = "uncertain"
    """A write was pressed and its receipt was not seen. Only the portal's own list can tell what happened."""
    REFUSED = "refused"
    """The portal or the office does not want a robot here now: captcha, bot notice, no permission, closed hours."""
    DEFECT = "defect"
    """Our own mistake."""


class Then(StrEnum):
    """What follows from an ending, beside the record of the attempt."""

    RECORD_ANSWER = "record-answer"
    OPEN_CASE = "open-case"
    TRY_LATER = "try-later"
    STOP_VIEW = "stop-view"
    FREEZE_CREDENTIAL = "freeze-credential"
    RECONCILE = "reconcile"
    STOP_PORTAL = "stop-portal"
    PARK = "park"


class Policy(Frozen):
    """What to do after an ending: may the engine try again by itself, what follows, may the session go on?"""

    retry: bool
    then: Then
    session_goes_on: bool


def policy(ending: Ending) -> Policy:
    """The policy of an ending (DESIGN 4). Total: the type checker proves that no member is without one."""
    match ending:
        case Ending.ANSWERED | Ending.NEGATIVE:
            return Policy(retry=False, then=Then.RECORD_ANSWER, session_goes_on=True)
        case Ending.NEEDS_STAFF:
            return Policy(retry=False, then=Then.OPEN_CASE, session_goes_on=True)
        case Ending.TRANSIENT:
            return Policy(retry=True, then=Then.TRY_LATER, session_goes_on=True)
        case Ending.DRIFT:
            return Policy(retry=False, then=Then.STOP_VIEW, session_goes_on=True)
        case Ending.CREDENTIAL:
            return Policy(retry=False, then=Then.FREEZE_CREDENTIAL, session_goes_on=False)
        case Ending.UNCERTAIN:
            return Policy(retry=False, then=Then.RECONCILE, session_goes_on=True)
        case Ending.REFUSED:
            return Policy(retry=False, then=Then.STOP_PORTAL, session_goes_on=False)
        case Ending.DEFECT:
            return Policy(retry=False, then=Then.PARK, session_goes_on=True)
        case _:
            assert_never(ending)


DRIFTS_BEFORE_STOP = 3
"""So many DRIFT endings in a row on one view stop that view of the portal."""

_BACK_OFF = (timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=45))


def back_off(tries: int) -> timedelta | None:
    """How long to wait after the `tries`-th (1, 2, ...) TRANSIENT ending; None when a person has to look instead."""
    return _BACK_OFF[tries - 1] if 1 <= tries <= len(_BACK_OFF) else None


def last_back_off() -> timedelta:
    """The longest wait of all, for what a person was told of and is tried again all the same."""
    return _BACK_OFF[-1]


class Family(StrEnum):
    """The families of exceptions, which decide who sees them (DOMAIN 4)."""

    BUSINESS = "business"
    DATA = "data"
    ACCESS = "access"
    TECHNICAL = "technical"
    POLICY = "policy"


class Code(StrEnum):
    """Why an attempt did not simply end with an answer: the exception codes of DOMAIN 4."""

    BUS_NOTFOUND = "BUS-NOTFOUND"
    BUS_MULTI = "BUS-MULTI"
    BUS_IDCORR = "BUS-IDCORR"
    BUS_COB = "BUS-COB"
    BUS_INACTIVE = "BUS-INACTIVE"
    BUS_REQUEST = "BUS-REQUEST"
    BUS_DENIED_JUDGE = "BUS-DENIED-JUDGE"
    BUS_DEADLINE = "BUS-DEADLINE"
    BUS_UNDERPAID = "BUS-UNDERPAID"
    BUS_NOTAPPEALABLE = "BUS-NOTAPPEALABLE"
    DATA_INPUT = "DATA-INPUT"
    DATA_UNMAPPED = "DATA-UNMAPPED"
    DATA_INCONSISTENT = "DATA-INCONSISTENT"
    DATA_PARTIAL = "DATA-PARTIAL"
    DATA_CONFLICT = "DATA-CONFLICT"
    ACC_BADPW = "ACC-BADPW"
    ACC_LOCKED = "ACC-LOCKED"
    ACC_EXPIRED = "ACC-EXPIRED"
    ACC_MFA = "ACC-MFA"
    ACC_TERMS = "ACC-TERMS"
    ACC_ATTEST = "ACC-ATTEST"
    ACC_ENTITLE = "ACC-ENTITLE"
    ACC_INUSE = "ACC-INUSE"
    """Not in DOMAIN 4: somebody else is signed in with the same user name, and the portal allows one of us."""
    ACC_UNKNOWN = "ACC-UNKNOWN"
    """Not in DOMAIN 4: something we do not recognise followed a press, or a press was never answered."""
    ACC_CAPTCHA = "ACC-CAPTCHA"
    ACC_BLOCKED = "ACC-BLOCKED"
    TECH_TIMEOUT = "TECH-TIMEOUT"
    TECH_5XX = "TECH-5XX"
    TECH_429 = "TECH-429"
    TECH_MAINT = "TECH-MAINT"
    TECH_LAYOUT = "TECH-LAYOUT"
    TECH_SESSION = "TECH-SESSION"
    TECH_DOWNLOAD = "TECH-DOWNLOAD"
    TECH_BUILDING = "TECH-BUILDING"
    """Not in DOMAIN 4: the portal makes ready what was asked for; it can be fetched later (`Reason.not_before`)."""
    TECH_UNKNOWN_FILED = "TECH-UNKNOWN-FILED"
    """A write was pressed and its confirmation was never seen: look it up, never press again."""
    TECH_DEFECT = "TECH-DEFECT"
    """Not in DOMAIN 4: our own mistake (ending DEFECT)."""
    POL_NOPERMIT = "POL-NOPERMIT"
    POL_APPROVAL = "POL-APPROVAL"

    @property
    def family(self) -> Family:
        prefix = self.value.partition("-")[0]
        return {
            "BUS": Family.BUSINESS,
            "DATA": Family.DATA,
            "ACC": Family.ACCESS,
            "TECH": Family.TECHNICAL,
            "POL": Family.POLICY,
        }[prefix]


class Candidate(Frozen):
    """One row that might be what was asked about, for a person to pick from."""

    cells: dict[str, Shown]


class Reason(Frozen):
    """Why, for a person: `what` is a sentence of ours that holds nothing from a page; `seen` is what the page showed.

    `seen` and `candidates` are protected data and go nowhere but into the ledger.
    """

    code: Code
    what: str
    view: str | None = None
    element: str | None = None
    seen: tuple[Shown, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    ways: tuple[str, ...] = ()
    """DRIFT: how each way to find the element did, in our own words (`label "Member ID": nothing`)."""
    not_before: datetime | None = None
    """When it may be tried again; aware, UTC. With TRANSIENT, the portal said so (end of maintenance, Retry-After) and
    nobody asks it before, or with TECH-BUILDING only this question waits and all others go on; with CREDENTIAL, this
    sign-in only rests until then and is not frozen."""


class Outcome(Frozen):
    """How an attempt ended, with its answer (ANSWERED, NEGATIVE) or its reason (all others), never both or neither."""

    ending: Ending
    answer: Answer | None = None
    reason: Reason | None = None

    @model_validator(mode="after")
    def _answer_or_reason(self) -> Self:
        answered = policy(self.ending).then is Then.RECORD_ANSWER
        if answered != (self.answer is not None) or answered == (self.reason is not None):
            raise ValueError(f"{self.ending} takes {'an answer' if answered else 'a reason'} and nothing else")
        return self


class Stop(Exception):  # not an error: the one way in which a portal ends an attempt early
    """Ends the attempt with this outcome. Raised by a Portal, caught by whoever runs the flow; flows let it pass."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(f"{outcome.ending}: {outcome.reason.code if outcome.reason else 'answer'}")
        self.outcome = outcome


def stop(ending: Ending, code: Code, what: str, **details: object) -> Stop:
    """Short for a Stop with a reason: `raise stop(Ending.DRIFT, Code.TECH_LAYOUT, "...", view="claims")`."""
    return Stop(Outcome(ending=ending, reason=Reason.model_validate({"code": code, "what": what, **details})))
