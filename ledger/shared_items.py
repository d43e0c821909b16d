"""Sealed pages, pictures and documents on the ledger's server, so that every computer of the office can open them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import DateTimeField, QuerySet, Value
from django.db.models.functions import Least, Now

from ledger import models
from vault.errors import SealedItemMissing, SealedItemTooLarge
from vault.sealed import SealedFile, SealedFolder, Sealer, seal_new

_MOST_BYTES = 256 << 20
"""Of one item, sealed: PostgreSQL takes no value of a gigabyte, and the way there doubles its length."""

_YOUNGEST_SWEPT = timedelta(hours=1)
"""By the server's clock: a computer whose own clock runs ahead must not sweep what another is about to record."""

_BATCH = 20


@dataclass(frozen=True)
class SharedItems:
    """A `vault.sealed.SealedStore` in the ledger. Called on threads that may use the ledger, never under an event loop.

    An item is committed when `write` returns, before the row that will name it.
    """

    sealer: Sealer
    database: str = "default"
    """The one to work with; another while a backup is restored."""

    def write(self, wrapped_key: bytes, plaintext: bytes, label: str) -> SealedFile:
        """See `SealedStore`; raises SealedItemTooLarge."""
        file, sealed = seal_new(self.sealer, wrapped_key, plaintext, label)
        self.keep(file.name, sealed)
        return file

    def read(self, wrapped_key: bytes, name: str, label: str) -> bytes:
        """See `SealedStore`."""
        return self.sealer.open(wrapped_key, self.sealed(name), label)

    def older_than(self, instant: datetime) -> Iterator[str]:
        """See `SealedStore`; nothing that was kept within the last hour by the server's own clock."""
        old = self._items.filter(kept_at__lt=instant).filter(kept_at__lt=Now() - _YOUNGEST_SWEPT)
        swept_until = self._vaults.values_list("swept_until", flat=True).first()
        if swept_until is not None:
            old = old.filter(kept_at__gte=swept_until)
        return iter(old.order_by("kept_at").values_list("name", flat=True))

    def looked_through(self, instant: datetime) -> None:
        """See `SealedStore`: what was looked through once is named by a row, and is not looked at again."""
        until = Least(Value(instant, DateTimeField()), Now() - _YOUNGEST_SWEPT)
        self._vaults.exclude(swept_until__gt=until).update(swept_until=until)

    def remove(self, name: str) -> None:
        """See `SealedStore`."""
        self._items.filter(name=name).delete()

    def sealed(self, name: str) -> bytes:
        """See `SealedStore`."""
        sealed = self._items.filter(name=name).values_list("sealed", flat=True).first()
        if sealed is None:
            raise SealedItemMissing(name)
        return bytes(sealed)

    def keep(self, name: str, sealed: bytes) -> None:
        """See `SealedStore`; within the caller's transaction where there is one. Raises SealedItemTooLarge."""
        if len(sealed) > _MOST_BYTES:
            raise SealedItemTooLarge(str(_MOST_BYTES >> 20))
        self._items.bulk_create([models.SealedItem(name=name, sealed=sealed)], ignore_conflicts=True)

    def bring(self, folder: SealedFolder) -> int:
        """Take over the sealed items of a single machine as they lie there; returns how many were not here yet.

        Every few of them are a transaction, so that it can be broken off and begun again. Raises SealedItemTooLarge.
        """
        brought = 0
        names = folder.names()
        while batch := list(islice(names, _BATCH)):
            here = set(self._items.filter(name__in=batch).values_list("name", flat=True))
            with transaction.atomic(using=self.database):
                for name in batch:
                    if name not in here:
                        self.keep(name, folder.sealed(name))
                        brought += 1
        return brought

    @property
    def _items(self) -> QuerySet[models.SealedItem]:
        return models.SealedItem.objects.using(self.database)

    @property
    def _vaults(self) -> QuerySet[models.SharedVault]:
        return models.SharedVault.objects.using(self.database)
