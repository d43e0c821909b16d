"""The audit chain shows every later change, and holds nobody's name."""

import hashlib
import json

import pytest
from django.db import connection

from ledger import audit, models, work
from ledger.accounts import Actor
from ledger.errors import NeverChanged, RecordWrong
from ledger.lanes import Lease
from tests.ledger.office import NOW, bring_in, paid


@pytest.fixture
def entries(robot: Actor, unguarded: None) -> int:
    for number in range(10):
        audit.append(robot, "test.act", "thing", number, NOW, fields=("billed",), result="done")
    assert audit.verify() == audit.AuditReport(10, ok=True, first_bad=None)
    return 10


@pytest.mark.parametrize(
    ("sql", "first_bad"),
    [
        ("UPDATE ledger_auditentry SET result = 'other' WHERE sequence = 4", 4),
        ("UPDATE ledger_auditentry SET actor = 'somebody' WHERE sequence = 10", 10),
        ("UPDATE ledger_auditentry SET at = '2026-03-02 01:00:00.000001' WHERE sequence = 7", 7),
        ("UPDATE ledger_auditentry SET run_id = 5 WHERE sequence = 1", 1),
        ("DELETE FROM ledger_auditentry WHERE sequence = 1", 1),
        ("DELETE FROM ledger_auditentry WHERE sequence = 6", 6),
        ("DELETE FROM ledger_auditentry WHERE sequence = 10", 10),
        ("DELETE FROM ledger_auditentry", 1),
        ("UPDATE ledger_auditentry SET sequence = 99 WHERE sequence = 3", 3),
    ],
)
@pytest.mark.usefixtures("entries")
def test_a_change_by_plain_sql_is_found(sql: str, first_bad: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
    report = audit.verify()
    assert (report.ok, report.first_bad) == (False, first_bad)


@pytest.mark.usefixtures("entries")
def test_two_entries_that_changed_places_are_found() -> None:
    with connection.cursor() as cursor:
        for old, new in ((3, 1000), (4, 3), (1000, 4)):
            cursor.execute("UPDATE ledger_auditentry SET sequence = %s WHERE sequence = %s", [new, old])
    assert audit.verify().first_bad == 3


@pytest.mark.parametrize("sequence", [4, 10])
@pytest.mark.usefixtures("entries")
def test_a_changed_entry_that_was_given_its_fitting_hash_is_found_by_the_next_link(sequence: int) -> None:
    (row,) = models.AuditEntry.objects.filter(sequence=sequence).values()
    signed = row | {"result": "forged", "at": NOW.isoformat()}
    del signed["hash"]
    text = json.dumps(signed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    fitting = hashlib.sha256(text.encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_auditentry SET result = 'forged', hash = %s WHERE sequence = %s", [fitting, sequence]
        )
    assert audit.verify().first_bad == sequence + 1


@pytest.mark.usefixtures("entries")
def test_our_own_code_can_only_add() -> None:
    with pytest.raises(NeverChanged):
        models.AuditEntry.objects.filter(sequence=3).update(result="other")
    with pytest.raises(NeverChanged):
        models.AuditEntry.objects.all().delete()
    with pytest.raises(NeverChanged):
        models.AuditEntry.objects.get(sequence=3).delete()


def test_a_time_without_a_zone_is_refused(robot: Actor) -> None:
    with pytest.raises(RecordWrong):
        audit.append(robot, "test.act", "thing", 1, NOW.replace(tzinfo=None))


def test_the_log_holds_no_patient_and_every_act_names_an_account(lease: Lease, robot: Actor) -> None:
    bring_in([1], robot)
    item = work.next_item(lease, NOW)
    assert item is not None
    work.finish(lease, item, paid(), NOW)
    text = repr(list(models.AuditEntry.objects.values_list()))
    for private in ("Quillfeather", "Ottoline", "MBR0000001", "ACCT-000001", "1961", "E7788", "Processed"):
        assert private not in text
    assert models.Patient.objects.get().reference in text
    assert set(models.AuditEntry.objects.values_list("actor", flat=True)) == {"night-robot"}
    assert audit.verify().ok
