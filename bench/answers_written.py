"""What it costs to write an answer down, against the same rows written by plain SQL.

Questions are handed out, and then one after the other is answered: the attempt, its two sealed pages and their key, the
next version of the answer, the question's new state and the audit chain's next entry, each in a transaction of its own
under the lease's token. Handing out is not measured, nor is reading a page. What that is compared with:
`bench.bare_writes`.

`python -m bench.answers_written --engine postgresql` prints a table and, as its last line, JSON.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bench.bare_writes import Work, compare

if TYPE_CHECKING:
    from flows.outcomes import Outcome
    from ledger.evidence import Evidence
    from ledger.lanes import Lease
    from ledger.thread import LedgerThread
    from ledger.work import WorkItem

    _Read = tuple[WorkItem, Outcome, Evidence]
    """A question that was handed out, and what was read for it."""

_LEASE_TIME = timedelta(hours=2)
_PAGES = ("claims", "claim")


def _make(_ledger: "LedgerThread", questions: int) -> "tuple[Lease, list[_Read]]":
    from flows.questions import Flow
    from ledger import lanes, runs, work
    from ledger.accounts import ensure_account, ensure_practice
    from tests.ledger.office import ALIAS, NOW, PORTAL, bring_in, paid

    practice = ensure_practice("Lakeside Family Practice", "123456789", ("1234567893",))
    robot = ensure_account("night-robot", is_robot=True, practice=practice, now=NOW)
    bring_in(range(questions), ensure_account("dana", is_robot=False, practice=practice, now=NOW))
    lease = lanes.take(PORTAL, ALIAS, 0, holder="bench:1", actor=robot, now=NOW, ttl=_LEASE_TIME)
    runs.start(lease, Flow.CLAIM_STATUS, NOW)
    read = []
    while (item := work.next_item(lease, NOW)) is not None:
        read.append((item, paid(), _evidence(item.attempt)))
    if len(read) != questions:
        raise AssertionError(f"{len(read)} questions of {questions} were handed out")
    return lease, read


def _evidence(attempt: str) -> "Evidence":
    from ledger.evidence import Evidence, EvidenceFile, EvidenceKind

    files = (
        EvidenceFile(name=f"{attempt}-{view}", sha256="0" * 64, size=9000, kind=EvidenceKind.PAGE, view=view)
        for view in _PAGES
    )
    return Evidence(wrapped_key=b"k" * 60, files=tuple(files))


async def _do(ledger: "LedgerThread", made: Any) -> None:
    await ledger.call(_answer, *made)


def _answer(lease: "Lease", read: "list[_Read]") -> None:
    from ledger import work
    from ledger.states import ItemState
    from tests.ledger.office import NOW

    for item, outcome, evidence in read:
        finished = work.finish(lease, item, outcome, NOW, evidence_found=evidence)
        if finished.state is not ItemState.DONE or finished.version != 1:
            raise AssertionError(f"a question did not end as it should: {finished}")


if __name__ == "__main__":
    compare(Work("bench.answers_written", __doc__, "answers written", _make, _do))
