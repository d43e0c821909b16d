"""A process that reads an earlier release's ledger, upgrades it, works on with it, and tells what it met.

python -m tests.ledger.upgraded_process FIXTURE PLACE

PLACE is a file that is not there, or the address of an empty database.
"""

import gzip
import json
import sys
from datetime import timedelta
from pathlib import Path

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count

from flows.questions import Flow
from ledger import answers, appeals, audit, lanes, models, runs, work
from ledger.accounts import default_practice, ensure_account
from ledger.portable import read_rows
from ledger.postgresql.address import read_address
from ledger.start import open_ledger, open_on_server
from tests.django_settings import database_key, no_password
from tests.ledger.office import LATER, NOW, PORTAL, paid


def main(fixture: Path, place: str) -> None:
    """As an office does that comes from that release, and is then opened for the first time."""
    if place.startswith("postgresql:"):
        open_on_server(read_address(place), no_password, migrate=False)
    else:
        open_ledger(Path(place), database_key, migrate=False)
    with gzip.open(fixture) as lines:
        rows = read_rows(lines)
    executor = MigrationExecutor(connection)
    items = models.WorkItem.objects
    practice = default_practice()
    told = {
        "rows": rows.counts,
        "to migrate": len(executor.migration_plan(executor.loader.graph.leaf_nodes())),
        "audit": audit.verify().ok,
        "not planned": items.filter(planned_at=None, due_at=None, rank=1).count(),
        "states": dict(items.values_list("state").annotate(times=Count("id")).order_by("state")),
        "answers": len(list(answers.list_current(practice.id))),
        "appeals": [record.stage for record in appeals.list_all(practice.id)],
        "cases": list(
            models.Case.objects.filter(state="open").values_list("code", "queue", "role", "due", "money_cents", "limit")
        ),
        "permission": list(models.Permission.objects.values_list("windows", "sessions", "verified_on")),
    }
    robot = ensure_account("dana-robot", is_robot=True, practice=practice, now=NOW)
    lease = lanes.take(PORTAL, "dana", 0, holder="now", actor=robot, now=NOW + LATER)
    runs.start(lease, Flow.CLAIM_STATUS, NOW + LATER)
    item = work.next_item(lease, NOW + timedelta(days=1))
    assert item is not None
    work.finish(lease, item, paid(), NOW + timedelta(days=1))
    told["worked on"] = len(list(answers.list_current(practice.id)))
    told["audit then"] = audit.verify().ok
    print(json.dumps(told, default=str))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
