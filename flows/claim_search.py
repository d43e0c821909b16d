"""Finds the one claim that a question is about, through the identity gate, and opens its page.

Two claims that fit equally well, a page about somebody else and a page that shows too little are for a person. The
portal's own marker for "nothing found" is an answer after every search that the portal offers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.answering import answer_of, for_staff
from flows.answers import ClaimNotFound, Role
from flows.identity import Compared, compare
from flows.matching import canonical_id
from flows.outcomes import Candidate, Code, Ending, Outcome, Stop, stop
from flows.portal import Followed, Means, Portal, Reading, Row, Value
from flows.questions import Appeal, ClaimStatus

LIST, DETAIL = "claims", "claim"
"""The views that a pack for claim status must have: the search's result list, and one claim's page."""

SEARCHES = ("claim-search-by-number", "claim-search", "claim-search-by-name")
"""The search forms that a pack may have, in the order in which they are tried (not-found ladder, DOMAIN 3.2)."""

LIST_REQUIRED = ("payer_claim_number", "service_from", "billed")
"""Columns that the result list must have."""

_MOST_CANDIDATES = 5
"""More claims than this that fit equally are not opened one after the other; a person picks."""

_BY_NUMBER, _BY_MEMBER = SEARCHES[:2]

Asked = ClaimStatus | Appeal
"""The questions that are about one claim which has to be found first."""


@dataclass(frozen=True)
class ClaimPage:
    """One claim's page, read and compared with the question. `is_before_us`: no other one was opened after it."""

    reading: Reading
    compared: Compared
    number: str
    is_before_us: bool = True


@dataclass(frozen=True)
class _Judged:
    """What one search led to: the claim, an outcome, or nothing (with claims that almost fit)."""

    found: ClaimPage | Outcome | None = None
    almost: tuple[Row, ...] = ()


async def find_claim(question: Asked, portal: Portal) -> ClaimPage | Outcome:
    """The page of the one claim that was asked about, or of the claim that replaced it; else why there is none.

    Raises `flows.outcomes.Stop` where the portal ends the attempt early.
    """
    searched: list[str] = []
    almost: list[Row] = []
    for name, form, asked in _searches(question, portal):
        followed = await _asked(form, asked, portal, is_variant=asked is not question)
        if followed is None:
            continue
        if followed.means is Means.TOO_MANY:
            return for_staff(Code.BUS_MULTI, "The portal has too many matches to show; it needs a narrower search.")
        judged = await _judge_followed(followed, question, portal)
        if judged.found is not None:
            return judged.found
        almost.extend(judged.almost)
        searched.append(name)
    if not searched:
        return for_staff(Code.DATA_INPUT, "The question lacks what this portal's searches need.")
    if almost:
        what = "The portal has no claim that fits in every respect, and these come close."
        return for_staff(Code.BUS_MULTI, what, rows=almost)
    return Outcome(
        ending=Ending.NEGATIVE, answer=answer_of(portal, ClaimNotFound(searched=tuple(searched)), extracted=())
    )


async def _judge_followed(followed: Followed, question: Asked, portal: Portal) -> _Judged:
    if followed.means is Means.NOT_FOUND:
        return _Judged()
    if followed.view == DETAIL:
        return _Judged(await _judge([await _read_detail(question, portal)], question, portal))
    if followed.view == LIST:
        return await _judge_list(question, portal)
    raise stop(Ending.DRIFT, Code.TECH_LAYOUT, "A search led neither to a list nor to a claim.", view=followed.view)


def _searches(question: Asked, portal: Portal) -> Iterator[tuple[str, str, Asked]]:
    """Every search in its order: what it is called, its form, and what is typed. What comes is always compared with
    the question itself."""
    for form in SEARCHES:
        if portal.has_form(form) and (form != _BY_NUMBER or question.claim.payer_claim_number is not None):
            yield form, form, question
    if not portal.has_form(_BY_MEMBER):
        return
    ours, rules = question.patient.member_id, portal.matching
    # Some payers leave out the plan's letters or the dependent's digits, and then do not find the id as on the card.
    for what, start, end in (("prefix", rules.member_id_prefix, 0), ("suffix", 0, rules.member_id_suffix)):
        shorter = ours.strip()[start : len(ours.strip()) - end]
        if (start or end) and shorter:
            patient = question.patient.model_copy(update={"member_id": shorter})
            variant = question.model_copy(update={"patient": patient})
            yield f"{_BY_MEMBER}, member id without its {what}", _BY_MEMBER, variant


async def _asked(form: str, question: Asked, portal: Portal, *, is_variant: bool) -> Followed | None:
    """What follows the search; None for another way to write the id that this portal's search does not take."""
    await portal.open(form, question)
    try:
        return await portal.ask(form, question)
    except Stop as stopped:
        reason = stopped.outcome.reason
        if is_variant and reason is not None and reason.code is Code.DATA_INPUT:
            return None
        raise


async def _judge_list(question: Asked, portal: Portal) -> _Judged:
    listing = await portal.read(LIST)
    compared = [(row, compare(question, row.cells, portal.matching)) for row in listing.tables[LIST]]
    fitting = [row for row, result in compared if not result.differ]
    if not fitting:
        return _Judged(almost=tuple(row for row, result in compared if _comes_close(result)))
    if len(fitting) > _MOST_CANDIDATES:
        return _Judged(for_staff(Code.BUS_MULTI, "More claims fit than can be told apart.", rows=fitting))
    last = len(fitting) - 1
    opened = [await _open_row(row, question, portal, is_before_us=index == last) for index, row in enumerate(fitting)]
    return _Judged(await _judge(opened, question, portal))


async def _open_row(row: Row, question: Asked, portal: Portal, *, is_before_us: bool) -> ClaimPage:
    followed = await portal.pick(LIST, LIST, row)
    if followed.view != DETAIL:
        raise stop(Ending.DRIFT, Code.TECH_LAYOUT, "A claim of the list did not open as a claim.", view=LIST)
    page = await _read_detail(question, portal, is_before_us=is_before_us)
    _check_same_claim_as_listed(page, row)
    return page


def _comes_close(result: Compared) -> bool:
    """A claim of that day that differs in one respect only: perhaps ours, with a mistake on one side."""
    return "service_from" in result.agree and len(result.differ) == 1


async def _read_detail(question: Asked, portal: Portal, *, is_before_us: bool = True) -> ClaimPage:
    reading = await portal.read(DETAIL)
    shown = dict(reading.fields)
    if reading.tables.get("lines"):
        shown["first_procedure"] = _first_procedure(reading.tables["lines"][0].cells["procedure"])
    number = reading.fields["payer_claim_number"].shown.text
    return ClaimPage(
        reading=reading,
        compared=compare(question, shown, portal.matching),
        number=canonical_id(number),
        is_before_us=is_before_us,
    )


def _first_procedure(value: Value) -> Value:
    """The bare procedure code of the first line, for comparison with the office's."""
    if not isinstance(value.normal, str):
        return value
    code = value.normal.removeprefix("HC:").replace("-", ":").partition(":")[0].strip()
    return value.model_copy(update={"normal": code})


def _check_same_claim_as_listed(page: ClaimPage, row: Row) -> None:
    listed = row.cells["payer_claim_number"].normal
    if not isinstance(listed, str) or canonical_id(listed) != page.number:
        raise stop(
            Ending.DRIFT,
            Code.TECH_LAYOUT,
            "The page that opened shows another claim number than the row that was picked.",
            view=DETAIL,
            element="payer_claim_number",
        )


async def _judge(opened: Sequence[ClaimPage], question: Asked, portal: Portal) -> ClaimPage | Outcome:
    """Which of the opened claims is the one that was asked about?"""
    ours = [page for page in opened if page.compared.same_person and page.compared.same_claim]
    if not ours:
        return _not_ours(opened)
    current = _current(ours)
    if len(current) > 1:
        return for_staff(
            Code.BUS_MULTI,
            "These claims fit equally well.",
            candidates=[Candidate(cells={k: v.shown for k, v in page.reading.fields.items()}) for page in current],
        )
    chosen = current[0]
    replacement = _replaced_by(chosen)
    if replacement is not None and replacement not in {page.number for page in ours}:
        return await _follow_replacement(replacement, question, portal)
    return chosen


def _not_ours(opened: Sequence[ClaimPage]) -> Outcome:
    seen = tuple(shown for page in opened for shown in page.compared.seen)
    differ = frozenset[str]().union(*(page.compared.differ for page in opened))
    if not differ:
        return for_staff(Code.DATA_PARTIAL, "The page shows too little to be sure whose claim it is.")
    if differ == {"member_id"}:
        return for_staff(Code.BUS_IDCORR, "The payer holds this patient under another member id.", seen=seen)
    fields = ", ".join(sorted(differ))
    return for_staff(Code.DATA_CONFLICT, f"The claim that was found differs from ours in: {fields}.", seen=seen)


def _current(ours: Sequence[ClaimPage]) -> list[ClaimPage]:
    """Without the claims that another one of them supersedes, and without the void of another one of them.

    A void (frequency 8) is only the paper that cancels: the answer is the cancelled claim. A replaced claim's answer is
    its replacement. (DOMAIN 3.3; X12 837 CLM05-3)
    """
    numbers = {page.number for page in ours}
    voids = {number for page in ours for number in _related(page, Role.VOID)}
    return [
        page for page in ours if page.number not in voids and not (set(_related(page, Role.REPLACEMENT)) & numbers)
    ] or list(ours)


def _replaced_by(page: ClaimPage) -> str | None:
    return next(iter(_related(page, Role.REPLACEMENT)), None)


def _related(page: ClaimPage, role: Role) -> list[str]:
    return [
        canonical_id(number)
        for row in page.reading.tables.get("related_claims", ())
        if row.cells["role"].normal == role.value and isinstance(number := row.cells["payer_claim_number"].normal, str)
    ]


async def _follow_replacement(number: str, question: Asked, portal: Portal) -> ClaimPage | Outcome:
    """The claim was replaced by one that the search did not show: ask for that one by its number, once."""
    if not portal.has_form(_BY_NUMBER) or question.claim.payer_claim_number == number:
        return for_staff(Code.BUS_MULTI, "The claim was replaced by another one, which this portal did not show.")
    claim = question.claim.model_copy(update={"payer_claim_number": number})
    asked = question.model_copy(update={"claim": claim})
    await portal.open(_BY_NUMBER, asked)
    judged = await _judge_followed(await portal.ask(_BY_NUMBER, asked), asked, portal)
    return judged.found or for_staff(
        Code.BUS_MULTI, "The claim was replaced by another one, which does not fit in every respect."
    )
