"""Eligibility: find the one member who was asked about, read the coverage of the service days, believe it if it fits.

The payer's rejections are kept apart by their reasons: some lead to the next search, some to a person, some to later.
"Not found" is an answer after every search that the portal offers. Two members who fit, another person's page, a text
that nobody has mapped and amounts that contradict each other are for a person.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from flows.answering import answer_of, for_staff
from flows.answers import Shown
from flows.coverage import MemberNotFound
from flows.coverage_names import COVERAGE_VIEWS, MEMBER_SEARCHES, MEMBERS
from flows.coverage_page import coverage_of, says_of_other_payers
from flows.coverage_sanity import contradictions
from flows.matching import canonical_id
from flows.member import Judged, Whose, held_otherwise, judge
from flows.outcomes import Code, Ending, Outcome, stop
from flows.portal import Followed, Means, Portal, Reading, Row
from flows.questions import Eligibility
from flows.reading import Unreadable, shown_texts, text_of
from flows.rejections import REJECTIONS, Leads, Rejection

SEARCHES = MEMBER_SEARCHES

_ASK_AGAIN = timedelta(minutes=15)


@dataclass
class _Ladder:
    """What the searches have come to so far."""

    searched: list[str] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    almost: list[Row] = field(default_factory=list)


async def eligibility(question: Eligibility, portal: Portal) -> Outcome:
    """Ask one portal about one member. Raises `flows.outcomes.Stop` where the portal ends the attempt early."""
    outcome = await _ask(question, portal)
    if outcome.reason is not None and outcome.reason.code is Code.DATA_INCONSISTENT:
        # A page caught while it was being written does not add up once; one that never adds up is a person's.
        outcome = await _ask(question, portal)
    return outcome


async def _ask(question: Eligibility, portal: Portal) -> Outcome:
    ladder = _Ladder()
    for form in SEARCHES:
        if not portal.has_form(form):
            continue
        await portal.open(form, question)
        ladder.searched.append(form)
        outcome = await _judge(await portal.ask(form, question), question, portal, ladder)
        if outcome is not None:
            return outcome
    if not ladder.searched:
        return for_staff(Code.DATA_INPUT, "The question lacks what this portal's searches need.")
    return _not_found(ladder, portal)


def _not_found(ladder: _Ladder, portal: Portal) -> Outcome:
    """No search found the member: an answer, unless the payer showed that it knows something of them."""
    if ladder.almost:
        what = "The portal knows no member who fits in every respect, and these come close."
        return for_staff(Code.BUS_MULTI, what, rows=ladder.almost)
    for code in ladder.rejected:
        rejection = REJECTIONS[code]
        if rejection.leads is Leads.NEXT_SEARCH_THEN_STAFF:
            return for_staff(rejection.code, _said(rejection, code))
    missing = MemberNotFound(searched=tuple(ladder.searched), rejected=tuple(dict.fromkeys(ladder.rejected)))
    return Outcome(ending=Ending.NEGATIVE, answer=answer_of(portal, missing, extracted=()))


async def _judge(followed: Followed, question: Eligibility, portal: Portal, ladder: _Ladder) -> Outcome | None:
    """What this search has come to; None where the next one is to be tried."""
    if followed.means is not None:
        return _judge_message(followed, portal, ladder)
    if followed.view in COVERAGE_VIEWS:
        reading = await portal.read(followed.view)
        if judge(question, reading.fields, portal.matching).whose is Whose.STRANGER:
            # A search by the beginning of a name finds such people; our member it has not found.
            return None
        return _settle(reading, question, portal)
    if followed.view == MEMBERS:
        return await _judge_list(question, portal, ladder)
    what = "A search led neither to a member's coverage nor to a list of members."
    raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=followed.view)


def _judge_message(followed: Followed, portal: Portal, ladder: _Ladder) -> Outcome | None:
    match followed.means:
        case Means.NOT_FOUND:
            return None
        case Means.TOO_MANY:
            return for_staff(Code.BUS_MULTI, "The portal has too many matches to show; it needs a narrower search.")
        case Means.BEING_BUILT:
            what = "The portal prepares its answer; it is asked for again later."
            later = portal.now() + _ASK_AGAIN
            raise stop(Ending.TRANSIENT, Code.TECH_BUILDING, what, view=followed.view, not_before=later)
        case _:
            return _judge_rejection(followed.rejected, ladder)


def _judge_rejection(code: str | None, ladder: _Ladder) -> Outcome | None:
    rejection = REJECTIONS.get(code or "")
    if rejection is None or code is None:
        return for_staff(Code.DATA_UNMAPPED, "The payer rejects the question for a reason that is not known.")
    match rejection.leads:
        case Leads.NEXT_SEARCH | Leads.NEXT_SEARCH_THEN_STAFF:
            ladder.rejected.append(code)
            return None
        case Leads.LATER:
            raise stop(Ending.TRANSIENT, rejection.code, rejection.what)
        case Leads.STAFF:
            return for_staff(rejection.code, _said(rejection, code))


def _said(rejection: Rejection, code: str) -> str:
    return f"{rejection.what} (AAA {code})"


async def _judge_list(question: Eligibility, portal: Portal, ladder: _Ladder) -> Outcome | None:
    listing = await portal.read(MEMBERS)
    judged = [(row, judge(question, row.cells, portal.matching)) for row in listing.tables[MEMBERS]]
    # A list may show less than the page behind it: a row in which nothing differs is looked at.
    plain = [row for row, result in judged if not result.compared.differ]
    fitting = plain or [row for row, result in judged if result.whose is Whose.OURS]
    if len(fitting) > 1:
        return for_staff(Code.BUS_MULTI, "These members fit equally well.", rows=fitting)
    if not fitting:
        ladder.almost.extend(row for row, result in judged if _comes_close(result))
        return None
    followed = await portal.pick(MEMBERS, MEMBERS, fitting[0])
    if followed.view not in COVERAGE_VIEWS:
        raise stop(Ending.DRIFT, Code.TECH_LAYOUT, "A member of the list did not open as coverage.", view=MEMBERS)
    reading = await portal.read(followed.view)
    _check_same_member_as_listed(reading, fitting[0])
    return _settle(reading, question, portal)


def _comes_close(judged: Judged) -> bool:
    """Differs in one respect, and agrees in another one: perhaps ours, with a mistake on one side."""
    return len(judged.compared.differ) == 1 and bool(judged.compared.agree)


def _check_same_member_as_listed(reading: Reading, row: Row) -> None:
    listed, shown = text_of(row.cells, "member_id"), text_of(reading.fields, "member_id")
    if listed is not None and shown is not None and canonical_id(listed) != canonical_id(shown):
        what = "The page that opened shows another member id than the row that was picked."
        raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=reading.view, element="member_id")


def _settle(reading: Reading, question: Eligibility, portal: Portal) -> Outcome:
    """The answer of the coverage page before us, or why there is none."""
    judged = judge(question, reading.fields, portal.matching)
    if judged.whose is not Whose.OURS:
        return _not_ours(judged)
    try:
        read = coverage_of(reading, question.service, portal.matching)
    except Unreadable as unreadable:
        return for_staff(unreadable.code, unreadable.what, seen=(unreadable.shown,))
    wrong = (*read.wrong, *contradictions(read.coverage, reading, question.service))
    if wrong:
        return for_staff(Code.DATA_INCONSISTENT, " ".join(dict.fromkeys(wrong)), seen=_decisive(reading))
    held = held_otherwise(question, read.coverage, says_of_other_payers=says_of_other_payers(reading))
    coverage = read.coverage.model_copy(update={"differences": (*judged.differences, *held)})
    extracted = tuple(shown for shown in shown_texts(reading) if shown.text)
    return Outcome(ending=Ending.ANSWERED, answer=answer_of(portal, coverage, extracted))


def _not_ours(judged: Judged) -> Outcome:
    seen = judged.compared.seen
    match judged.whose:
        case Whose.TOO_LITTLE:
            return for_staff(Code.DATA_PARTIAL, "The page shows too little to be sure whose coverage it is.")
        case Whose.OTHER_BIRTH_DATE:
            what = "The payer holds the member under this id and name with another birth date: probably ours."
            return for_staff(Code.BUS_IDCORR, what, seen=seen)
        case _:
            fields = ", ".join(sorted(judged.compared.differ))
            return for_staff(Code.DATA_CONFLICT, f"The member who was found differs from ours in: {fields}.", seen=seen)


def _decisive(reading: Reading) -> tuple[Shown, ...]:
    """What contradicts each other is among these: status, dates, amounts."""
    names = ("status", "plan_begins", "plan_ends", "eligibility_begins", "eligibility_ends", "payer_to_bill")
    of_fields = [value.shown for name, value in reading.fields.items() if name in names]
    rows = (*reading.tables.get("accumulators", ()), *reading.tables.get("segments", ()))
    return tuple(shown for shown in (*of_fields, *(v.shown for row in rows for v in row.cells.values())) if shown.text)
