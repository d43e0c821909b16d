"""A snapshot of the ledger is of one moment, however busy others are writing."""

import json
import threading

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from ledger import audit, models
from ledger.accounts import Actor, ensure_account, ensure_practice
from ledger.errors import RowsRefused
from ledger.portable import examine, sealed_names, snapshot, write_rows
from ledger.start import close_connection
from ledger.wakes import Wake, wake
from tests.ledger.office import NOW

HELD_UP_AFTER = 5


class Writer:
    """Writes on and on, two rows in each transaction: they belong together."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self.times = 0

    def __enter__(self) -> "Writer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        try:
            while not self._stop.is_set():
                with transaction.atomic():
                    wake(Wake.IMPORTED, NOW)
                    audit.append(self._actor, "test.act", "thing", 1, NOW)
                self.times += 1
        finally:
            close_connection()

    def goes_on(self) -> None:
        """Returns when some more was written, so that nobody was kept waiting by whoever asks."""
        seen = self.times
        while self.times < seen + HELD_UP_AFTER:
            pass


@pytest.fixture(autouse=True)
def connections_of_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django's tests let nobody connect but by the names that are known beforehand."""

    def ensure_connection(self: BaseDatabaseWrapper) -> None:
        if self.connection is None:
            self.connect()

    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", ensure_connection)


@pytest.mark.django_db(transaction=True)
def test_rows_that_belong_together_are_both_in_a_backup_or_neither() -> None:
    actor = ensure_account("dana", is_robot=False, practice=ensure_practice("Lakeside", "123456789"), now=NOW)
    with Writer(actor) as writer:
        writer.goes_on()
        with snapshot() as database:
            writer.goes_on()
            lines = []
            for line in write_rows(database):
                lines.append(line)
                writer.goes_on()
            assert list(sealed_names(database)) == []
        writer.goes_on()
    rows = examine(lines)  # the audit chain and its recorded end are of the same moment, or this raises
    told = rows.counts
    assert 0 < told["ledger_wakeup"] == told["ledger_auditentry"] < writer.times
    assert models.WakeUp.objects.count() == models.AuditEntry.objects.count() == writer.times


@pytest.mark.django_db(transaction=True)
def test_what_is_left_out_is_the_vault_and_the_sealed_items_alone() -> None:
    with snapshot() as database:
        head = json.loads(next(iter(write_rows(database))))
    left_out = {"ledger_sharedvault", "ledger_sealeditem"}
    ours = {model._meta.db_table for model in apps.get_app_config("ledger").get_models()}
    assert ours - set(head["tables"]) == left_out


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "done",
    [
        "UPDATE ledger_auditentry SET action = 'test.else' WHERE sequence = 2",
        "DELETE FROM ledger_auditentry WHERE sequence = 3",
    ],
)
@pytest.mark.usefixtures("unguarded")
def test_an_audit_log_that_was_changed_before_the_backup_is_noticed_in_it(done: str) -> None:
    actor = ensure_account("dana", is_robot=False, practice=ensure_practice("Lakeside", "123456789"), now=NOW)
    for _ in range(3):
        audit.append(actor, "test.act", "thing", 1, NOW)
    assert examine(write_rows("default")).counts["ledger_auditentry"] == 3
    with connection.cursor() as cursor:
        cursor.execute(done)
    with pytest.raises(RowsRefused, match="The audit log in it"):
        examine(write_rows("default"))
