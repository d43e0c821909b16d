"""Removes rows that a purge has found ripe, of tables whose rows are otherwise only ever added.

Everything goes through the database's own references: where a row that stays still refers to one that would go, the
whole portion is taken back.
"""

from typing import Any

from django.db.models import Model, QuerySet

from ledger import models


def rows_of(table: type[Model]) -> QuerySet[Any]:
    """All rows of a table, to be changed or deleted by a purge alone."""
    return QuerySet(table)


def remove(table: type[Model], **which: Any) -> int:
    """Delete these rows; returns how many of this table."""
    _, by_table = rows_of(table).filter(**which).delete()
    return by_table.get(table._meta.label, 0)


def shred(names: "QuerySet[Any, Any]", now: Any) -> None:
    """Note sealed files whose key goes in this transaction, so that they are removed from their store after it."""
    rows = [models.Shredded(name=name, at=now) for name in names]
    models.Shredded.objects.bulk_create(rows, ignore_conflicts=True)


def remove_cases(case_ids: "list[int]") -> None:
    """Delete cases with what people wrote on them."""
    models.WorkItem.objects.filter(case__in=case_ids).update(case=None)
    remove(models.RemittanceCase, case__in=case_ids)
    remove(models.CaseComment, case__in=case_ids)
    remove(models.Case, pk__in=case_ids)
