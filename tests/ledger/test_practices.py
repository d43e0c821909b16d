"""What belongs to one practice is to another as if it were not there: every public function of the ledger is walked.

A new public function of the ledger needs a line in one of the tables: `practice_looks`, `practice_acts` or
`practice_otherwise`.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, transaction

from flows.answers import ClaimState, Shown
from flows.outcomes import Code, Ending, Outcome, Reason
from flows.questions import Flow
from ledger import (
    answers,
    appeals_press,
    cases,
    credentials,
    lanes,
    models,
    remittances,
    remittances_listed,
    runs,
    time_line,
    work,
)  # fmt: skip
from ledger.accounts import Practice, ensure_practice
from ledger.errors import (
    CodeNotWanted,
    LeaseLost,
    NotThere,
    OthersCase,
    PortalStopped,
    RecordWrong,
    ViewStopped,
)  # fmt: skip
from ledger.states import Resolution, Stops
from tests.ledger.office import NOW, PORTAL, bring_in, ended, paid
from tests.ledger.payments import by_import, decided, payment, sealed
from tests.ledger.practice_acts import ACTS, AGAIN, NOTHING_LEFT
from tests.ledger.practice_looks import CLAIM, LOOKS, Does
from tests.ledger.practice_otherwise import OTHERWISE, public_functions
from tests.ledger.two_practices import (
    Desk,
    World,
    desk_of,
    filled,
    take,
)
from tests.ledger.visits import PROVIDER
from vault.envelope import KeyEncryptionKey
from vault.sealed import SealedFolder, Sealer
from vault.secret import Secret

REFUSALS = (NotThere, LeaseLost, RecordWrong, CodeNotWanted)
APART = {models.AuditEntry, models.AuditHead, models.Account}


def test_every_public_function_of_the_ledger_has_its_line_here() -> None:
    elsewhere = [name for names in OTHERWISE.values() for name in names.split()]
    lines = [*LOOKS, *ACTS, *elsewhere]
    assert len(lines) == len(set(lines))
    assert public_functions() == set(lines)


@pytest.fixture
def desks(practice: Practice) -> tuple[Desk, Desk]:
    """The desks of two practices of one office."""
    second = ensure_practice("Hillside Pediatrics", "987654321", ("1999999984", PROVIDER.npi))
    return desk_of(practice, "dana"), desk_of(second, "lee")


@pytest.fixture
def folder(tmp_path: Path) -> SealedFolder:
    return SealedFolder(tmp_path / "evidence", Sealer(KeyEncryptionKey(Secret(bytes(range(32)))), "vault"))


@pytest.fixture(params=["the first practice has rows", "the second practice has rows"])
def office(request: pytest.FixtureRequest, desks: tuple[Desk, Desk], folder: SealedFolder) -> tuple[World, Desk, Desk]:
    """What the one practice has, its desk, and the desk of the other, which has nothing."""
    ours, others = desks if request.param.startswith("the first") else reversed(desks)
    return filled(ours, folder), ours, others


def test_a_practice_sees_nothing_of_another(office: tuple[World, Desk, Desk]) -> None:
    world, ours, others = office
    for name, look in LOOKS.items():
        with taken_back():
            assert _seen(look, world, ours), f"{name} shows nothing to the one whose rows these are"
        with taken_back():
            assert not _seen(look, world, others), f"{name} shows another practice's rows"


def test_each_of_these_changes_something_for_the_one_whose_rows_these_are(
    desks: tuple[Desk, Desk], folder: SealedFolder
) -> None:
    ours, _ = desks
    world = filled(ours, folder)
    before = rows()
    for name in ACTS.keys() - set(NOTHING_LEFT.split()):
        with taken_back():
            ACTS[name](world, ours)
            assert rows() != before, name


def test_a_practice_changes_nothing_of_another(office: tuple[World, Desk, Desk]) -> None:
    world, _, others = office
    before = rows()
    for name, act in ACTS.items():
        with taken_back():
            with suppress(*REFUSALS), writes() as written:
                act(world, others)
            if not written:
                continue
            after = rows()
            changed = {table for table, was in before.items() if not was.items() <= after[table].items()}
            assert not changed, f"{name} changes another practice's rows"
            assert practices(after) == practices(before) | {others.id: practices(after).get(others.id)}, (
                f"{name} adds to another practice's rows"
            )


def test_an_appeal_is_pressed_by_nobody_with_another_practices_lease(
    desks: tuple[Desk, Desk], folder: SealedFolder
) -> None:
    ours, others = desks
    world = filled(ours, folder)
    before = rows()
    with pytest.raises(LeaseLost):
        appeals_press.pressing(others.lease, world.filing, NOW)
    assert rows() == before


@contextmanager
def taken_back() -> Iterator[None]:
    """What is done in it is not kept."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def writes() -> Iterator[list[str]]:
    """The statements that write, but for the audit log's."""
    found: list[str] = []

    def look(execute: Callable[..., object], sql: str, params: object, many: bool, context: object) -> object:
        if not sql.lstrip().upper().startswith(("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK")) and "audit" not in sql:
            found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield found


def _seen(look: Does, world: World, desk: Desk) -> object:
    try:
        found = look(world, desk)
    except NotThere:
        return None
    return tuple(found) if isinstance(found, Iterator) else found


def rows() -> dict[str, dict[object, tuple[object, ...]]]:
    """Every row of the ledger by table and key; without the audit log and accounts, which are the office's own."""
    tables = set(apps.get_app_config("ledger").get_models(include_auto_created=True)) - APART
    return {
        table.__name__: {row[0]: tuple(map(_plain, row)) for row in table._default_manager.values_list()}
        for table in tables
    }


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


def practices(found: Mapping[str, Mapping[object, tuple[object, ...]]]) -> dict[object, int | None]:
    """How many rows that name a practice each has."""
    counted: Counter[object] = Counter()
    for table in apps.get_app_config("ledger").get_models(include_auto_created=True):
        names = [field.attname for field in table._meta.concrete_fields]
        if "practice_id" in names and table not in APART:
            place = names.index("practice_id")
            counted.update(row[place] for row in found[table.__name__].values())
    return dict(counted)


# What stops a portal stops it for all


def stopped(desk: Desk, outcome: Outcome) -> int:
    """The case that this ending opened for this practice."""
    runs.start(desk.lease, Flow.CLAIM_STATUS, NOW)
    case_id = runs.report(desk.lease, outcome, NOW)
    assert case_id is not None
    return case_id


def test_what_stops_a_portal_is_shown_to_all_without_the_facts_of_the_one_that_met_it(
    desks: tuple[Desk, Desk],
) -> None:
    ours, others = desks
    seen = (Shown(where="page", text="QUILLFEATHER"),)
    reason = Reason(code=Code.ACC_BLOCKED, what="The portal wants no robots.", seen=seen, view="door")
    case_id = stopped(ours, Outcome(ending=Ending.REFUSED, reason=reason))
    runs.start(others.lease, Flow.CLAIM_STATUS, NOW)
    with pytest.raises(PortalStopped):
        work.next_item(others.lease, NOW)
    (shown,) = cases.list_open(others.id, PORTAL)
    assert (shown, shown.ours, shown.stops) == (cases.get(others.id, case_id), False, Stops.PORTAL)
    assert (shown.what, shown.view, shown.code) == (reason.what, "door", Code.ACC_BLOCKED)
    assert "QUILLFEATHER" not in repr(shown)
    assert (shown.seen, shown.alias, shown.attempt_id, shown.opened_by_run, shown.items) == ((), None, None, None, 0)
    assert cases.get(ours.id, case_id).seen == seen
    with pytest.raises(OthersCase):
        cases.close(case_id, others.person, Resolution.ASK_AGAIN, NOW)
    cases.close(case_id, ours.person, Resolution.ASK_AGAIN, NOW)
    assert cases.list_open(others.id) == ()
    for act in (lambda: cases.get(others.id, case_id), lambda: cases.close(case_id, others.person, AGAIN, NOW)):
        with pytest.raises(NotThere):
            act()


def test_pages_that_changed_for_one_practice_stop_the_view_for_all(desks: tuple[Desk, Desk]) -> None:
    ours, others = desks
    runs.start(ours.lease, Flow.CLAIM_STATUS, NOW)
    runs.start(others.lease, Flow.CLAIM_STATUS, NOW)
    changed = ended(Ending.DRIFT, Code.TECH_LAYOUT, view="claim")
    bring_in([1], others.robot)
    work.finish(others.lease, take(others.lease), paid(), NOW)
    bring_in(range(21, 24), ours.robot)
    for _ in range(3):
        assert cases.list_open(others.id) == ()
        work.finish(ours.lease, take(ours.lease), changed, NOW)
    bring_in([2], others.robot)
    with pytest.raises(ViewStopped):
        work.next_item(others.lease, NOW)
    assert [case.stops for case in cases.list_open(others.id)] == [Stops.VIEW]


def test_numbers_that_two_practices_have_alike_are_each_ones_own(desks: tuple[Desk, Desk]) -> None:
    first, second = desks
    for desk, amount in ((first, "80.10"), (second, "11.11")):
        bring_in([1], desk.robot)
        runs.start(desk.lease, Flow.CLAIM_STATUS, NOW)
        work.finish(desk.lease, take(desk.lease), paid(amount=amount), NOW)
        said = payment(decided(1, paid=amount))
        remittances.keep(sealed(said), by_import(desk.person))
    for desk, amount in ((first, "80.10"), (second, "11.11")):
        record = answers.current(desk.id, PORTAL, CLAIM)
        assert record is not None
        assert isinstance(record.answer.normalised, ClaimState)
        assert str(record.answer.normalised.paid) == amount
        (line,) = time_line.time_lines(desk.id, CLAIM)
        assert len(line.answers) == 1
        ((_, link, found),) = remittances_listed.of_claim(desk.id, PORTAL, CLAIM)
        assert (str(found), link.our_account_number) == (amount, CLAIM)


def test_a_sign_in_is_one_practices(desks: tuple[Desk, Desk]) -> None:
    first, second = desks
    assert credentials.is_ours(first.id, PORTAL, "nobody has used it yet")
    assert not credentials.is_ours(second.id, PORTAL, "nobody has used it yet")
    credentials.claim(PORTAL, "hillside", second.person)
    assert credentials.is_ours(second.id, PORTAL, "hillside")
    with pytest.raises(RecordWrong, match="another practice"):
        credentials.claim(PORTAL, "hillside", first.person)
    with pytest.raises(RecordWrong, match="another practice"):
        lanes.take(PORTAL, "hillside", 0, holder="tests", actor=first.robot, now=NOW)
