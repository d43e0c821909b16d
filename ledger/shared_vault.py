"""The office's vault on the ledger's server, for many computers: the same sealed bytes as the file of a single one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction

from ledger import models, vault_state
from ledger.thread import off_the_event_loop
from vault.errors import VaultExists, VaultMissing, VaultMoved
from vault.storage import StoredVault, anew, read, with_entry, without_entry, written

_PLACE = "the office's database server"


def is_here() -> bool:
    """Does the ledger hold the office's vault? If not, the vault is in the office's folder."""
    return models.SharedVault.objects.exists()


def is_shared_office() -> bool:
    """Is the opened database one of an office that is shared? Also asked of a database that may be no ledger at all."""
    return models.SharedVault._meta.db_table in connection.introspection.table_names() and is_here()


def bring(content: bytes, *, database: str = "default") -> None:
    """Take over the vault of a single machine, as the bytes of its file; from now on it is here for all computers.

    `database` is the one to fill, while a backup is restored. Raises VaultExists when there is one already, and
    VaultDamaged or VaultFormatUnknown for bytes that are no vault.
    """
    stored = read(content)
    rows = models.SharedVault.objects.using(database)
    try:
        with transaction.atomic(using=database):
            rows.create(pk=1, counter=stored.counter, content=content)
    except IntegrityError:
        raise VaultExists(_PLACE) from None


@dataclass(frozen=True)
class SharedVaultStorage:
    """A `vault.storage.EntryStorage` in the ledger. Of two computers that change it at once, one tries again.

    The ledger's own record of how new the vault must be moves in the same transaction. Also called under an event loop:
    then it works on a thread of its own.
    """

    def create(self, header: str, manifest: bytes) -> None:
        """See `EntryStorage`."""
        content = written(StoredVault(header=header, counter=1, manifest=manifest, entries={}))
        off_the_event_loop(lambda: bring(content))

    def read_all(self) -> StoredVault:
        """See `EntryStorage`."""
        return read(off_the_event_loop(_content))

    def put(self, expected_counter: int, entry_id: str, entry: bytes, manifest: bytes) -> None:
        """See `EntryStorage`."""
        self._change(expected_counter, lambda stored: with_entry(stored, entry_id, entry, manifest))

    def remove(self, expected_counter: int, entry_id: str, manifest: bytes) -> None:
        """See `EntryStorage`."""
        self._change(expected_counter, lambda stored: without_entry(stored, entry_id, manifest))

    def replace(self, expected_counter: int, header: str, entries: Mapping[str, bytes], manifest: bytes) -> None:
        """See `EntryStorage`."""
        self._change(expected_counter, lambda stored: anew(stored, header, entries, manifest))

    @staticmethod
    def _change(expected_counter: int, change: Callable[[StoredVault], StoredVault]) -> None:
        off_the_event_loop(lambda: _compare_and_set(expected_counter, change))


def _content() -> bytes:
    content = models.SharedVault.objects.values_list("content", flat=True).first()
    if content is None:
        raise VaultMissing(_PLACE)
    return bytes(content)


def _compare_and_set(expected_counter: int, change: Callable[[StoredVault], StoredVault]) -> None:
    with transaction.atomic():
        row = models.SharedVault.objects.select_for_update().first()
        if row is None:
            raise VaultMissing(_PLACE)
        if row.counter != expected_counter:
            raise VaultMoved
        changed = change(read(bytes(row.content)))
        models.SharedVault.objects.filter(pk=row.pk).update(counter=changed.counter, content=written(changed))
        vault_state.set_counter(changed.counter)
