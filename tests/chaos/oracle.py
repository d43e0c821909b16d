"""The judge of the chaos: was anything lost, done twice, pressed too often, or left behind?

Each check looks at two records that know nothing of each other: the ledger and the log of the office, or the ledger and
the practice portal's own list of events. Every finding is a line without anything about a patient.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from operator import attrgetter

from flows.outcomes import Ending
from flows.questions import Flow
from ledger.presses import PressKind, PressResult
from ledger.states import ItemState
from packs.models import Lockout
from tests.chaos.facts import Acknowledged, Book, Event, Item, Pressed, Said, Session
from tests.soak.oracle import ACCEPTED, judge_manners

ANSWERED = frozenset({Ending.ANSWERED.value, Ending.NEGATIVE.value})
_ASKED_AGAIN = frozenset({Flow.APPEAL_STATUS.value})
"""Questions that are asked again and again by their nature: two answers are two answers."""
_SEEN_AS = {
    "password_press": PressKind.PASSWORD,
    "code_press": PressKind.CODE,
    "question_press": PressKind.QUESTION,
}
_WORK = frozenset(
    {
        *("search", "results_page", "detail", "line", "eligibility", "coverage"),
        *("remit_list", "remit_page", "remit_document", "report_requested", "report_fetched"),
        *("appeal_list", "appeal_page", "appeal_opened", "appeal_letter", "appeal_begun", "appeal_pressed"),
        "appeal_filed",
    }
)
"""What only a signed-in session does. Signing out is none of it: a session that has lost its lane leaves."""


def lost(book: Book, acknowledged: Acknowledged, seen: Mapping[int, str], now: datetime) -> list[str]:
    """What is not as it was acknowledged, and every question that did not come to an end.

    `seen`: the answers that were in the ledger at any moment before, by their id.
    """
    recorded = Counter((one.item, one.ending) for one in book.tries if one.item is not None)
    said = {one.id: one.words for one in book.answers}
    return [
        *(
            f"question {item}: its end '{ending}' was acknowledged {times} times, and is there {recorded[item, ending]}"
            for (item, ending), times in sorted(acknowledged.items())
            if recorded[item, ending] < times
        ),
        *(f"answer {number} was there and is gone" for number in sorted(seen.keys() - said.keys())),
        *(
            f"answer {number} is not what it was"
            for number in sorted(seen.keys() & said.keys())
            if seen[number] != said[number]
        ),
        *(f"question {item.id}, {item.portal}, {item.flow}: {why}" for item, why in _unfinished(book, now)),
    ]


def _unfinished(book: Book, now: datetime) -> Iterator[tuple[Item, str]]:
    answered = {one.item for one in book.tries if one.ending in ANSWERED}
    for item in book.items:
        if item.state == ItemState.RUNNING:
            yield item, "still under way"
        elif item.state == ItemState.READY and not _waits_rightly(item, now):
            yield item, "never came to its end"
        elif item.state == ItemState.PARKED and not item.has_case:
            yield item, "parked without a case"
        elif item.state == ItemState.DONE and item.id not in answered and item.flow != Flow.APPEAL:
            yield item, "done without an answer"


def _waits_rightly(item: Item, now: datetime) -> bool:
    """An appeal that was filed is asked about on a later day."""
    return item.flow in _ASKED_AGAIN and item.waits_until is not None and item.waits_until > now


def double(book: Book) -> list[str]:
    """What is there twice: answers of one attempt, answers of a question that was asked once, payments, cases."""
    by_attempt = Counter(one.attempt for one in book.answers if not one.copied)
    flows = {item.id: item.flow for item in book.items}
    by_item = Counter(one.item for one in book.tries if one.ending in ANSWERED and one.item is not None)
    return [
        *(f"attempt {number} has {times} answers" for number, times in by_attempt.items() if times > 1),
        *(
            f"question {item} was answered {times} times"
            for item, times in by_item.items()
            if times > 1 and flows.get(item) not in _ASKED_AGAIN
        ),
        *(f"{portal}: a payment is there {times} times" for portal, times in _repeated(book.payments)),
        *(f"two open cases {code} about one thing" for code, _ in _repeated_cases(book)),
        *_twice_one_version(book.answers),
    ]


def _repeated(payments: Iterable[tuple[str, str]]) -> Iterator[tuple[str, int]]:
    for (portal, _trace), times in Counter(payments).items():
        if times > 1:
            yield portal, times


def _repeated_cases(book: Book) -> Iterator[tuple[str, int]]:
    for (_subject, code), times in Counter((one.subject, one.code) for one in book.cases).items():
        if times > 1:
            yield code, times


def _twice_one_version(answers: Iterable[Said]) -> Iterator[str]:
    for (_subject, version), times in Counter((one.subject, one.version) for one in answers).items():
        if times > 1:
            yield f"version {version} of an answer is there {times} times"


def lanes_twice(book: Book, *, clock_was_set: bool = False) -> list[str]:
    """Sessions of one lane that overlapped, by the ledger: one of an older token acted after a newer one had acted.

    The order is that of the ledger's own numbers; by the time of day, too, unless the clock was set meanwhile: then one
    of an older token must not even act after a newer one has begun.
    """
    lanes, tokens = {one.id: one.lane for one in book.sessions}, {one.id: one.token for one in book.sessions}
    found = []
    newest: dict[int, int] = {}
    for one in sorted(book.tries, key=attrgetter("id")):
        if one.run is None:
            continue
        lane, token = lanes[one.run], tokens[one.run]
        if token < newest.get(lane, 0):
            found.append(f"lane {lane}: run {one.run} acted after one of a newer token")
        newest[lane] = max(token, newest.get(lane, 0))
    if found or clock_was_set:
        return found
    last_act: dict[int, datetime] = {}
    for one in book.tries:
        if one.run is not None:
            last_act[one.run] = max(one.finished_at, last_act.get(one.run, one.finished_at))
    in_order = sorted(book.sessions, key=attrgetter("lane", "token", "id"))
    for lane, sessions in groupby(in_order, key=attrgetter("lane")):
        for before, after in pairwise(sessions):
            if _ended(before, last_act) > after.started_at:
                found.append(f"lane {lane}: run {before.id} acted after run {after.id} had begun")
    return found


def _ended(session: Session, last_act: Mapping[int, datetime]) -> datetime:
    return last_act.get(session.id, session.started_at)


def lanes_twice_at(portal: str, events: Sequence[Event]) -> list[str]:
    """The same by the portal's record: a process asked for a page after another one had signed in as the same user.

    Each process of a worker calls itself otherwise in its user agent.
    """
    former: set[str] = set()
    found: dict[str, str] = {}
    holder = ""
    for event in events:
        who, kind = str(event["user_agent"]), str(event["kind"])
        if kind == "password_press" and event["result"] == ACCEPTED:
            if holder and holder != who:
                former.add(holder)
            former.discard(who)
            holder = who
        elif who in former and kind in _WORK:
            found.setdefault(f"{who} {holder}", f"{portal}: '{kind}' by a process after another one had signed in")
    return list(found.values())


def presses_over_budget(
    presses: Sequence[Pressed], lockouts: Mapping[str, Lockout], events: Mapping[str, Sequence[Event]]
) -> list[str]:
    """Presses that came when as many as may be were unproved, those that were not counted, and lock-outs."""
    found = [
        f"{one.portal}: press {one.id} ({one.kind}) came when {unproved} were unproved"
        for one in presses
        if (unproved := _unproved_before(one, presses, lockouts[one.portal])) > _allowed(one, lockouts[one.portal]) - 1
    ]
    for portal, seen in events.items():
        for kind, ours in _SEEN_AS.items():
            there = sum(event["kind"] == kind for event in seen)
            here = sum((one.portal, one.kind) == (portal, ours) for one in presses)
            if there > here:
                found.append(f"{portal}: {there} presses ({ours}) at the portal, {here} counted here")
        manners = judge_manners(seen, lockouts[portal])
        if manners.over_budget or manners.lockouts:
            found.append(f"{portal}: {manners.over_budget} wrong presses too many, {manners.lockouts} lock-outs")
    return found


def _allowed(press: Pressed, lockout: Lockout) -> int:
    return (lockout.attempts if press.kind == PressKind.PASSWORD else lockout.code_attempts) - 2


def _unproved_before(press: Pressed, presses: Iterable[Pressed], lockout: Lockout) -> int:
    """How many presses of the same kind and sign-in were neither proved nor cleared when this one was begun."""
    return sum(
        (one.portal, one.alias, one.kind) == (press.portal, press.alias, press.kind)
        and one.id < press.id
        and one.pressed_at > press.pressed_at - timedelta(hours=lockout.window_hours)
        and not _over(one, press.pressed_at)
        for one in presses
    )


def _over(press: Pressed, at: datetime) -> bool:
    proved = press.result == PressResult.PROVED and press.settled_at is not None and press.settled_at <= at
    return proved or (press.cleared_at is not None and press.cleared_at <= at)


def appeals_twice(portal: str, events: Iterable[Event]) -> list[str]:
    """Appeals whose button the portal saw pressed twice, or that it has twice."""
    counted = Counter(
        (event["kind"], event["payer_claim_number"], event["level"], event["lines"])
        for event in events
        if event["kind"] in {"appeal_pressed", "appeal_filed"}
    )
    return [f"{portal}: an appeal has '{kind}' {times} times" for (kind, *_), times in counted.items() if times > 1]


def leases_left(book: Book) -> list[str]:
    """Whoever is still said to be at work when nobody is: lanes, runs, questions under way, waits for a code."""
    return [
        *(f"lane {lane.id} ({lane.portal}) is still held" for lane in book.lanes if lane.holder),
        *(f"run {one.id} has not ended" for one in book.sessions if one.ended_at is None),
        *(f"question {item.id} is under way" for item in book.items if item.state == ItemState.RUNNING),
        *([f"{book.codes_wanted} runs wait for a code"] if book.codes_wanted else []),
    ]
