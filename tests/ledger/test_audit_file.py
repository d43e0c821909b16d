"""The audit log as a file is proved without the ledger, and the ledger's own guards refuse what a file would show."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from ledger import audit, models
from ledger.accounts import Actor
from ledger.audit_file import check_file, write_file
from ledger.errors import NotThere, RecordWrong
from ledger.purge_rows import rows_of
from tests.ledger.office import NOW

DAY = timedelta(days=1)


@pytest.fixture
def entries(robot: Actor) -> int:
    for number in range(12):
        audit.append(robot, "test.act", "thing", number, NOW + number * DAY, fields=("billed",), result="é done")
    return 12


def lines(*days: int | None) -> list[bytes]:
    since, until = (None if day is None else NOW + day * DAY for day in days)
    return b"".join(write_file(since, until)).splitlines(keepends=True)


@pytest.mark.usefixtures("entries")
def test_a_file_of_some_days_is_whole_by_itself() -> None:
    whole, some = check_file(lines(None, None)), check_file(lines(3, 9))
    assert (whole.ok, whole.entries, whole.end) == (True, 12, audit.verify().end)
    assert (some.ok, some.entries) == (True, 6)
    with pytest.raises(NotThere):
        lines(50, 60)


def changed(file: list[bytes], place: int, **values: object) -> list[bytes]:
    entry = json.loads(file[place]) | values
    return [*file[:place], json.dumps(entry).encode() + b"\n", *file[place + 1 :]]


@pytest.mark.parametrize(
    "forge",
    [
        lambda file: changed(file, 4, result="other"),
        lambda file: changed(file, 4, at="2026-03-02T00:00:00+00:00"),
        lambda file: changed(file, 4, extra=1),
        lambda file: [*file[:4], *file[5:]],
        lambda file: file[:-1],
        lambda file: [*file[:-2], file[-1]],
        lambda file: [*file[:4], file[5], file[4], *file[6:]],
        lambda file: [file[0], *file[2:]],
        lambda file: [*file, file[3]],
        lambda file: [*file[:4], b"no json\n", *file[4:]],
    ],
    ids=["result", "time", "more", "left out", "no end", "cut", "swapped", "no beginning", "added", "no entry"],
)
@pytest.mark.usefixtures("entries")
def test_a_file_that_was_changed_is_found(forge: Callable[[list[bytes]], list[bytes]]) -> None:
    file = lines(None, None)
    assert check_file(file).ok
    report = check_file(forge(file))
    assert not report.ok
    assert report.first_bad is not None


def test_what_is_no_such_file_is_said_to_be_none() -> None:
    for content in ([], [b"{}\n"], [b"hello\n"], [b'{"format":"portalwright audit log 1","after":"x"}\n']):
        with pytest.raises(RecordWrong, match="no file of"):
            check_file(content)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_auditentry SET result = 'x' WHERE sequence = 3",
        "DELETE FROM ledger_auditentry WHERE sequence = 3",
    ],
)
@pytest.mark.usefixtures("entries")
def test_the_database_itself_refuses_to_change_or_delete_an_entry(statement: str) -> None:
    with pytest.raises(IntegrityError, match="only added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert audit.verify().ok


@pytest.mark.usefixtures("entries", "unguarded")
def test_a_log_that_was_cut_off_with_its_recorded_end_is_found_by_what_is_kept_elsewhere() -> None:
    kept = audit.verify().end
    rows_of(models.AuditEntry).filter(sequence__gt=8).delete()
    last = rows_of(models.AuditEntry).get(sequence=8)
    models.AuditHead.objects.update(sequence=8, hash=last.hash)
    assert audit.verify().ok
    report = audit.verify(expected=kept)
    assert (report.ok, report.first_bad) == (False, 9)


@pytest.mark.usefixtures("unguarded")
def test_a_log_that_was_written_anew_with_hashes_that_fit_is_found_by_what_is_kept_elsewhere(
    entries: int, robot: Actor
) -> None:
    kept = audit.verify().end
    rows_of(models.AuditEntry).delete()
    models.AuditHead.objects.all().delete()
    for number in range(entries + 3):
        audit.append(robot, "test.act", "thing", number, NOW, result="forged")
    assert audit.verify().ok
    assert audit.verify(expected=kept).first_bad == entries
