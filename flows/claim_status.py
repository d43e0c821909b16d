"""Claim status: find the one claim that was asked about, read what became of it, and believe it only if it adds up.

What cannot be found without doubt, a text that nobody has mapped and money that does not add up are for a person.
"""

from collections.abc import Mapping

from flows.answering import answer_of, for_staff
from flows.answers import ClaimState, Shown
from flows.claim_search import DETAIL, ClaimPage, find_claim
from flows.claim_state import claim_state
from flows.outcomes import Code, Ending, Outcome, stop
from flows.portal import Portal, Value
from flows.questions import ClaimStatus
from flows.reading import Unreadable, shown_texts
from flows.sanity import contradictions, settled_category


async def claim_status(question: ClaimStatus, portal: Portal) -> Outcome:
    """Ask one portal about one claim. Raises `flows.outcomes.Stop` where the portal ends the attempt early."""
    outcome = await _ask(question, portal)
    if outcome.reason is not None and outcome.reason.code is Code.DATA_INCONSISTENT:
        # A page caught while it was being written does not add up once; one that never adds up is a person's.
        outcome = await _ask(question, portal)
    return outcome


async def _ask(question: ClaimStatus, portal: Portal) -> Outcome:
    found = await find_claim(question, portal)
    if isinstance(found, Outcome):
        return found
    state = settled_state(found, portal)
    if isinstance(state, Outcome):
        return state
    extracted = tuple(shown_texts(found.reading))
    return Outcome(ending=Ending.ANSWERED, answer=answer_of(portal, state, extracted=extracted))


def settled_state(page: ClaimPage, portal: Portal) -> ClaimState | Outcome:
    """What became of the claim by its page, where it adds up; else why there is no answer.

    Raises Stop where the payer's system could not say anything of the claim.
    """
    status = page.reading.fields["status"]
    if status.unmapped or status.normal is None:
        what = "The portal's status text is not in its map of texts."
        return for_staff(Code.DATA_UNMAPPED, what, seen=(status.shown,))
    try:
        state = claim_state(page.reading)
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
        return for_staff(Code.DATA_INCONSISTENT, " ".join(wrong), seen=_money_shown(page.reading.fields))
    return state


def _money_shown(fields: Mapping[str, Value]) -> tuple[Shown, ...]:
    names = ("status", "billed", "allowed", "paid", "patient_responsibility", "payment_number")
    return tuple(fields[name].shown for name in names if name in fields)
