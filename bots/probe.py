"""A probe: is this portal still what its pack says? Searches only, in the session that is signed in, nothing guessed.

Each search form is opened and read with every way that the pack knows, and asked for somebody who cannot exist, so that
the portal's own words for "nothing found" are seen. Then a claim that this portal has answered for good is asked about
once more: the same number, the same charge and a final status must come back.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from bots.session import Session
from flows.answers import ClaimState
from flows.claim_status import DETAIL, LIST, SEARCHES, claim_status
from flows.matching import canonical_id
from flows.outcomes import Code, Ending, Outcome, Reason, Stop, stop
from flows.portal import Followed, Means
from flows.questions import ClaimStatus
from flows.values import Frozen

GOOD_FOR = timedelta(hours=24)
"""So long after a probe of a pack's version has passed, runs start without one."""

KNOWN_CLAIMS = 3
"""So many known claims at most: a payer may have revised one since, and never all of them."""


class Probing(StrEnum):
    """When a session probes."""

    NEVER = "never"
    WHEN_DUE = "when-due"
    """After signing in, unless this version of the pack has passed lately; a failed probe ends the session."""
    ONLY = "only"
    """Now, and nothing else is asked."""


class Checked(Frozen):
    """One thing that was looked at, in words of ours that hold nothing from a page."""

    what: str
    result: str
    passed: bool = True


class Probed(Frozen):
    """A probe: what was looked at, and why it failed, if it did. `weak`: found, `view.element`, but not by all ways."""

    checks: tuple[Checked, ...]
    weak: tuple[str, ...] = ()
    failed: Reason | None = None

    @property
    def passed(self) -> bool:
        return self.failed is None

    @property
    def outcome(self) -> Outcome | None:
        """How a session ends because of it; None when it passed."""
        return None if self.failed is None else Outcome(ending=Ending.DRIFT, reason=self.failed)


class Known(Frozen):
    """A claim that this portal has answered for good, and what it said."""

    question: ClaimStatus
    state: ClaimState


async def probe(
    session: Session, like: ClaimStatus | None, known: Sequence[Known], tell: Callable[[Checked], None] = lambda _: None
) -> Probed:
    """Probe the portal of a session that is signed in.

    `like` is any question of the office, after whose pattern somebody who does not exist is made; without one no search
    can be tried. `known` are claims with a final answer, the newest first. `tell` hears of each thing as it is looked
    at. Raises Stop for what is no matter of the pack: the line, the sign-in, a captcha.
    """
    checks: list[Checked] = []

    def note(what: str, result: str, *, passed: bool = True) -> None:
        checks.append(Checked(what=what, result=result, passed=passed))
        tell(checks[-1])

    failed: Reason | None = None
    try:
        await _probe_searches(session, like, note)
        await _probe_known(session, known, note)
    except Stop as stopped:
        failed = stopped.outcome.reason
        if stopped.outcome.ending is not Ending.DRIFT or failed is None:
            raise
        note(_where(failed), failed.what, passed=False)
    weak = tuple(sorted({f"{way.view}.{way.element}" for way in session.weak}))
    return Probed(checks=tuple(checks), weak=weak, failed=failed)


_Note = Callable[..., None]


async def _probe_searches(session: Session, like: ClaimStatus | None, note: _Note) -> None:
    if like is None:
        note("searches", "not tried: the work list has no claim of this portal yet")
        return
    nobody = nobody_like(like, session.matching.member_id_prefix)
    for form in SEARCHES:
        if not session.has_form(form):
            continue
        if form == SEARCHES[0] and nobody.claim.payer_claim_number is None:
            note(form, "not tried: no claim number of this payer is known yet")
            continue
        session.begin_item()
        try:
            await session.open(form, nobody)
            view = session.page.pack.forms[form].view
            await session.read(view)
            note(f"view {view}", "recognised, and all its elements are there")
            followed = await session.ask(form, nobody)
            await _nothing_found(session, form, followed)
        except Stop as stopped:
            if stopped.outcome.ending is not Ending.NEEDS_STAFF:
                raise
            # A portal may refuse a number that it never gave out, or the provider of this one claim.
            note(form, "could not be tried: the portal refuses the made-up person, in words that the pack knows")
        else:
            note(form, "finds nobody where nobody is, and says so as the pack expects")


async def _nothing_found(session: Session, form: str, followed: Followed) -> None:
    """What followed is the portal's own word that nothing is there; where it is a view, all of it is read."""
    if followed.view is not None:
        reading = await session.read(followed.view)
        if followed.means is Means.NOT_FOUND or (followed.view == LIST and not reading.tables[LIST]):
            return
    elif followed.means is Means.NOT_FOUND:
        return
    what = "A search for somebody who does not exist found something, or did not say that it found nothing."
    raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=followed.view or session.page.pack.forms[form].view)


async def _probe_known(session: Session, known: Sequence[Known], note: _Note) -> None:
    if not known:
        note("known claim", "none known yet: no claim of this portal has a final answer")
        return
    for claim in known:
        session.begin_item()
        outcome = await claim_status(claim.question, session)
        if _as_before(outcome, claim.state):
            note("known claim", "same number, same charge, a final status")
            return
    what = "A claim that this portal has answered for good is no longer read as it was."
    raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=DETAIL)


def _as_before(outcome: Outcome, before: ClaimState) -> bool:
    now = outcome.answer.normalised if outcome.answer is not None else None
    return (
        isinstance(now, ClaimState)
        and canonical_id(now.payer_claim_number) == canonical_id(before.payer_claim_number)
        and now.billed == before.billed
        and now.category.startswith("F")
    )


def nobody_like(like: ClaimStatus, prefix: int) -> ClaimStatus:
    """The question about somebody who cannot exist, in the shape of a real one: numbers of noughts, born in 1901.

    The first `prefix` characters of the member id (the plan's own) stay, as do provider and service dates.
    """
    member_id, number = like.patient.member_id, like.claim.payer_claim_number
    patient = like.patient.model_copy(
        update={
            "member_id": member_id[:prefix] + _noughts(member_id[prefix:]),
            "last_name": "Nobody",
            "first_name": "Probe",
            "birth_date": date(1901, 1, 1),
        }
    )
    claim = like.claim.model_copy(
        update={
            "patient_account_number": "PROBE",
            "payer_claim_number": None if number is None else _noughts(number),
            "billed": Decimal("0.01"),
        }
    )
    return like.model_copy(update={"patient": patient, "claim": claim})


def _noughts(number: str) -> str:
    return "".join("0" if character.isdigit() else character for character in number)


def _where(reason: Reason) -> str:
    return ".".join(part for part in (reason.view, reason.element) if part) or "portal"
