"""A probe: is this portal still what its pack says? Searches only, in the session that is signed in, nothing guessed.

Each search form is opened and read with every way that the pack knows, and asked for somebody who cannot exist, so that
the portal's own words for "nothing found" are seen; payments are searched for on one day, and the list is read. Then
something that this portal has answered for good is asked about once more, and the same must come back: of a claim its
number, its charge and a final status, of a patient the member id and whether they are covered. No document is fetched,
and no report is asked for.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import assert_never

from bots.asking import ask
from bots.probe_nobody import nobody_like
from bots.session import Session
from flows import claim_search, coverage_names, remittance_names
from flows.answers import ClaimState, Normalised
from flows.coverage import Coverage
from flows.matching import canonical_id
from flows.outcomes import Code, Ending, Outcome, Reason, Stop, stop
from flows.portal import Followed, Means
from flows.questions import Appeal, AppealStatus, ClaimStatus, Eligibility, Question, Remittances
from flows.values import Frozen

GOOD_FOR = timedelta(hours=24)
"""So long after a probe of a pack's version has passed, runs start without one."""

MOST_KNOWN = 3
"""So many known answers at most: a payer may have revised one since, and never all of them."""


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
    """A question that this portal has answered for good, and what it said."""

    question: Question
    said: Normalised


async def probe(
    session: Session, like: Question | None, known: Sequence[Known], tell: Callable[[Checked], None] = lambda _: None
) -> Probed:
    """Probe the portal of a session that is signed in.

    `like` is any question of the office, after whose pattern somebody who does not exist is made; without one no search
    can be tried. `known` are questions with a final answer, the newest first. `tell` hears of each thing as it is
    looked at. Raises Stop for what is no matter of the pack: the line, the sign-in, a captcha.
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


async def _probe_searches(session: Session, like: Question | None, note: _Note) -> None:
    if like is None:
        note("searches", "not tried: the work list has no question for this portal yet")
        return
    nobody = nobody_like(like, session.matching.member_id_prefix, session.now().date())
    for form in _searches(like):
        if not session.has_form(form):
            continue
        if _needs_number(form) and isinstance(nobody, ClaimStatus) and nobody.claim.payer_claim_number is None:
            note(form, "not tried: no claim number of this payer is known yet")
            continue
        session.begin_item()
        try:
            await session.open(form, nobody)
            view = session.page.pack.forms[form].view
            await session.read(view)
            note(f"view {view}", "recognised, and all its elements are there")
            followed = await session.ask(form, nobody)
            await (_payments_listed if isinstance(like, Remittances) else _nothing_found)(session, form, followed)
        except Stop as stopped:
            if stopped.outcome.ending is not Ending.NEEDS_STAFF:
                raise
            # A portal may refuse a number that it never gave out, or the provider of this one claim.
            note(form, "could not be tried: the portal refuses the made-up person, in words that the pack knows")
        else:
            found = "lists payments, or says that there are none" if isinstance(like, Remittances) else _FINDS_NOBODY
            note(form, found)


_FINDS_NOBODY = "finds nobody where nobody is, and says so as the pack expects"

_LISTS = (claim_search.LIST, coverage_names.MEMBERS)
"""Views that list whom a search has found; the table has the same name."""


def _searches(like: Question) -> Sequence[str]:
    match like:
        case ClaimStatus():
            return claim_search.SEARCHES
        case Eligibility():
            return coverage_names.MEMBER_SEARCHES
        case Remittances():
            return (remittance_names.PAYMENT_SEARCH,)
        case Appeal() | AppealStatus():
            raise ValueError("nobody appeals for a probe's sake")
        case _:
            assert_never(like)


def _needs_number(form: str) -> bool:
    return form == claim_search.SEARCHES[0]


async def _nothing_found(session: Session, form: str, followed: Followed) -> None:
    """What followed is the portal's own word that nothing is there; where it is a view, all of it is read."""
    nobody = followed.means in (Means.NOT_FOUND, Means.REJECTED)
    if followed.view is not None:
        reading = await session.read(followed.view)
        if nobody or (followed.view in _LISTS and not reading.tables[followed.view]):
            return
    elif nobody:
        return
    what = "A search for somebody who does not exist found something, or did not say that it found nothing."
    raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=followed.view or session.page.pack.forms[form].view)


async def _payments_listed(session: Session, form: str, followed: Followed) -> None:
    """What followed is the list of payments, which may be empty, or the portal's own word that there are none."""
    if followed.view is not None:
        await session.read(followed.view)
    if followed.view == remittance_names.PAYMENTS or followed.means is not None:
        return
    what = "A search for payments led neither to a list nor to the portal's word that there are none."
    raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=followed.view or session.page.pack.forms[form].view)


async def _probe_known(session: Session, known: Sequence[Known], note: _Note) -> None:
    if not known:
        note("known answer", "none known yet: nothing that this portal has answered for good")
        return
    for each in known:
        session.begin_item()
        outcome = await ask(each.question, session)
        if _as_before(outcome, each.said):
            note("known answer", _SAME[type(each.said)])
            return
    what = "What this portal has answered for good is no longer read as it was."
    view = claim_search.DETAIL if isinstance(known[0].said, ClaimState) else coverage_names.COVERAGE_VIEWS[0]
    raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=view)


_SAME: Mapping[type[Normalised], str] = {
    ClaimState: "same number, same charge, a final status",
    Coverage: "same member, covered as before",
}


def _as_before(outcome: Outcome, before: Normalised) -> bool:
    now = outcome.answer.normalised if outcome.answer is not None else None
    match before:
        case ClaimState():
            return (
                isinstance(now, ClaimState)
                and canonical_id(now.payer_claim_number) == canonical_id(before.payer_claim_number)
                and now.billed == before.billed
                and now.category.startswith("F")
            )
        case Coverage():
            return isinstance(now, Coverage) and (now.member.member_id, now.status) == (
                before.member.member_id,
                before.status,
            )
        case _:
            return False


def _where(reason: Reason) -> str:
    return ".".join(part for part in (reason.view, reason.element) if part) or "portal"
