"""Says of a page that did not work which hosts it called that it may not reach, so that somebody can mend the pack."""

from collections.abc import Sequence

from flows.answers import Shown
from flows.outcomes import Ending, Outcome

_BROKEN = frozenset({Ending.DRIFT, Ending.TRANSIENT})
_SENTENCE = (
    "Hosts that the pack does not declare were called and not reached; where the portal needs one, it belongs "
    "into 'hosts'."
)


def with_refused(outcome: Outcome, names: Sequence[str]) -> Outcome:
    """The same ending, and with what looks like a broken page the hosts that its pages called in vain.

    Their names come from a page, so they are with what the page showed, and go nowhere but into the ledger.
    """
    reason = outcome.reason
    if not names or reason is None or outcome.ending not in _BROKEN:
        return outcome
    seen = (*reason.seen, *(Shown(where="host not reached", text=name) for name in names))
    return outcome.model_copy(
        update={"reason": reason.model_copy(update={"what": f"{reason.what} {_SENTENCE}", "seen": seen})}
    )
