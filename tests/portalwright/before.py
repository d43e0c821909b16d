"""What is done in the process of a command before it starts: answers without a portal, and faults of the computer."""

import errno
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import bots.lane
import ledger.start
from bots.clock import SystemClock
from flows.coverage import Difference, Member
from flows.outcomes import Code, Ending, Outcome, Reason
from flows.questions import Flow
from ledger import closures, codes, lanes, runs, terms, work
from ledger.appointments import import_appointments
from ledger.lanes import Lease
from portalwright.office import Desk, Office
from portalwright.viewing import record_look
from tests.ledger.office import ALIAS, PORTAL, digest, not_found, paid, question
from tests.ledger.visits import covered, listed, no_member, visit
from vault.secret import Secret

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def four_answers() -> None:
    """Three claims: answered twice, answered once, not found. For an office in PORTALWRIGHT_OFFICE."""
    with _lane() as (desk, lease):
        asked = [question(1), question(2), question(3, last_name="=Muñoz")]
        work.import_claims(asked, desk.actor, NOW, digest=digest)
        for minute, outcome in enumerate((paid(NOW), not_found(NOW), paid(NOW))):
            item = work.next_item(lease, NOW)
            assert item is not None
            work.finish(lease, item, outcome, NOW + timedelta(minutes=minute))
        later = NOW + timedelta(days=2)
        work.import_claims([question(1, billed="130.50")], desk.actor, later, digest=digest)
        item = work.next_item(lease, later)
        assert item is not None
        work.finish(lease, item, paid(later, amount="90.10"), later)


def three_visits() -> None:
    """Three visits: answered twice with another member id, not found, and one that takes the answer of the first."""
    corrected = (Difference(field="member_id", ours="MBR0000001", theirs="MBR0000009"),)
    second = covered(NOW, differences=corrected, member=Member(member_id="MBR0000009"))
    with _lane(Flow.ELIGIBILITY) as (desk, lease):

        def answer(outcome: Outcome) -> None:
            item = work.next_item(lease, NOW)
            assert item is not None
            work.finish(lease, item, outcome, NOW)

        import_appointments(listed([1]), desk.actor, NOW, digest=digest)
        answer(covered(NOW))
        work.again(PORTAL, Flow.ELIGIBILITY, desk.actor, NOW)
        answer(second)
        import_appointments(listed([2]), desk.actor, NOW, digest=digest)
        answer(no_member(NOW))
        later = visit(1, service_from=date(2026, 3, 24))
        import_appointments([("VISIT-0003", later)], desk.actor, NOW, digest=digest)


@contextmanager
def _lane(flow: Flow = Flow.CLAIM_STATUS) -> Iterator[tuple[Desk, Lease]]:
    office = Office.find(Path(os.environ["PORTALWRIGHT_OFFICE"]))
    with office.at_work("dana", lambda: Secret("")) as desk:
        lease = lanes.take(PORTAL, ALIAS, 0, holder="tests:1", actor=desk.robot, now=NOW, ttl=timedelta(days=3))
        runs.start(lease, flow, NOW)
        yield desk, lease
        lanes.release(lease, NOW)


def files_held_open() -> None:
    """Every file is held open by another program, as Windows reports it when one is to be replaced."""

    def held(_self: Path, _target: Path) -> Path:
        raise PermissionError(errno.EACCES, "The process cannot access the file")

    Path.replace = held  # type: ignore[method-assign,assignment]  # the double of a system that holds files


def short_patience() -> None:
    """Wait for another process's lock for a second only."""
    ledger.start.BUSY_SECONDS = 1


def short_lease() -> None:
    """A run that cannot give its lane back, because nothing can be written, keeps it for a shorter time."""
    bots.lane.LEASE_SECONDS = 15


def clock_an_hour_ahead() -> None:
    """This computer's clock is wrong."""
    right = SystemClock.now
    SystemClock.now = lambda self: right(self) + timedelta(hours=1)  # type: ignore[method-assign]  # a wrong clock


def show_audit() -> None:
    """Print the audit log, an entry a line."""
    from ledger import models

    office = Office.find(Path(sys.argv[sys.argv.index("--office") + 1]))
    with office.at_work("dana", lambda: Secret("")):
        names = ("actor", "action", "object_id", "result", "fields")
        for entry in models.AuditEntry.objects.order_by("sequence").values(*names):
            print(json.dumps(entry))


def hold_ledger() -> None:
    """Be in the middle of writing into the ledger, from when the file SIGN is made until somebody removes it."""
    from django.db import transaction

    office, sign = Office.find(Path(os.environ["PORTALWRIGHT_OFFICE"])), Path(os.environ["SIGN"])
    with office.at_work("dana", lambda: Secret("")) as desk, transaction.atomic():
        record_look(desk, "answers.view", 0, names=False)
        sign.touch()
        while sign.exists():
            time.sleep(0.02)


def a_run_waits_for_a_code() -> None:
    """A run of this moment waits at the portal's door for a code, and goes on waiting when the process ends."""
    office = Office.find(Path(os.environ["PORTALWRIGHT_OFFICE"]))
    now = datetime.now(UTC)
    with office.at_work("dana", lambda: Secret("")) as desk:
        lease = lanes.take(PORTAL, "main", 0, holder="tests:1", actor=desk.robot, now=now, ttl=timedelta(hours=1))
        runs.start(lease, Flow.CLAIM_STATUS, now)
        codes.want(lease, "code", desk.vault.sealer().new_item_key(), now, now + timedelta(minutes=10))


def a_robot_met_terms() -> None:
    """A run of this moment was stopped by terms that nobody accepted."""
    office = Office.find(Path(os.environ["PORTALWRIGHT_OFFICE"]))
    now = datetime.now(UTC)
    with office.at_work("dana", lambda: Secret("")) as desk:
        lease = lanes.take(PORTAL, "main", 0, holder="tests:1", actor=desk.robot, now=now)
        runs.start(lease, Flow.CLAIM_STATUS, now)
        terms.met(PORTAL, "You keep your password\nto yourself.", desk.robot, now)
        reason = Reason(code=Code.ACC_TERMS, what="The portal wants terms accepted.", view="terms")
        runs.report(lease, Outcome(ending=Ending.CREDENTIAL, reason=reason), now)
        lanes.release(lease, now)


def the_portal_is_closed() -> None:
    """A run of this moment was told that the portal is back in two hours."""
    office = Office.find(Path(os.environ["PORTALWRIGHT_OFFICE"]))
    now = datetime.now(UTC)
    with office.at_work("dana", lambda: Secret("")):
        closures.close(PORTAL, now + timedelta(hours=2), Code.TECH_MAINT, now)
