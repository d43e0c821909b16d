"""The tables: as the migrations make them, with room for what comes, on either database."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from pytest_django import DjangoDbBlocker

from flows.outcomes import Code, Ending
from flows.questions import Flow
from ledger import answers, audit, cases, lanes, models, permissions, presses, runs, vault_state, work
from ledger.accounts import Actor, ensure_account, ensure_practice
from ledger.imports import ImportResult
from ledger.lanes import Lease
from ledger.permissions import Basis, Grant, Status
from ledger.start import bring_up_to_date
from tests.django_settings import ON_POSTGRESQL
from tests.ledger.at_once import at_once
from tests.ledger.office import ALIAS, NOW, PORTAL, bring_in, digest, ended, paid, question


@pytest.mark.django_db
def test_the_tables_are_as_the_migrations_make_them() -> None:
    said = StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=said)
    assert "No changes" in said.getvalue()


_BY_NAME = {
    "sqlite": {
        "indexes": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name",
        "triggers": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    },
    "postgresql": {
        "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' "
        "AND tablename NOT LIKE 'procrastinate%' ORDER BY indexname",
        "triggers": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger "
        "WHERE NOT tgisinternal AND tgname LIKE 'ledger%' ORDER BY tgname",
    },
}


def _described(alias: str) -> dict[str, object]:
    """Every table of a database: its columns and what holds for them, whatever the database calls that."""
    connection, found = connections[alias], dict[str, object]()
    with connection.cursor() as cursor:
        for table in set(connection.introspection.table_names(cursor)) - {"auth_group_permissions"}:
            # That one is Django's own, is always empty, and its number is as wide as Django's way of the day makes it.
            columns = connection.introspection.get_table_description(cursor, table)
            rules = connection.introspection.get_constraints(cursor, table).values()
            found[table] = (
                sorted((column.name, str(column.type_code), column.null_ok) for column in columns),
                sorted(repr([one for one in sorted(rule.items()) if one[0] != "definition"]) for rule in rules),
            )
        # The names of a foreign key's index and constraint are hashes, and the same in both.
        for kind, listed in _BY_NAME[connection.vendor].items():
            cursor.execute(listed)
            found[kind] = cursor.fetchall()
    return found


@pytest.fixture
def both_databases(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Leave to open another database beside that of the tests."""
    with django_db_blocker.unblock():
        yield


@contextmanager
def _beside(alias: str, folder: Path) -> Iterator[None]:
    """An empty database under this name, beside that of the tests."""
    name = str(folder / f"{alias}.ledger")
    if ON_POSTGRESQL:
        name = f"{alias}_{os.getpid()}"
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
    connections.settings[alias] = {**connections.settings["default"], "NAME": name}
    try:
        yield
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]
        if ON_POSTGRESQL:
            with connection.cursor() as cursor:
                cursor.execute(f"DROP DATABASE {name}")


@pytest.mark.usefixtures("both_databases")
def test_the_tables_of_a_new_ledger_are_those_of_one_that_came_by_all_releases(tmp_path: Path) -> None:
    with _beside("new", tmp_path), _beside("old", tmp_path):
        bring_up_to_date("new")
        executor = MigrationExecutor(connections["new"])
        assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
        call_command("migrate", database="old", verbosity=0, interactive=False)
        assert _described("new")["triggers"]
        assert _described("new") == _described("old")


@pytest.mark.usefixtures("both_databases")
def test_a_ledger_made_at_once_by_an_earlier_release_gets_the_guards_of_its_audit_log(tmp_path: Path) -> None:
    with _beside("made", tmp_path):
        bring_up_to_date("made")
        guarded = _described("made")
        call_command("migrate", "ledger", "0013", database="made", verbosity=0, interactive=False)
        with connections["made"].cursor() as cursor:
            for guard in ("ledger_audit_never_changed", "ledger_audit_never_deleted"):
                cursor.execute(f"DROP TRIGGER {guard}" + (" ON ledger_auditentry" if ON_POSTGRESQL else ""))
        assert _described("made")["triggers"] == []
        bring_up_to_date("made")
        assert _described("made") == guarded


@pytest.mark.usefixtures("robot")
def test_a_new_account_can_not_sign_in_until_a_password_is_set() -> None:
    assert not models.Account.objects.get().has_usable_password()


def test_what_a_page_or_a_person_writes_at_length_is_kept_whole(lease: Lease, robot: Actor, person: Actor) -> None:
    bring_in([1], robot)
    item = work.next_item(lease, NOW)
    assert item is not None
    outcome = paid()
    assert outcome.answer is not None
    state = outcome.answer.normalised.model_copy(update={"payer_claim_number": "9" * 400, "portal_text": "Paid\0!"})
    long = outcome.model_copy(update={"answer": outcome.answer.model_copy(update={"normalised": state})})
    work.finish(lease, item, long, NOW)
    record = answers.current(person.practice_id, PORTAL, "ACCT-000001")
    assert record is not None
    assert record.answer.normalised == state
    reason = "called the portal's help desk " * 40
    assert presses.clear(PORTAL, ALIAS, person, reason, NOW) == 0
    written = Grant(
        portal=PORTAL, flow=Flow.CLAIM_STATUS, status=Status.PERMITTED, basis=Basis.WRITTEN_PERMISSION,
        document=reason, granted_to="x" * 900, bot_identity="y" * 900, valid_from=NOW.date(), hours="z" * 900,
    )  # fmt: skip
    permissions.grant(written, person, NOW)
    assert permissions.history(person.practice_id)[0].grant == written
    assert audit.verify().ok


def test_a_row_that_no_database_could_keep_is_rejected_and_not_the_list(robot: Actor) -> None:
    long = question(1).model_copy(
        update={"claim": question(1).claim.model_copy(update={"payer_claim_number": "9" * 81})}
    )
    rows = [long, question(2, last_name="N\0L"), question(3, billed="99999999999999.00"), question(4)]
    result = work.import_claims(rows, robot, NOW, digest=digest)
    assert (result.created, [one.row for one in result.rejected]) == (1, [1, 2, 3])


@pytest.mark.django_db(transaction=True)
def test_the_first_rows_of_an_office_are_made_once_by_many() -> None:
    def begin(number: int) -> object:
        practice = ensure_practice("Lakeside Family Practice", "123456789", ("1234567893",))
        actor = ensure_account("dana", is_robot=False, practice=practice, now=NOW)
        vault_state.set_counter(7)
        audit.append(actor, "test.act", "thing", number, NOW)
        return practice.id, actor.account_id

    assert len({str(result) for result in at_once(8, begin)}) == 1
    assert audit.verify() == audit.AuditReport(8, ok=True, first_bad=None)


@pytest.mark.django_db(transaction=True)
def test_one_cause_met_by_many_sessions_at_once_is_one_case_and_each_is_counted(robot: Actor) -> None:
    bring_in(range(8), robot)
    leases = [lanes.take(PORTAL, ALIAS, slot, holder=f"office:{slot}", actor=robot, now=NOW) for slot in range(8)]
    items = []
    for lease in leases:
        runs.start(lease, Flow.CLAIM_STATUS, NOW)
        items.append(work.next_item(lease, NOW))

    def fail(number: int) -> object:
        item = items[number]
        assert item is not None
        return work.finish(leases[number], item, ended(Ending.DEFECT, Code.TECH_DEFECT), NOW).case_id

    results = at_once(8, fail)
    (case,) = cases.list_open(robot.practice_id)
    assert results == [case.id] * 8
    assert (case.times, case.items) == (8, 8)


@pytest.mark.django_db(transaction=True)
def test_many_sessions_share_the_work_and_ask_nothing_twice(robot: Actor) -> None:
    bring_in(range(24), robot)
    leases = [lanes.take(PORTAL, ALIAS, slot, holder=f"office:{slot}", actor=robot, now=NOW) for slot in range(4)]
    for lease in leases:
        runs.start(lease, Flow.CLAIM_STATUS, NOW)

    def answer(number: int) -> list[int]:
        asked = []
        while (item := work.next_item(leases[number], NOW)) is not None:
            work.finish(leases[number], item, paid(), NOW)
            asked.append(item.id)
        return asked

    asked = [item for each in at_once(4, answer) for item in each]
    assert len(asked) == len(set(asked)) == 24
    assert audit.verify().ok


@pytest.mark.django_db(transaction=True)
def test_the_same_list_brought_in_twice_at_once_is_there_once(robot: Actor) -> None:
    rows = list(map(question, range(60)))

    def bring(number: int) -> ImportResult:
        ordered = rows if number % 2 else rows[::-1]
        result = work.import_claims(ordered, robot, NOW, digest=digest)
        return replace(result, rejected=())

    results = at_once(4, bring)
    assert sorted(result.created for result in results) == [0, 0, 0, 60]
    assert models.WorkItem.objects.count() == 60


@pytest.mark.django_db(transaction=True)
def test_the_audit_chain_is_proved_while_others_add_to_it(robot: Actor) -> None:
    audit.append(robot, "test.act", "thing", 0, NOW)

    def act(number: int) -> object:
        if number:
            for _ in range(20):
                audit.append(robot, "test.act", "thing", number, NOW)
            return True
        return all(audit.verify().ok for _ in range(20))

    assert at_once(3, act) == [True] * 3
