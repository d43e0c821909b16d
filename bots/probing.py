"""When a session probes its portal, with what the ledger knows to compare with, and how that is recorded."""

import json
from collections.abc import Callable

from bots.assignment import Work
from bots.probe import GOOD_FOR, MOST_KNOWN, Known, Probed, Probing, probe
from bots.session import Session
from flows.questions import Flow
from ledger import probes
from ledger.lanes import Lease


async def probe_if_due(given: Work, lease: Lease, session: Session, told: Callable[[str], None]) -> Probed | None:
    """See whether the portal is what the pack says, where that is due; None where it is not.

    A portal that is not what the pack says is no error here: the session ends with the outcome of what is returned.
    Raises Stop for what is no matter of the pack.
    """
    pack = given.pack
    if given.probing is Probing.NEVER:
        return None
    passed_at = await given.ledger.call(
        probes.last_passed, pack.portal, given.flow, given.actor.practice_id, pack.version
    )
    if given.probing is Probing.WHEN_DUE and passed_at is not None and passed_at > given.clock.now() - GOOD_FOR:
        return None
    told("probing")
    practice_id = given.actor.practice_id
    # An appeal is nobody's probe, and what became of one a payer wants to be asked seldom. Both begin with its claim.
    flow = Flow.CLAIM_STATUS if given.flow in (Flow.APPEAL, Flow.APPEAL_STATUS) else given.flow
    like = await given.ledger.call(probes.newest_question, pack.portal, flow, practice_id)
    records = await given.ledger.call(probes.newest_final, pack.portal, flow, practice_id, MOST_KNOWN)
    known = [Known(question=record.question, said=record.answer.normalised) for record in records]
    probed = await probe(session, like, known)
    checks = json.dumps([checked.model_dump() for checked in probed.checks])
    await given.ledger.call(probes.record, lease, pack.version, checks, given.clock.now(), passed=probed.passed)
    return probed
