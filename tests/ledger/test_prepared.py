"""Prepared statements are Django's own, asked of the database as it is now, and worked out once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import NotSupportedError, connection, transaction
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from flows.questions import Flow
from ledger import models
from ledger.accounts import Actor
from ledger.errors import NeverChanged
from ledger.prepared import Prepared
from ledger.prepared_writes import Column, PreparedInsert, PreparedUpdate
from ledger.states import ItemState
from tests.ledger.office import LATER, NOW, PORTAL, bring_in


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


def ready(portal: str) -> "QuerySet[models.WorkItem]":
    return models.WorkItem.objects.filter(portal=portal, state=ItemState.READY)


def test_an_update_writes_what_djangos_own_writes_and_tells_of_how_many_rows(items: list[int]) -> None:
    update = PreparedUpdate(ready, "due_at", "not_before", "tries", "attempt")
    assert update.run({"portal": "another"}, due_at=None, not_before=NOW, tries=1, attempt="") == 0
    later = NOW + timedelta(hours=1, microseconds=5)
    with CaptureQueriesContext(connection) as asked:
        assert update.run({"portal": PORTAL}, due_at=NOW + LATER, not_before=later, tries=2, attempt="a 'word'") == 3
        ready(PORTAL).update(attempt="a 'word'", due_at=NOW + LATER, not_before=later, tries=2)
    ours, djangos = (query["sql"] for query in asked.captured_queries)
    assert ours == djangos
    assert update.run({"portal": PORTAL}, due_at=None, not_before=NOW, tries=0, attempt="") == 3
    for row in models.WorkItem.objects.all():
        assert (row.due_at, row.not_before, row.tries, row.attempt) == (None, NOW, 0, "")


def test_an_update_writes_all_of_its_columns_and_no_others(items: list[int]) -> None:
    update = PreparedUpdate(ready, "tries", "attempt")
    for written in ({"tries": 1}, {"tries": 1, "attempt": "", "state": "done"}):
        with pytest.raises(TypeError, match="nothing else"):
            update.run({"portal": PORTAL}, **written)
    assert set(models.WorkItem.objects.values_list("tries", flat=True)) == {0}


def test_a_new_row_is_djangos_own_and_is_written_once(robot: Actor) -> None:
    insert = PreparedInsert(models.RateBucket)
    with CaptureQueriesContext(connection) as asked:
        one = insert.add(models.RateBucket(portal="one", free_at=NOW, asked_at=NOW))
        other = models.RateBucket(portal="one!", free_at=NOW, asked_at=NOW)
        other.save(force_insert=True)
        last = insert.add(models.RateBucket(portal="last", free_at=NOW, asked_at=NOW))
    ours, djangos, _ = (query["sql"] for query in asked.captured_queries)
    assert ours == djangos.replace("one!", "one")
    assert one.pk < other.pk < last.pk
    assert models.RateBucket.objects.get(pk=one.pk).portal == "one"
    with pytest.raises(NeverChanged):
        insert.add(one)
    assert models.RateBucket.objects.count() == 3


VALUES = ("", "\0 'text' \N{SNOWMAN}", "5", ItemState.READY, -1, 0, 1, True, False, None, 2**40, 1.5, Decimal("1.50"))


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_what_is_not_shown_to_django_is_what_django_would_have_given(value: object) -> None:
    compared = 0
    for field in (field for model in apps.get_models() for field in model._meta.local_concrete_fields):
        try:
            djangos = field.get_db_prep_save(value, connection)
        except (TypeError, ValueError, AttributeError, ValidationError, NotSupportedError):
            continue  # nothing that a column of this kind could be given
        ours = Column(field, connection).written(value, connection)
        assert (type(ours), repr(ours)) == (type(djangos), repr(djangos)), field
        compared += 1
    assert compared > 100


@pytest.mark.parametrize("count", [0, 1, 2, 8, 9, 30])
def test_several_rows_are_written_at_once_but_for_those_that_are_there(robot: Actor, count: int) -> None:
    practice_id = robot.practice_id

    def fee(number: int) -> models.Fee:
        return models.Fee(
            practice_id=practice_id,
            portal=PORTAL,
            procedure=f"9921{number}",
            amount_cents=100 * number,
            begins=NOW.date(),
            imported_at=NOW,
            account_id=robot.account_id,
        )

    insert = PreparedInsert(models.Fee, ignore_conflicts=True)
    for _ in range(2):
        insert.add_all([fee(number) for number in range(count)])
    found = models.Fee.objects.order_by("amount_cents").values_list("procedure", "amount_cents", "begins")
    assert list(found) == [(f"9921{number}", 100 * number, NOW.date()) for number in range(count)]
