"""Which job a question is for, and the flow that does it."""

from typing import assert_never

from flows.appeal import appeal
from flows.appeal_status import appeal_status
from flows.claim_status import claim_status
from flows.eligibility import eligibility
from flows.outcomes import Outcome
from flows.portal import Portal
from flows.questions import Appeal, AppealStatus, ClaimStatus, Eligibility, Question, Remittances
from flows.remittances import remittances


async def ask(question: Question, portal: Portal) -> Outcome:
    """Ask the portal the question, by its flow. Raises Stop where the portal ends the attempt early."""
    match question:
        case ClaimStatus():
            return await claim_status(question, portal)
        case Eligibility():
            return await eligibility(question, portal)
        case Remittances():
            return await remittances(question, portal)
        case Appeal():
            return await appeal(question, portal)
        case AppealStatus():
            return await appeal_status(question, portal)
        case _:
            assert_never(question)
