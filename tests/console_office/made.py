"""Makes the made-up office: in a folder of its own, or in the ledger of a test that is open already."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flows.questions import Flow
from ledger import credentials, lanes, permissions, work, worker_processes
from ledger.appointments import import_appointments
from ledger.permissions import Basis, Grant, Status
from ledger.postgresql.address import PostgresAddress
from portalwright.desk.practices import doors_of
from portalwright.office import Desk, Office
from portalwright.positions import bring_positions
from portalwright.settings import KeyKind, KeySettings, PracticeSettings, settings_text
from portalwright.work_rules import bring_rules
from schedules.planning import plan
from tests.console_office import appeals, money, night, people
from tests.console_office.claims import PORTALS, claim, visit
from tests.console_office.desk_work import done_at_desk, looked_in_an_emergency
from tests.console_office.night import ALIAS, Run
from tests.console_office.people import Person
from vault.secret import Secret

CLAIMS, VISITS = 300, 24

PORTAL_PASSWORD = "Lakeside-Robin-4711"

MANAGER = "morgan"
"""Who made the office, and may sign in to nothing."""

_CALENDAR = 'time_zone = "America/Chicago"\n'


@dataclass(frozen=True)
class Filled:
    """What is in the office. `appeals`: numbers by stage. `run` works now and waits for the code of `code_request`."""

    people: Mapping[str, Person]
    appeals: Mapping[str, int]
    run: Run
    code_request: int

    def beat(self, now: datetime) -> None:
        """A sign of life of the session and the worker that are at work."""
        lanes.beat(self.run.lease, now)
        worker_processes.beat("desk-office:4711:a1b2c3", 3, now)


def make(folder: Path, ledger: PostgresAddress | None = None) -> Office:
    """An empty office in this folder, with its key beside its settings; its ledger in the folder, or on a server."""
    practice = PracticeSettings(name="Lakeside Family Medicine", tin="123456789", npis=("1234567893",))
    key = KeySettings(provider=KeyKind.KEY_FILE, file=Path("office.key"))
    first = f'ledger = "{ledger.line}"\n' if ledger is not None else ""
    last = "\n[portals.practice-contractor]\npassword-days = 60\n"
    office = Office.create(folder, first + settings_text(practice, key, {}) + last)
    (office.folder / "schedules" / "calendar.toml").write_text(_CALENDAR, encoding="utf-8")
    office.set_up(MANAGER, _no_passphrase)
    return office


@contextmanager
def opened(folder: Path) -> Iterator[Desk]:
    """The office in this folder, opened by the one who made it."""
    with Office.find(folder).at_work(MANAGER, _no_passphrase) as desk:
        yield desk


def fill(desk: Desk, now: datetime) -> Filled:
    """Put everything in, as if the office had worked for four weeks until `now`. Takes some seconds."""
    _doors(desk, now - timedelta(days=28))
    let_in = people.let_in(desk, now)
    _work_list(desk, now)
    night.nights_before(desk, now)
    money.payments_in(desk, now)
    drafter, approver = (people.actor_of(desk, name, now) for name in ("denise", "ada"))
    made = appeals.appeals_of(desk, drafter, approver, now)
    night.incidents(desk, now)
    done_at_desk(desk, people.actor_of(desk, "rae", now), people.actor_of(desk, "bill", now), now)
    looked_in_an_emergency(desk, now, people.actor_of(desk, "everything", now))
    run, request = night.at_work_now(desk, now)
    plan(desk.robot, now)
    return Filled(let_in, made, run, request)


def _doors(desk: Desk, then: datetime) -> None:
    """Sign-ins, permissions, rules."""
    for portal in PORTALS:
        credentials.claim(portal, ALIAS, desk.actor)
        user, password = Secret(f"lakeside-{portal}"), Secret(PORTAL_PASSWORD)
        desk.vault.add_credential(portal, ALIAS, user, password, owner=MANAGER)
        for flow in Flow:
            permissions.grant(_permit(portal, flow, then), desk.actor, then)
    bring_positions(desk)
    bring_rules(desk, doors_of(desk, then).packs_of(desk))


def _permit(portal: str, flow: Flow, then: datetime) -> Grant:
    ends = then.date() + timedelta(days=40 if portal == PORTALS[1] else 340)
    return Grant(
        portal=portal,
        flow=flow,
        status=Status.PERMITTED,
        basis=Basis.WRITTEN_PERMISSION,
        document="Letter of the practice payer, in the binder",
        granted_to="Lakeside Family Medicine",
        bot_identity="lakeside-robot",
        valid_from=then.date(),
        valid_to=ends,
        reviewer=MANAGER,
    )


def _work_list(desk: Desk, now: datetime) -> None:
    today, then = now.date(), now - timedelta(days=26)
    work.import_claims(
        (claim(place, today) for place in range(CLAIMS)), desk.actor, then, digest=desk.vault.keyed_digest
    )
    visits = (visit(place, today) for place in range(VISITS))
    import_appointments(visits, desk.actor, then, digest=desk.vault.keyed_digest)


def _no_passphrase() -> Secret[str]:
    raise AssertionError("the made-up office has a key file")
