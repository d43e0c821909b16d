"""Break-glass: one claim, a while, a reason; every look recorded, reviewed by somebody else, nothing changed."""

from datetime import timedelta

import pytest
from django.test import Client

from ledger import emergencies, models
from ledger.errors import RecordWrong
from ledger.membership import enter
from ledger.roles import Role
from portalwright.office import Desk
from tests.console.conftest import SignedIn
from tests.ledger.office import bring_in

REASON = "The emergency room asks whether the patient is insured."


@pytest.fixture
def operator(signed_in: SignedIn, desk: Desk) -> Client:
    bring_in([1, 2], desk.robot)
    return signed_in(Role.OPERATOR, name="olga")


def opened(client: Client) -> str:
    answer = client.post("/emergency/", {"number": "ACCT-000001", "reason": REASON})
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def test_an_operator_sees_one_claim_for_a_while_and_every_look_is_recorded(operator: Client) -> None:
    claim, other = models.Claim.objects.order_by("pk")
    assert operator.get(f"/claims/{claim.pk}/").status_code == 403
    page = opened(operator)
    shown = operator.get(page).content.decode()
    assert claim.patient.last_name in shown and "ACCT-000001" in shown and "data-until" in shown
    assert "ACCT-000002" not in shown
    assert operator.get(f"/claims/{claim.pk}/").status_code == 403
    operator.get(page)
    looks = models.AuditEntry.objects.filter(action="emergency.look")
    assert {(one.actor, one.object_id, one.patient_reference) for one in looks} == {
        ("olga", page.strip("/").split("/")[-1], claim.patient.reference)
    }
    assert len(looks) == 2
    text = repr(list(models.AuditEntry.objects.values_list()))
    assert claim.patient.last_name not in text and REASON not in text and other is not None
    assert models.Notification.objects.filter(kind="emergency-access").count() == 1


def test_it_ends_by_the_clock_and_by_the_one_who_opened_it(operator: Client, desk: Desk) -> None:
    page = opened(operator)
    models.EmergencyAccess.objects.update(until=models.EmergencyAccess.objects.get().opened_at)
    answer = operator.get(page)
    assert answer.status_code == 409 and "over" in answer.content.decode()
    again = opened(operator)
    assert operator.post(f"{again}end/").status_code == 302
    assert operator.get(again).status_code == 409


def test_nobody_uses_the_access_of_somebody_else(operator: Client, signed_in: SignedIn) -> None:
    page = opened(operator)
    assert signed_in(Role.OPERATOR, name="other").get(page).status_code == 404
    assert signed_in(Role.BILLER, name="bill").get("/emergency/").status_code == 403


def test_without_a_reason_nothing_is_opened(operator: Client) -> None:
    for typed in ({"number": "ACCT-000001", "reason": "urgent"}, {"number": "ACCT-9", "reason": REASON}, {}):
        assert operator.post("/emergency/", typed).status_code == 400
    assert not models.EmergencyAccess.objects.exists()


def test_somebody_else_reviews_it_once_its_time_is_over(operator: Client, signed_in: SignedIn, desk: Desk) -> None:
    opened(operator)
    row = models.EmergencyAccess.objects.get()
    auditor, review = signed_in(Role.AUDITOR, name="aud"), f"/audit/emergency/{row.pk}/"
    found = {"justified": "yes", "words": "I called the emergency room."}
    assert auditor.post(review, found).status_code == 409
    row.until = row.opened_at
    row.save()
    assert "waits for a review" in operator.get("/").content.decode()
    _, olga = enter("olga", None, row.opened_at)
    with pytest.raises(RecordWrong, match="their own"):
        emergencies.review(olga, row.pk, row.opened_at + timedelta(hours=1), justified=True, words="Fine.")
    assert REASON in auditor.get(review).content.decode()
    assert auditor.post(review, found).status_code == 302
    assert auditor.post(review, found).status_code == 409
    row.refresh_from_db()
    assert (row.reviewed_by and row.reviewed_by.name, row.justified) == ("aud", True)
    assert emergencies.unreviewed(desk.practice.id) == 0
    assert "waits for a review" not in operator.get("/").content.decode()


def test_a_whole_patient_is_shown_where_that_is_what_was_asked_for(operator: Client) -> None:
    answer = operator.post("/emergency/", {"number": "ACCT-000001", "reason": REASON, "whole_patient": "on"})
    assert "ACCT-000001" in operator.get(answer.headers["Location"]).content.decode()
