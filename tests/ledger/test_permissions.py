"""What the permission register does not allow does not happen."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from flows.questions import Flow
from ledger import models, permissions
from ledger.accounts import Actor
from ledger.errors import NotAPerson, NotPermitted, RecordWrong
from ledger.permissions import Basis, Grant, Status
from tests.ledger.office import NOW, PORTAL

FLOW = Flow.CLAIM_STATUS
WRITTEN = Grant(
    portal=PORTAL,
    flow=FLOW,
    status=Status.PERMITTED,
    basis=Basis.WRITTEN_PERMISSION,
    document="letter of 2 January 2026",
    granted_to="Lakeside Family Practice",
    bot_identity="lakeside-robot",
    valid_from=date(2026, 1, 1),
    valid_to=date(2026, 3, 2),
    lookups_per_minute=6,
)
TEST_SYSTEM = replace(WRITTEN, status=Status.SIMULATOR_ONLY, basis=Basis.OWN_TEST_SYSTEM)


def test_what_is_not_on_record_is_not_allowed(person: Actor) -> None:
    permissions.grant(replace(WRITTEN, portal="another"), person, NOW)
    with pytest.raises(NotPermitted):
        permissions.check(PORTAL, FLOW, person.practice_id, NOW)
    with pytest.raises(NotPermitted):
        permissions.check("another", FLOW, person.practice_id + 1, NOW)


@pytest.mark.parametrize(
    ("grant", "alone", "attended"),
    [
        (WRITTEN, True, True),
        (replace(WRITTEN, status=Status.PERMITTED_ATTENDED), False, True),
        (replace(WRITTEN, status=Status.UNKNOWN), False, False),
        (replace(WRITTEN, status=Status.PROHIBITED), False, False),
        (TEST_SYSTEM, True, True),
    ],
)
def test_each_status(person: Actor, grant: Grant, alone: bool, attended: bool) -> None:
    permissions.grant(grant, person, NOW)
    for by_person, allowed in ((False, alone), (True, attended)):
        if allowed:
            permit = permissions.check(PORTAL, FLOW, person.practice_id, NOW, attended=by_person)
            assert permit.simulator_only is (grant is TEST_SYSTEM)
            assert permit.lookups_per_minute == 6
        else:
            with pytest.raises(NotPermitted):
                permissions.check(PORTAL, FLOW, person.practice_id, NOW, attended=by_person)


@pytest.mark.parametrize(("days", "valid"), [(-61, False), (-60, True), (0, True), (1, False)])
def test_a_permission_holds_from_its_first_to_its_last_day(person: Actor, days: int, valid: bool) -> None:
    permissions.grant(WRITTEN, person, NOW)
    at = NOW + timedelta(days=days)
    if valid:
        permissions.check(PORTAL, FLOW, person.practice_id, at)
    else:
        with pytest.raises(NotPermitted):
            permissions.check(PORTAL, FLOW, person.practice_id, at)


def test_the_newest_row_is_in_force_and_the_older_ones_are_kept(person: Actor) -> None:
    first = permissions.grant(WRITTEN, person, NOW)
    second = permissions.grant(replace(WRITTEN, status=Status.PROHIBITED), person, NOW)
    with pytest.raises(NotPermitted):
        permissions.check(PORTAL, FLOW, person.practice_id, NOW)
    history = permissions.history(person.practice_id)
    assert [record.id for record in history] == [second, first]
    assert history[1].grant == WRITTEN
    assert models.AuditEntry.objects.filter(action="permission.record", actor="dana").count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        replace(WRITTEN, basis=Basis.NONE),
        replace(WRITTEN, document=" "),
        replace(WRITTEN, basis=Basis.OWN_TEST_SYSTEM),
        replace(TEST_SYSTEM, basis=Basis.CONTRACT_CLAUSE),
        replace(WRITTEN, valid_to=date(2025, 12, 31)),
    ],
)
def test_a_permission_that_rests_on_nothing_is_not_recorded(person: Actor, wrong: Grant) -> None:
    with pytest.raises(RecordWrong):
        permissions.grant(wrong, person, NOW)
    assert permissions.history(person.practice_id) == ()


def test_a_robot_grants_nothing(robot: Actor) -> None:
    with pytest.raises(NotAPerson):
        permissions.grant(WRITTEN, robot, NOW)
