"""The office of a night of the chaos: its practice portals, its questions, and appeals that are approved."""

import multiprocessing
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flows.questions import Flow, Provider
from ledger.periods import ask_for
from portalwright.demo.office import ACCOUNT, admit, make_office, no_passphrase
from portalwright.importing import Imported, import_appointments_file, import_claims_file
from portalwright.office import Desk, Office, utc_now
from sandbox.process import PracticePortal
from tests.postgresql_server import SUPERUSER, Server
from tests.whole.disputes import approve
from tests.whole.office import Commands

_DAYS_OF_PAYMENTS = 59
_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)

CADENCE = """# Everything is asked once, at once, and not again: this office has one night only, whose clock may be
# set forward by days while nothing is left but tries for later.
[[claims]]
id = "claims"
first = 0

[[claims]]
id = "claims-medicare"
payer = "medicare"
first = 0

[[claims]]
id = "claims-medicaid"
payer = "medicaid"
first = 0

[[visits]]
id = "visits"
before = []

[[visits]]
id = "visits-medicaid"
payer = "medicaid"
before = []

[[visits]]
id = "visits-medicaid-managed"
payer = "medicaid-managed"
before = []

[stops]
least_days = 400
widest_days = 400

[spreads]
month_start = false
new_year_days = 0
"""
"""The office's rules of cadence: whatever is answered twice was asked twice by mistake."""
_MAKING_SECONDS = 180.0


@contextmanager
def at_desk(office: Commands) -> Iterator[Desk]:
    """The office's desk in this process, in the name of the person who looks after the robot."""
    with Office.find(office.folder).at_work(ACCOUNT, no_passphrase, unattended=True) as desk:
        yield desk


def furnish(root: Path, portals: Sequence[PracticePortal], *, appeals: int = 0, lists: bool = True) -> Commands:
    """An office with a credential and leave for every portal, and, with `lists`, everything there is to ask about.

    So many appeals of each portal's claims are approved. It is made by a process of its own, so that this one can open
    the ledger wherever it is moved to afterwards.
    """
    home, temporary = root / "home", root / "temporary"
    for folder in (home, temporary):
        folder.mkdir(parents=True)
    office = Commands(root / "office", home, temporary, portals[0].name)
    making = multiprocessing.get_context("fork").Process(target=_make, args=(office.folder, portals, appeals, lists))
    making.start()
    making.join(_MAKING_SECONDS)
    if making.exitcode != 0:
        making.kill()
        raise RuntimeError("The office could not be made; why stands above.")
    return office


def move_to_server(office: Commands, server: Server, database: str) -> None:
    """Put the office's ledger into this empty database, as an office does that has outgrown its one computer."""
    place = f"localhost:{server.port}/{database}?host={server.folder}&sslmode=disable"
    office.done("ledger", "move", "--to", f"postgresql://{SUPERUSER}@{place}")


def put_on_list(desk: Desk, portal: PracticePortal, flow: Flow, rows: slice = slice(None)) -> None:
    """Ask about these rows of the portal's work list or of its appointments, or about the payments of two months."""
    match flow:
        case Flow.CLAIM_STATUS:
            _import(desk, _some(portal.worklist_csv(), rows), import_claims_file)
        case Flow.ELIGIBILITY:
            _import(desk, _some(portal.appointments_csv(), rows), import_appointments_file)
        case Flow.REMITTANCES:
            for npi in desk.practice.npis:
                provider = Provider(tin=desk.practice.tin, npi=npi)
                for first, last in weeks_of_payments():
                    ask_for(portal.name, provider, first, last, actor=desk.actor, now=utc_now())
        case _:
            raise ValueError(f"nothing is imported for {flow}")


def days_of_payments() -> tuple[date, date]:
    """The days whose payments are asked for, both included."""
    today = utc_now().date()
    return today - timedelta(days=_DAYS_OF_PAYMENTS), today


def weeks_of_payments() -> Iterator[tuple[date, date]]:
    """The same days, week by week: what one question fetches comes to the ledger whole or not at all, and nobody here
    lives for long enough to fetch the payments of two months.
    """
    first, last = days_of_payments()
    while first <= last:
        yield first, min(first + _WEEK - _DAY, last)
        first += _WEEK


def appealable(portal: PracticePortal) -> list[dict[str, Any]]:
    """The first-level appeals of claims on the portal's work list that the payer takes."""
    return [
        right
        for right in portal.appealable()
        if right["level"] == "first" and right["list"] == "worklist" and right["refused"] is None
    ]


def _make(folder: Path, portals: Sequence[PracticePortal], appeals: int, lists: bool) -> None:
    practice = portals[0].truth()["practice"]
    made = make_office(folder, practice, {portal.name: portal.address for portal in portals})
    (folder / "schedules" / "cadence.toml").write_text(CADENCE, encoding="utf-8")
    with made.at_work(ACCOUNT, no_passphrase) as desk:
        for portal in portals:
            admit(desk, portal)
            if not lists:
                continue
            for flow in (Flow.CLAIM_STATUS, Flow.ELIGIBILITY, Flow.REMITTANCES):
                put_on_list(desk, portal, flow)
            approve(desk, portal.name, appealable(portal)[:appeals])


def _some(text: str, rows: slice) -> str:
    heading, *lines = text.splitlines(keepends=True)
    return "".join((heading, *lines[rows]))


def _import(desk: Desk, rows: str, take: Callable[[Desk, Path], Imported]) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / "rows.csv"
        file.write_text(rows, encoding="utf-8", newline="")
        if (imported := take(desk, file)).rejected:
            raise RuntimeError(f"{len(imported.rejected)} rows of a practice portal's list were not taken")
