"""The portals' pages: what is permitted, how it stands, how old the sign-ins are; what a person clears and accepts."""

from datetime import timedelta

from django.test import Client

from console.application import Application
from flows.outcomes import Code, Ending
from ledger import lanes, models, permissions, presses, probes, runs, terms
from ledger.accounts import ensure_practice
from ledger.permissions import Status
from ledger.presses import LockoutRule, PressKind, PressResult
from ledger.roles import Role
from portalwright.office import Desk
from tests.console.conftest import SignedIn
from tests.console.night_desk import SetClock, application, clock, page
from tests.ledger.office import PORTAL, ended
from tests.portalwright.test_watching_look import NOW, permit, take

__all__ = ["application", "clock"]

RULE = LockoutRule(attempts=5, window=timedelta(hours=24))
CLEAR = f"/portals/{PORTAL}/sign-in/main/clear/"
TERMS = f"/portals/{PORTAL}/terms/"
TEXT = "The terms of use <of 2026>."


def test_a_portal_shows_permission_health_limits_drift_and_sign_ins(desk: Desk, signed_in: SignedIn) -> None:
    limits = permit(lookups_per_minute=3, sessions=1, valid_to=(NOW + timedelta(days=10)).date(), reviewer="Dana Doe")
    permissions.grant(limits, desk.actor, NOW)
    lease = take(desk)
    probes.record(lease, "7.1", "[]", NOW, passed=True)
    for _ in range(3):
        runs.report(lease, ended(Ending.DRIFT, Code.TECH_LAYOUT, view="claim"), NOW)
    presses.begin(lease, 1, PressKind.PASSWORD, RULE, NOW)
    shown = page(signed_in(Role.BILLER), f"/portals/{PORTAL}/")
    for words in (
        "written permission", "letter", "3 look-ups a minute", "ends in 10 days", "Dana Doe", "passed", "pack 7.1",
        "TECH-LAYOUT", "stops this page", "dana", "1 of 1 unproved", "Nothing is on record.", ">shift</th>",
        "wrong passwords", "No published position",
    ):  # fmt: skip
        assert words.lower() in shown.lower(), words
    assert "Clear …" not in shown
    assert "zephyrine" not in shown, "a user name"
    assert f"/portals/{PORTAL}/" in page(signed_in(Role.OPERATOR), "/portals/")


def test_a_payers_published_word_stands_beside_its_portal(
    desk: Desk, application: Application, signed_in: SignedIn
) -> None:
    permissions.grant(permit(status=Status.PROHIBITED), desk.actor, NOW)
    shown = page(signed_in(Role.OPERATOR), "/portals/")
    assert "claim status: prohibited" in shown


def test_a_portal_that_is_not_there_is_not_named(signed_in: SignedIn) -> None:
    operator = signed_in(Role.OPERATOR)
    assert operator.get("/portals/nowhere/").status_code == 404
    assert operator.post("/night/pause/nowhere/").status_code == 404
    assert operator.get(f"/night/freeze/{PORTAL}/nothing/").status_code == 404


def blocked(desk: Desk) -> None:
    """The portal has rejected the sign-in."""
    lease = take(desk)
    presses.settle(lease, presses.begin(lease, 1, PressKind.PASSWORD, RULE, NOW), PressResult.REJECTED, NOW)
    runs.report(lease, ended(Ending.CREDENTIAL, Code.ACC_BADPW), NOW)
    lanes.release(lease, NOW)


def test_a_sign_in_is_cleared_with_a_reason_by_whoever_may(desk: Desk, signed_in: SignedIn) -> None:
    blocked(desk)
    assert "rejected by the portal" in page(signed_in(Role.OPERATOR), f"/portals/{PORTAL}/")
    assert signed_in(Role.OPERATOR, name="op").post(CLEAR, {"reason": "x"}).status_code == 403
    custodian = signed_in(Role.CREDENTIAL_CUSTODIAN)
    assert custodian.post(CLEAR, {"reason": "  "}).status_code == 422, "not without a reason"
    assert presses.standing(desk.practice.id, PORTAL, "main", 1, RULE, now=NOW).bar is not None
    assert custodian.post(CLEAR, {"reason": "signed in by hand"}).status_code == 302
    assert presses.standing(desk.practice.id, PORTAL, "main", 1, RULE, now=NOW).bar is None
    entry = models.AuditEntry.objects.get(action="press.clear")
    assert (entry.actor, entry.portal) == ("credential-custodian", PORTAL)
    assert models.Press.objects.get().cleared_why == "signed in by hand"
    assert custodian.get(f"/portals/{PORTAL}/sign-in/nobodys/clear/").status_code == 404


def test_terms_are_accepted_as_they_were_read_by_a_person_with_a_name(desk: Desk, signed_in: SignedIn) -> None:
    terms.met(PORTAL, TEXT, desk.robot, NOW)
    custodian = signed_in(Role.CREDENTIAL_CUSTODIAN)
    assert "The terms of use &lt;of 2026&gt;." in page(custodian, TERMS)
    assert "Accept for the office" not in page(signed_in(Role.OPERATOR), TERMS)
    read = {"sha256": terms.digest(TEXT), "accepted_as": "Dr. Dana Doe"}
    assert custodian.post(TERMS, {**read, "accepted_as": " "}).status_code == 422
    terms.met(PORTAL, "Another text, which came meanwhile.", desk.robot, NOW + timedelta(minutes=1))
    assert custodian.post(TERMS, read).status_code == 302
    waiting = terms.waiting(PORTAL, desk.practice.id)
    assert waiting is not None, "what came meanwhile was not read, and is not accepted"
    assert [one.accepted_as for one in terms.history(PORTAL, desk.practice.id)] == ["", "Dr. Dana Doe"]
    assert custodian.post(TERMS, read).status_code == 404, "once"


def test_another_practices_sessions_codes_and_questions_are_not_there(
    desk: Desk, clock: SetClock, signed_in: SignedIn
) -> None:
    lease = take(desk)
    other = ensure_practice("Hillside Pediatrics", "987654321", ("1999999984",))
    stranger: Client = signed_in(Role.OPERATOR, Role.CREDENTIAL_CUSTODIAN, name="sam")
    assert stranger.get(f"/night/end-session/{lease.lane_id}/").status_code == 200
    models.Credential.objects.update(practice_id=other.id)
    for path in (f"/night/end-session/{lease.lane_id}/", CLEAR, "/night/code/1/", "/night/question/1/first/"):
        assert stranger.get(path).status_code == 404, path
    assert models.Lane.objects.get(pk=lease.lane_id).holder
