"""What dispatch and the ledger cost for each question, with portals that answer at once, against the bare writes.

A night of 2,000 questions at two portals is worked by the real worker, whose sessions are scripted: due work is found,
lanes are taken, questions are handed out, answers, attempts, tasks and the audit chain are written. What that is
compared with: `bench.bare_writes`.

`python -m bench.night_work --engine postgresql` prints a table and, as its last line, JSON.
"""

from typing import TYPE_CHECKING, Any

from bench.bare_writes import Work, compare

if TYPE_CHECKING:
    from ledger.thread import LedgerThread

_PORTALS = ("practice-national", "practice-medicaid")


def _make(ledger: "LedgerThread", questions: int) -> Any:
    from tests.schedules.night_office import make_office, pack

    return make_office(ledger, *(pack(portal) for portal in _PORTALS), questions=questions // len(_PORTALS))


async def _do(ledger: "LedgerThread", office: Any) -> None:
    from tests.schedules.night_office import all_done

    await office.worker(sessions=len(_PORTALS)).run_once()
    if office.failures or not await ledger.call(all_done):
        raise AssertionError(f"the night did not end as it should: {office.failures[:3]}")


if __name__ == "__main__":
    compare(Work("bench.night_work", __doc__, "dispatch and ledger", _make, _do))
