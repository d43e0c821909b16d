"""What the permission register does not allow does not happen."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from flows.opening_hours import read_windows
from flows.positions import Positions, published
from flows.questions import Flow
from ledger import models, permissions
from ledger.accounts import Actor, ensure_account, ensure_practice
from ledger.errors import NotAPerson, NotPermitted, PublishedOtherwise, RecordWrong
from ledger.permissions import Basis, Grant, Permit, Refused, Status
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
        replace(WRITTEN, lookups_per_minute=0),
        replace(WRITTEN, sessions=0),
    ],
)
def test_a_permission_that_rests_on_nothing_is_not_recorded(person: Actor, wrong: Grant) -> None:
    with pytest.raises(RecordWrong):
        permissions.grant(wrong, person, NOW)
    assert permissions.history(person.practice_id) == ()


def test_a_robot_grants_nothing(robot: Actor) -> None:
    with pytest.raises(NotAPerson):
        permissions.grant(WRITTEN, robot, NOW)


def standing(person: Actor, after: timedelta = timedelta()) -> Permit | Refused:
    return permissions.standing(person.practice_id, PORTAL, FLOW, NOW + after)


def test_why_not_is_told_without_an_error(person: Actor) -> None:
    for status, word in ((Status.UNKNOWN, "unknown"), (Status.PROHIBITED, "prohibited")):
        permissions.grant(replace(WRITTEN, status=status), person, NOW)
        refused = standing(person)
        assert isinstance(refused, Refused)
        assert word in refused.why
        assert refused.permit is None


def test_outside_its_hours_a_permission_says_when_they_begin_and_what_holds_then(person: Actor) -> None:
    windows = read_windows("mon-fri 22:00-05:00 America/New_York")
    limited = replace(WRITTEN, valid_to=None, windows=windows, sessions=2, hours="overnight on weekdays")
    permissions.grant(limited, person, NOW)  # Sunday evening in New York
    refused = standing(person)
    assert isinstance(refused, Refused)
    assert refused.until == NOW + timedelta(hours=26)
    permit = standing(person, timedelta(hours=26))
    assert isinstance(permit, Permit)
    assert refused.permit == permit
    assert (permit.sessions, permit.windows, permit.lookups_per_minute) == (2, windows, 6)
    assert permissions.check(PORTAL, FLOW, person.practice_id, NOW) == permit
    assert isinstance(standing(person, timedelta(hours=33)), Refused)
    assert permissions.history(person.practice_id)[0].grant == limited


@pytest.mark.parametrize(
    ("days", "left", "notice"),
    [(29, 31, None), (30, 30, 30), (45, 15, 30), (46, 14, 14), (59, 1, 1), (60, 0, 1), (61, -1, 0)],
)
def test_a_permission_that_ends_is_told_of_30_14_7_and_1_days_ahead(
    person: Actor, days: int, left: int, notice: int | None
) -> None:
    permissions.grant(replace(WRITTEN, valid_to=NOW.date() + timedelta(days=60)), person, NOW)
    found = permissions.expiring(person.practice_id, NOW.date() + timedelta(days=days))
    assert [(one.days_left, one.notice, one.review_due) for one in found] == (
        [(left, notice, False)] if notice is not None else []
    )


def test_a_permission_whose_review_is_due_is_told_of_and_a_prohibition_never(person: Actor) -> None:
    today = NOW.date()
    endless = replace(WRITTEN, valid_to=None, review_on=today, reviewer="the compliance officer")
    permissions.grant(endless, person, NOW)
    permissions.grant(replace(endless, flow=Flow.ELIGIBILITY, status=Status.PROHIBITED), person, NOW)
    assert permissions.expiring(person.practice_id, today - timedelta(days=1)) == ()
    (found,) = permissions.expiring(person.practice_id, today)
    assert (found.flow, found.review_due, found.reviewer, found.notice) == (FLOW, True, "the compliance officer", None)
    permissions.grant(replace(endless, review_on=today + timedelta(days=365)), person, NOW)
    assert permissions.expiring(person.practice_id, today) == ()


def test_what_is_published_is_in_the_register_once_and_opens_nothing(person: Actor, robot: Actor) -> None:
    added = permissions.publish(published(), robot, NOW)
    assert added == len(published().positions) * len(Flow)
    assert permissions.publish(published(), robot, NOW) == 0
    for position in published().positions:
        for flow in Flow:
            assert isinstance(permissions.standing(person.practice_id, position.id, flow, NOW, attended=True), Refused)
    records = permissions.in_force(person.practice_id)
    assert all(record.published and record.verified_on for record in records)
    palmetto = next(record for record in records if record.grant.portal == "palmetto-eservices")
    assert "Safeguarding eServices" in palmetto.grant.document
    assert permissions.expiring(person.practice_id, NOW.date()) == ()
    assert models.AuditEntry.objects.filter(action="permission.publish").count() == 1


def edition(days: int, **changes: object) -> Positions:
    """The positions as a file has them that ships so many days later."""
    positions = tuple(one.model_copy(update=changes) for one in published().positions)
    newer = {"edition": published().edition + timedelta(days=days), "positions": positions}
    return published().model_copy(update=newer)


def test_a_newer_file_takes_the_place_of_the_older_one_and_never_of_what_a_person_recorded(
    person: Actor, robot: Actor
) -> None:
    permissions.publish(published(), robot, NOW)
    cigna = replace(WRITTEN, portal="cigna")
    granted = permissions.grant(cigna, person, NOW)
    assert permissions.publish(edition(30, status="prohibited"), robot, NOW) > 0
    assert permissions.publish(edition(29), robot, NOW) == 0
    statuses = {
        (one.grant.portal, one.grant.flow): one.grant.status for one in permissions.in_force(person.practice_id)
    }
    assert statuses["cgs-mycgs", FLOW] is Status.PROHIBITED
    assert statuses["cigna", Flow.ELIGIBILITY] is Status.PROHIBITED
    assert statuses["cigna", FLOW] is Status.PERMITTED
    permit = permissions.check("cigna", FLOW, person.practice_id, NOW)
    assert permit.permission_id == granted


def test_each_practice_has_what_is_published_in_a_register_of_its_own(robot: Actor) -> None:
    permissions.publish(published(), robot, NOW)
    other = ensure_practice("Hillside Pediatrics", "987654321")
    assert permissions.in_force(other.id) == ()
    second = ensure_account("other-robot", is_robot=True, practice=other, now=NOW)
    assert permissions.publish(published(), second, NOW) > 0


def test_only_the_robot_brings_in_what_is_published(person: Actor) -> None:
    with pytest.raises(RecordWrong):
        permissions.publish(published(), person, NOW)
    assert permissions.history(person.practice_id) == ()


@pytest.mark.parametrize(
    ("portal", "address"), [("palmetto-eservices", None), ("our-contractor", "https://portal.palmettogba.com")]
)
def test_a_permission_against_a_published_prohibition_needs_a_person_who_says_so(
    person: Actor, portal: str, address: str | None
) -> None:
    what = replace(WRITTEN, portal=portal)
    with pytest.raises(PublishedOtherwise, match="automated tool"):
        permissions.grant(what, person, NOW, address=address)
    assert permissions.history(person.practice_id) == ()
    permissions.grant(replace(what, status=Status.PROHIBITED), person, NOW, address=address)
    permissions.grant(what, person, NOW, address=address, despite_published=True)
    assert isinstance(permissions.standing(person.practice_id, portal, FLOW, NOW), Permit)
    entries = models.AuditEntry.objects.filter(action="permission.record").order_by("sequence")
    assert [entry.result for entry in entries] == ["prohibited", "permitted despite what is published"]


def test_what_the_payer_itself_asks_for_is_no_contradiction(person: Actor) -> None:
    permissions.grant(replace(WRITTEN, portal="aetna"), person, NOW)
    with pytest.raises(PublishedOtherwise):
        permissions.grant(replace(WRITTEN, portal="aetna", basis=Basis.CONTRACT_CLAUSE), person, NOW)
    permissions.grant(replace(TEST_SYSTEM, portal="availity-essentials"), person, NOW)
