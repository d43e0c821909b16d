"""The judge of a cell: answers against the truth ledger, and a robot's manners against the portal's own record."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flows.matching import letters
from flows.outcomes import Ending
from flows.questions import ClaimStatus, Patient
from ledger.answers import AnswerRecord
from packs.models import Lockout
from portalwright.demo.claims_check import wrong_answers
from sandbox.process import PracticePortal

Event = Mapping[str, Any]
Truth = Mapping[str, Any]

RESOLVABLE = frozenset({"ANSWERED", "NEGATIVE"})
SECRETS = ("password_press", "code_press", "question_press")
"""The presses that cost a try at the portal."""
ACCEPTED = "accepted"
LOCKED = "locked"
DELAY = "load-delay"

EITHER = frozenset({"member not found, near name"})
"""The payer does not know the member, and has a claim of that day for a near-namesake born the same day. "Not found" is
right, and so is a person who looks whether the office has misspelt the name: such a row is no shortfall of the robot.
"""


class Heard:
    """What the portal noted while each question was asked, as far as the judge needs it later.

    A claim that the portal had not loaded yet is rightly "not found", if it was hidden at every search of that try.
    """

    def __init__(self, portal: PracticePortal) -> None:
        self._portal = portal
        self._next = len(portal.events())
        self._tries: list[tuple[datetime, set[str]]] = []

    def try_ended(self, now: datetime) -> None:
        """A try (or what was between two of them) ended; what the portal noted since the one before belongs to it."""
        events = self._portal.events(self._next)
        self._next += len(events)
        self._tries.append((now, hidden_at_every_search(events)))

    def hidden(self, observed_at: datetime) -> set[str]:
        """Payer claim numbers that no search showed yet in the try in which an answer was given at this instant."""
        place = bisect_left([ended for ended, _ in self._tries], observed_at)
        return self._tries[place][1] if place < len(self._tries) else set()


def hidden_at_every_search(events: Iterable[Event]) -> set[str]:
    """The claims that each of these searches would have shown, had the portal loaded them by then.

    A search that meets nobody (`found` is None: a birth date, say, that the payer does not have) shows no claim anyway.
    """
    searches, hidden = 0, Counter[str]()
    for event in events:
        searches += event["kind"] == "search" and event["found"] is not None
        if event["kind"] == "quirk" and event["name"] == DELAY:
            hidden[event["payer_claim_number"]] += 1
    return {number for number, times in hidden.items() if times >= searches > 0}


def claims_of(patient: Patient, truth: Truth) -> set[str]:
    """The payer's numbers of all claims of whoever may be the patient meant: by member id, or by name and birthday."""
    known = {
        member["patient"]
        for member in truth["members"]
        if patient.member_id in (member["member_id"], *member["former_member_ids"])
        or (member["birth_date"] == patient.birth_date.isoformat() and _alike(member["last_name"], patient.last_name))
    }
    return {claim["payer_claim_number"] for claim in truth["claims"] if claim["patient"] in known}


def _alike(theirs: str, ours: str) -> bool:
    return letters(theirs)[:3] == letters(ours)[:3]


@dataclass(frozen=True)
class Judged:
    """What the answers are worth."""

    answered: int
    negative: int
    resolvable: int
    resolved: int
    wrong: tuple[str, ...]
    delayed: int
    unresolved: tuple[tuple[str, str], ...]
    """Resolvable questions without an answer: patient account number and scenario."""


def judge(truth: Truth, found: Sequence[AnswerRecord], heard: Heard) -> Judged:
    """Hold every answer against the truth, fact by fact."""
    asks = {ask["patient_account_number"]: ask for ask in truth["asks"]}
    given = {record.number: record for record in found}
    wrong, delayed = [], 0
    for one in wrong_answers([(number, record.answer.normalised) for number, record in given.items()], truth):
        ask = asks[one.patient_account_number]
        record = given[one.patient_account_number]
        assert isinstance(record.question, ClaimStatus)
        hidden = heard.hidden(record.answer.observed_at)
        if record.ending is Ending.NEGATIVE and hidden & claims_of(record.question.patient, truth):
            delayed += 1
        else:
            wrong.append(f"{ask['scenario']}: {', '.join(one.facts)}")
    resolvable = {
        number: ask
        for number, ask in asks.items()
        if ask["expect"] in RESOLVABLE and (ask["scenario"] not in EITHER or number in given)
    }
    endings = Counter(record.ending for record in found)
    return Judged(
        answered=endings[Ending.ANSWERED],
        negative=endings[Ending.NEGATIVE],
        resolvable=len(resolvable),
        resolved=len(resolvable.keys() & given.keys()),
        wrong=tuple(wrong),
        delayed=delayed,
        unresolved=tuple((number, ask["scenario"]) for number, ask in resolvable.items() if number not in given),
    )


@dataclass(frozen=True)
class Manners:
    """How the robot behaved at the portal, by the portal's own record."""

    sign_ins: int
    presses: int
    over_budget: int
    lockouts: int
    early: int


def judge_manners(events: Sequence[Event], lockout: Lockout) -> Manners:
    """Presses against the budget (DESIGN 2.2), lock-outs, and whether Retry-After was obeyed."""
    presses = [event for event in events if event["kind"] in SECRETS]
    return Manners(
        sign_ins=sum(event["kind"] == "password_press" and event["result"] == ACCEPTED for event in presses),
        presses=len(presses),
        over_budget=sum(
            over_budget([event for event in presses if event["kind"] == kind], _attempts(kind, lockout), lockout.window)
            for kind in SECRETS
        ),
        lockouts=sum(event["result"] == LOCKED for event in presses),
        early=sum(event["kind"] == "throttled" and event["early"] for event in events),
    )


def _attempts(kind: str, lockout: Lockout) -> int:
    return lockout.attempts if kind == "password_press" else lockout.code_attempts


def over_budget(presses: Sequence[Event], attempts: int, window: timedelta) -> int:
    """How many presses of one kind came when the portal's window already held as many unaccepted ones as may be.

    Never more than `attempts - 2` of them: for a portal with three strikes, one, and after it nothing is pressed that
    is not known to be right.
    """
    over = 0
    strikes: list[datetime] = []
    for press in presses:
        at = datetime.fromisoformat(press["at"])
        strikes = [strike for strike in strikes if strike > at - window]
        if press["result"] == ACCEPTED:
            continue
        over += len(strikes) >= attempts - 2
        strikes.append(at)
    return over
