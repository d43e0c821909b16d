"""Tables whose rows are only ever added: the guard against changing or deleting them from our own code.

Somebody with the key and plain SQL can still change them; for the audit log the chain of hashes shows it.
"""

from typing import Any, NoReturn, TypeVar

from django.db import models

from ledger.errors import NeverChanged

Row = TypeVar("Row", bound=models.Model)


class AddedOnlyRows(models.QuerySet[Row]):
    """Rows that can be read and added."""

    def update(self, **_values: Any) -> NoReturn:
        raise NeverChanged(self.model.__name__)

    def bulk_update(self, *_rows: Any, **_options: Any) -> NoReturn:
        raise NeverChanged(self.model.__name__)

    def delete(self) -> NoReturn:
        raise NeverChanged(self.model.__name__)


class AddedOnlyManager(models.Manager[Row]):
    """Hands out rows that can be read and added."""

    def get_queryset(self) -> AddedOnlyRows[Row]:
        return AddedOnlyRows(self.model, using=self._db)


class AddedOnly(models.Model):
    """A row that is written once."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise NeverChanged(type(self).__name__)
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise NeverChanged(type(self).__name__)
