"""Makes a ledger as the version before appointments and remittances made it, and tells what is in a ledger.

python -m tests.ledger.older_ledger make PLACE    a ledger of that version with some work done
python -m tests.ledger.older_ledger open PLACE    opens it as an office does, and works on

Both tell every row of that version's tables, a line each, before the work goes on.
"""

import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from flows.questions import Flow
from ledger import answers, audit, lanes, runs, work
from ledger.accounts import default_practice, ensure_account
from ledger.postgresql.address import read_address
from ledger.start import open_ledger, open_on_server
from ledger.time_line import time_lines
from tests.django_settings import database_key, no_password
from tests.ledger.office import ALIAS, NOW, PORTAL, paid

VERSION = ("ledger", "0003_at_the_door")
RENAMED = {"revision": "claim_revision"}
"""Columns that have another name since, under the older one."""


def make() -> None:
    """Two claims: one answered, one with a case."""
    call_command("migrate", *VERSION, verbosity=0, interactive=False)
    tables = MigrationExecutor(connection).loader.project_state([VERSION]).apps

    def add(table: str, /, **columns: Any) -> Any:
        return tables.get_model("ledger", table)._base_manager.create(**columns)

    practice = add("Practice", name="Lakeside", tin="123456789")
    robot = add("Account", name="night-robot", is_robot=True, created_at=NOW)
    credential = add("Credential", practice=practice, portal=PORTAL, alias=ALIAS)
    lane = add("Lane", credential=credential, slot=0, token=1)
    run = add("Run", lane=lane, token=1, portal=PORTAL, flow="claim-status", account=robot, started_at=NOW,
              ended_at=NOW, why_ended="finished")  # fmt: skip
    outcome = paid()
    assert outcome.answer is not None
    for number in (1, 2):
        patient = add("Patient", practice=practice, reference=f"r{number}", member_id=f"M{number}",
                      last_name="Quillfeather", first_name="Ottoline", birth_date=date(1961, 5, 17))  # fmt: skip
        claim = add("Claim", practice=practice, portal=PORTAL, provider_tin="123456789", provider_npi="1234567893",
                    patient=patient, patient_account_number=f"ACCT-{number}", service_from=date(2026, 1, 12),
                    service_to=date(2026, 1, 12), billed_cents=12050, revision=2, imported_at=NOW)  # fmt: skip
        item = add("WorkItem", practice=practice, portal=PORTAL, flow="claim-status", claim=claim, state="done",
                   not_before=NOW, claim_revision=2, attempt=f"key{number}")  # fmt: skip
        attempt = add("Attempt", key=f"key{number}", item=item, run=run, portal=PORTAL, flow="claim-status",
                      ending="answered" if number == 1 else "needs-staff", code="" if number == 1 else "BUS-MULTI",
                      started_at=NOW, finished_at=NOW)  # fmt: skip
        if number == 1:
            add("EvidenceKey", attempt=attempt, wrapped=b"\x01\x02")
            item.answer = add(
                "AnswerVersion", claim=claim, flow="claim-status", version=1, attempt=attempt, author=robot,
                recorded_at=NOW, observed_at=NOW, portal=PORTAL, pack_version="1", ending="answered", category="F1",
                normalised=outcome.answer.normalised.model_dump_json(), extracted="[]", paid_cents=8010,
            )  # fmt: skip
        else:
            item.state = "parked"
            item.case = add("Case", practice=practice, family="business", code="BUS-MULTI", what="Two rows fit.",
                            portal=PORTAL, flow="claim-status", seen="[]", candidates="[]", state="open", claim=claim,
                            attempt=attempt, opened_at=NOW, last_at=NOW)  # fmt: skip
        item.save()


def tell() -> None:
    """Every row of the older version's tables, in its columns."""
    older = MigrationExecutor(connection).loader.project_state([VERSION]).apps.get_models()
    tables = [model._meta for model in older if model._meta.app_label == "ledger"]
    for table in sorted(tables, key=lambda meta: meta.db_table):
        with connection.cursor() as cursor:
            present = {column.name for column in connection.introspection.get_table_description(cursor, table.db_table)}
            now_called = {old: new for new, old in RENAMED.items() if new in present and old not in present}
            columns = [str(field.column) for field in table.local_concrete_fields]
            chosen = ", ".join(now_called.get(column, column) for column in columns)
            cursor.execute(f"SELECT {chosen} FROM {table.db_table} ORDER BY 1")  # noqa: S608 - names of ours
            for row in cursor.fetchall():
                print(table.db_table, *map(repr, row))


def work_on() -> None:
    """Ask again, record, and look at what came of it."""
    practice = default_practice()
    (before,) = answers.list_current(practice.id)
    robot = ensure_account("night-robot", is_robot=True, practice=practice, now=NOW)
    work.again(PORTAL, Flow.CLAIM_STATUS, robot, NOW)
    lease = lanes.take(PORTAL, ALIAS, 0, holder="x", actor=robot, now=NOW)
    runs.start(lease, Flow.CLAIM_STATUS, NOW)
    item = work.next_item(lease, NOW)
    assert item is not None
    work.finish(lease, item, paid(amount="0.00"), NOW)
    (line,) = time_lines(practice.id, "ACCT-1")
    print(before.number, [answer.version for answer in line.answers], line.form, audit.verify().ok)


if __name__ == "__main__":
    what, place = sys.argv[1:]
    if place.startswith("postgresql:"):
        open_on_server(read_address(place), no_password, migrate=what == "open")
    else:
        open_ledger(Path(place), database_key, migrate=what == "open")
    if what == "make":
        make()
        tell()
    else:
        tell()
        work_on()
