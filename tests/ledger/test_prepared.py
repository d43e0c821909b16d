"""A prepared query asks what Django's own would ask, of the database as it is now, and is worked out once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from flows.questions import Flow
from ledger import models
from ledger.accounts import Actor
from ledger.prepared import Prepared
from ledger.states import ItemState
from tests.ledger.office import NOW, PORTAL, bring_in


def due(portal: str, now: datetime, ids: Sequence[int]) -> "QuerySet[models.WorkItem]":
    rows = models.WorkItem.objects.select_related("claim__patient").filter(portal=portal, not_before__lte=now)
    return rows.filter(pk__in=ids, state=ItemState.READY).order_by("-id")


def seen(rows: Sequence[models.WorkItem]) -> list[dict[str, object]]:
    """Every column, and those of the rows that are joined; reading them asks the database nothing."""
    with CaptureQueriesContext(connection) as asked:
        found = []
        for row in rows:
            assert row.claim is not None
            joined = (row, row.claim, row.claim.patient)
            found.append(
                {
                    f"{one._meta.label}.{f.attname}": getattr(one, f.attname)
                    for one in joined
                    for f in one._meta.concrete_fields
                }
            )
    assert not asked.captured_queries
    return found


@pytest.fixture
def items(robot: Actor) -> list[int]:
    bring_in([7, 3, 5], robot)
    return list(models.WorkItem.objects.order_by("id").values_list("id", flat=True))


def test_the_rows_are_djangos_own_with_those_that_are_joined_to_them(items: list[int]) -> None:
    prepared = Prepared(due)
    for ids in (items, items[:1], items[1:2], items[::2], [], [-1]):
        for now in (NOW - timedelta(days=1), NOW, NOW + timedelta(days=1)):
            for portal in (PORTAL, "another"):
                ours = prepared.rows(portal=portal, now=now, ids=ids)
                assert seen(ours) == seen(list(due(portal, now, ids)))


def test_the_statement_is_djangos_own_to_the_letter(items: list[int]) -> None:
    prepared = Prepared(due)
    prepared.rows(portal="another", now=NOW - timedelta(days=9), ids=[1])
    with CaptureQueriesContext(connection) as asked:
        prepared.rows(portal=PORTAL, now=NOW, ids=items[:1])
        list(due(PORTAL, NOW, items[:1]))
    ours, djangos = (query["sql"] for query in asked.captured_queries)
    assert ours == djangos


def test_a_query_is_worked_out_once_and_asked_each_time(items: list[int]) -> None:
    made = []

    def of_state(portal: str) -> "QuerySet[models.WorkItem]":
        made.append(portal)
        return models.WorkItem.objects.filter(portal=portal, state=ItemState.READY)

    prepared = Prepared(of_state)
    assert [len(prepared.rows(portal=PORTAL)), len(prepared.rows(portal="another"))] == [3, 0]
    models.WorkItem.objects.filter(pk=items[0]).update(state=ItemState.DONE)
    assert len(prepared.rows(portal=PORTAL)) == 2
    assert len(made) == 1
    assert PORTAL not in made


def test_plain_columns_come_as_tuples_and_the_first_row_alone(items: list[int]) -> None:
    def flows(portal: str) -> "QuerySet[models.WorkItem, tuple[str, datetime]]":
        return models.WorkItem.objects.filter(portal=portal).order_by("id").values_list("flow", "not_before")[:1]

    prepared = Prepared(flows)
    assert prepared.rows(portal=PORTAL) == list(flows(PORTAL))
    first = prepared.first(portal=PORTAL)
    assert first is not None
    assert first[0] == Flow.CLAIM_STATUS
    assert first[1].tzinfo is not None
    assert prepared.first(portal="another") is None


def test_a_query_that_makes_something_else_of_a_value_is_refused(items: list[int]) -> None:
    def like(portal: str) -> "QuerySet[models.WorkItem]":
        return models.WorkItem.objects.filter(portal__contains=portal)

    with pytest.raises(TypeError, match="makes something else"):
        Prepared(like).rows(portal=PORTAL)


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_within_a_transaction_or_not_at_all() -> None:
    def locked(portal: str) -> "QuerySet[models.WorkItem]":
        return models.WorkItem.objects.select_for_update().filter(portal=portal)

    prepared = Prepared(locked)
    with transaction.atomic():
        assert prepared.rows(portal=PORTAL) == []
    if connection.features.has_select_for_update:
        with pytest.raises(TransactionManagementError):
            prepared.rows(portal=PORTAL)
