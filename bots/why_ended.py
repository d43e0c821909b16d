"""Why a session ended, in a word or two for the operator, and when it makes sense to come again."""

from flows.outcomes import Code, Ending, Outcome, Reason
from ledger.errors import PortalClosed


def why_ended(outcome: Outcome) -> str:
    """What this outcome, which a session cannot go on after, is called in a report."""
    reason = outcome.reason
    if reason is not None and reason.code is Code.ACC_INUSE:
        return "in use elsewhere"
    if reason is not None and reason.not_before is not None:
        return "no code came" if outcome.ending is Ending.CREDENTIAL else "portal closed"
    return {
        Ending.CREDENTIAL: "credential stopped",
        Ending.REFUSED: "portal stopped",
        Ending.TRANSIENT: "portal down",
        Ending.DRIFT: "page not recognised",
    }.get(outcome.ending, "stopped")


def closed(closure: PortalClosed, last: Reason | None) -> Reason:
    """Why the session ends: what the portal said to the last question, or what another session was told."""
    if last is not None and last.not_before is not None:
        return last
    return Reason(code=Code(closure.why), what="The portal is closed for a while.", not_before=closure.until)
