"""Claim status: find the one claim that was asked about, read what became of it, and believe it only if it adds up.

The portal's own marker for "nothing found" is an answer after every search that the portal offers. Two claims that fit
equally well, a page about somebody else, a text that nobody has mapped and money that does not add up are for a person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.answering import answer_of, for_staff
from flows.answers import ClaimNotFound, Role, Shown
from flows.claim_state import claim_state
from flows.identity import Compared, compare
from flows.matching import canonical_id
from flows.outcomes import Candidate, Code, Ending, Outcome, stop
from flows.portal import Followed, Means, Portal, Reading, Row, Value
from flows.questions import ClaimStatus
from flows.reading import Unreadable, shown_texts
from flows.sanity import contradictions, settled_category

LIST, DETAIL = "claims", "claim"
"""The views that a pack for claim status must have: the search's result list, and one claim's page."""

SEARCHES = ("claim-search-by-number", "claim-search", "claim-search-by-name")
"""The search forms that a pack may have, in the order in which they are tried (not-found ladder, DOMAIN 3.2)."""

LIST_REQUIRED = ("payer_claim_number", "service_from", "billed")
"""Columns that the result list must have."""

_MOST_CANDIDATES = 5
"""More claims than this that fit equally are not opened one after the other; a person picks."""


@dataclass(frozen=True)
class _Opened:
    """One claim's page, read and compared with the question."""

    reading: Reading
    compared: Compared
    number: str


@dataclass(frozen=True)
class _Judged:
    """What one search led to: an outcome, or nothing (with claims that almost fit)."""

    outcome: Outcome | None = None
    almost: tuple[Row, ...] = ()


async def claim_status(question: ClaimStatus, portal: Portal) -> Outcome:
    """Ask one portal about one claim. Raises `flows.outcomes.Stop` where the portal ends the attempt early."""
    outcome = await _ask(question, portal)
    if outcome.reason is not None and outcome.reason.code is Code.DATA_INCONSISTENT:
        # A page caught while it was being written does not add up once; one that never adds up is a person's.
        outcome = await _ask(question, portal)
    return outcome


async def _ask(question: ClaimStatus, portal: Portal) -> Outcome:
    searched: list[str] = []
    almost: list[Row] = []
    for form in SEARCHES:
        if not _can_ask(form, question, portal):
            continue
        await portal.open(form, question)
        followed = await portal.ask(form, question)
        if followed.means is Means.TOO_MANY:
            return for_staff(Code.BUS_MULTI, "The portal has too many matches to show; it needs a narrower search.")
        judged = await _judge_followed(followed, question, portal)
        if judged.outcome is not None:
            return judged.outcome
        almost.extend(judged.almost)
        searched.append(form)
    if not searched:
        return for_staff(Code.DATA_INPUT, "The question lacks what this portal's searches need.")
    if almost:
        what = "The portal has no claim that fits in every respect, and these come close."
        return for_staff(Code.BUS_MULTI, what, rows=almost)
    return Outcome(
        ending=Ending.NEGATIVE, answer=answer_of(portal, ClaimNotFound(searched=tuple(searched)), extracted=())
    )


async def _judge_followed(followed: Followed, question: ClaimStatus, portal: Portal) -> _Judged:
    if followed.means is Means.NOT_FOUND:
        return _Judged()
    if followed.view == DETAIL:
        return _Judged(await _judge([await _read_detail(question, portal)], question, portal))
    if followed.view == LIST:
        return await _judge_list(question, portal)
    raise stop(Ending.DRIFT, Code.TECH_LAYOUT, "A search led neither to a list nor to a claim.", view=followed.view)


def _can_ask(form: str, question: ClaimStatus, portal: Portal) -> bool:
    if form == "claim-search-by-number" and question.claim.payer_claim_number is None:
        return False
    return portal.has_form(form)


async def _judge_list(question: ClaimStatus, portal: Portal) -> _Judged:
    listing = await portal.read(LIST)
    compared = [(row, compare(question, row.cells, portal.matching)) for row in listing.tables[LIST]]
    fitting = [row for row, result in compared if not result.differ]
    if not fitting:
        return _Judged(almost=tuple(row for row, result in compared if _comes_close(result)))
    if len(fitting) > _MOST_CANDIDATES:
        return _Judged(for_staff(Code.BUS_MULTI, "More claims fit than can be told apart.", rows=fitting))
    opened = []
    for row in fitting:
        followed = await portal.pick(LIST, LIST, row)
        if followed.view != DETAIL:
            raise stop(Ending.DRIFT, Code.TECH_LAYOUT, "A claim of the list did not open as a claim.", view=LIST)
        detail = await _read_detail(question, portal)
        _check_same_claim_as_listed(detail, row)
        opened.append(detail)
    return _Judged(await _judge(opened, question, portal))


def _comes_close(result: Compared) -> bool:
    """A claim of that day that differs in one respect only: perhaps ours, with a mistake on one side."""
    return "service_from" in result.agree and len(result.differ) == 1


async def _read_detail(question: ClaimStatus, portal: Portal) -> _Opened:
    reading = await portal.read(DETAIL)
    shown = dict(reading.fields)
    if reading.tables.get("lines"):
        shown["first_procedure"] = _first_procedure(reading.tables["lines"][0].cells["procedure"])
    number = reading.fields["payer_claim_number"].shown.text
    return _Opened(reading=reading, compared=compare(question, shown, portal.matching), number=canonical_id(number))


def _first_procedure(value: Value) -> Value:
    """The bare procedure code of the first line, for comparison with the office's."""
    if not isinstance(value.normal, str):
        return value
    code = value.normal.removeprefix("HC:").replace("-", ":").partition(":")[0].strip()
    return value.model_copy(update={"normal": code})


def _check_same_claim_as_listed(detail: _Opened, row: Row) -> None:
    listed = row.cells["payer_claim_number"].normal
    if not isinstance(listed, str) or canonical_id(listed) != detail.number:
        raise stop(
            Ending.DRIFT,
            Code.TECH_LAYOUT,
            "The page that opened shows another claim number than the row that was picked.",
            view=DETAIL,
            element="payer_claim_number",
        )


async def _judge(opened: Sequence[_Opened], question: ClaimStatus, portal: Portal) -> Outcome:
    """Which of the opened claims is the one that was asked about, and what became of it?"""
    ours = [detail for detail in opened if detail.compared.same_person and detail.compared.same_claim]
    if not ours:
        return _not_ours(opened)
    current = _current(ours)
    if len(current) > 1:
        return for_staff(
            Code.BUS_MULTI,
            "These claims fit equally well.",
            candidates=[Candidate(cells={k: v.shown for k, v in detail.reading.fields.items()}) for detail in current],
        )
    chosen = current[0]
    replacement = _replaced_by(chosen)
    if replacement is not None and replacement not in {detail.number for detail in ours}:
        return await _follow_replacement(replacement, question, portal)
    return _settle(chosen, portal)


def _not_ours(opened: Sequence[_Opened]) -> Outcome:
    seen = tuple(shown for detail in opened for shown in detail.compared.seen)
    differ = frozenset[str]().union(*(detail.compared.differ for detail in opened))
    if not differ:
        return for_staff(Code.DATA_PARTIAL, "The page shows too little to be sure whose claim it is.")
    if differ == {"member_id"}:
        return for_staff(Code.BUS_IDCORR, "The payer holds this patient under another member id.", seen=seen)
    fields = ", ".join(sorted(differ))
    return for_staff(Code.DATA_CONFLICT, f"The claim that was found differs from ours in: {fields}.", seen=seen)


def _current(ours: Sequence[_Opened]) -> list[_Opened]:
    """Without the claims that another one of them supersedes, and without the void of another one of them.

    A void (frequency 8) is only the paper that cancels: the answer is the cancelled claim. A replaced claim's answer is
    its replacement. (DOMAIN 3.3; X12 837 CLM05-3)
    """
    numbers = {detail.number for detail in ours}
    voids = {number for detail in ours for number in _related(detail, Role.VOID)}
    return [
        detail
        for detail in ours
        if detail.number not in voids and not (set(_related(detail, Role.REPLACEMENT)) & numbers)
    ] or list(ours)


def _replaced_by(detail: _Opened) -> str | None:
    return next(iter(_related(detail, Role.REPLACEMENT)), None)


def _related(detail: _Opened, role: Role) -> list[str]:
    return [
        canonical_id(number)
        for row in detail.reading.tables.get("related_claims", ())
        if row.cells["role"].normal == role.value and isinstance(number := row.cells["payer_claim_number"].normal, str)
    ]


async def _follow_replacement(number: str, question: ClaimStatus, portal: Portal) -> Outcome:
    """The claim was replaced by one that the search did not show: ask for that one by its number, once."""
    if not portal.has_form("claim-search-by-number") or question.claim.payer_claim_number == number:
        return for_staff(Code.BUS_MULTI, "The claim was replaced by another one, which this portal did not show.")
    claim = question.claim.model_copy(update={"payer_claim_number": number})
    asked = question.model_copy(update={"claim": claim})
    await portal.open("claim-search-by-number", asked)
    judged = await _judge_followed(await portal.ask("claim-search-by-number", asked), asked, portal)
    return judged.outcome or for_staff(
        Code.BUS_MULTI, "The claim was replaced by another one, which does not fit in every respect."
    )


def _settle(chosen: _Opened, portal: Portal) -> Outcome:
    """The answer of the chosen claim's page, or why there is none."""
    status = chosen.reading.fields["status"]
    if status.unmapped or status.normal is None:
        what = "The portal's status text is not in its map of texts."
        return for_staff(Code.DATA_UNMAPPED, what, seen=(status.shown,))
    try:
        state = claim_state(chosen.reading)
    except Unreadable as unreadable:
        return for_staff(unreadable.code, unreadable.what, seen=(unreadable.shown,))
    if state.category.startswith("E"):
        # The payer's own system could not answer: nothing about the claim has been said (277 category E).
        raise stop(Ending.TRANSIENT, Code.TECH_5XX, "The payer's system could not look the claim up.", view=DETAIL)
    category = settled_category(state)
    if category is None:
        what = "The status only says that the claim is finalised, and its money and lines do not decide how."
        return for_staff(Code.DATA_PARTIAL, what, seen=(status.shown,))
    state = state.model_copy(update={"category": category})
    wrong = contradictions(state, portal.now().date())
    if wrong:
        return for_staff(Code.DATA_INCONSISTENT, " ".join(wrong), seen=_money_shown(chosen.reading.fields))
    return Outcome(
        ending=Ending.ANSWERED,
        answer=answer_of(portal, state, extracted=tuple(shown_texts(chosen.reading))),
    )


def _money_shown(fields: Mapping[str, Value]) -> tuple[Shown, ...]:
    names = ("status", "billed", "allowed", "paid", "patient_responsibility", "payment_number")
    return tuple(fields[name].shown for name in names if name in fields)
