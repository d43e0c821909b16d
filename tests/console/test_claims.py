"""Claims and patients: found by what is typed and never by an address, everything of each in one place, looks kept."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from flows.outcomes import Code, Ending, Outcome
from flows.questions import Flow
from flows.tasks import TaskOutcome
from ledger import lanes, models, runs, work
from ledger.accounts import ensure_account, ensure_practice
from ledger.remittances import keep
from ledger.roles import Role
from ledger.states import ItemState
from portalwright.office import Desk, utc_now
from tests.console.conftest import SignedIn
from tests.ledger.appeals import drafted
from tests.ledger.office import NOW, PORTAL, bring_in, ended, not_found, paid
from tests.ledger.payments import by_import, decided, payment, sealed
from tests.ledger.test_tasks import denied
from tests.ledger.visits import bring_visits, covered, listed

MINUTE = timedelta(minutes=1)


@pytest.fixture
def biller(signed_in: SignedIn) -> Client:
    return signed_in(Role.BILLER)


def answer(desk: Desk, *outcomes: Outcome, flow: Flow = Flow.CLAIM_STATUS, at: datetime = NOW) -> None:
    """The next questions are answered so, a minute apart."""
    lease = lanes.take(PORTAL, "main", 0, holder="office:1", actor=desk.robot, now=at)
    runs.start(lease, flow, at)
    for place, outcome in enumerate(outcomes):
        item = work.next_item(lease, at + place * MINUTE)
        assert item is not None
        work.finish(lease, item, outcome, at + place * MINUTE)
    lanes.release(lease, at + len(outcomes) * MINUTE)


def claim_id(number: int = 1) -> int:
    return models.Claim.objects.get(patient_account_number=f"ACCT-{number:06}").pk


def search(client: Client, by: str, text: str, **more: str) -> str:
    """What is found, as a page; its address holds nothing that was typed."""
    sent = client.post(reverse("claims"), {"by": by, "text": text, **more})
    assert sent.status_code == 302
    address = sent.headers["Location"]
    assert text.casefold() not in address.casefold()
    found = client.get(address)
    assert found.status_code == 200
    title = found.content.decode().partition("<title>")[2].partition("</title>")[0]
    assert text not in title
    return found.content.decode()


def test_a_claim_is_found_by_each_of_its_numbers_and_by_its_patient(desk: Desk, biller: Client) -> None:
    bring_in([1, 2], desk.actor)
    answer(desk, paid())
    bring_visits(listed([1]), desk.actor)
    for by, text in (
        ("account-number", "acct-000001"),
        ("payer-number", "2026012345"),
        ("member-id", "MBR 0000001"),
    ):
        page = search(biller, by, text)
        assert reverse("claim", kwargs={"claim_id": claim_id(1)}) in page, by
        assert "ACCT-000002" not in page, by
    page = search(biller, "name", "QUILLFEATHER", first_name="otto", birth_date="1961-05-17")
    assert "ACCT-000001" in page
    assert "ACCT-000002" in page
    assert "VISIT-0001" in page
    assert "ACCT" not in search(biller, "name", "Quillfeather", birth_date="1961-05-18")
    assert "VISIT-0001" in search(biller, "appointment-number", "VISIT-0001")
    assert "Nothing fits" in search(biller, "account-number", "ACCT-9")


def test_a_search_can_be_looked_at_again_by_whoever_made_it_and_by_nobody_else(
    desk: Desk, biller: Client, signed_in: SignedIn
) -> None:
    bring_in([1], desk.actor)
    address = biller.post(reverse("claims"), {"by": "account-number", "text": "ACCT-000001"}).headers["Location"]
    for _ in range(2):
        assert "ACCT-000001" in biller.get(address).content.decode()
    assert signed_in(Role.POSTER).get(address).status_code == 404
    (looks, words) = models.AuditEntry.objects.filter(action="claims.search").count(), _audit_words()
    assert looks == 2
    assert "Quillfeather" not in words
    assert "ACCT-000001" not in words


def _audit_words() -> str:
    return repr(list(models.AuditEntry.objects.values_list()))


def test_a_claim_shows_every_answer_with_what_it_changed_and_all_that_happened(desk: Desk, biller: Client) -> None:
    bring_in([1], desk.actor)
    answer(desk, paid(amount="10.00"))
    work.again(PORTAL, Flow.CLAIM_STATUS, desk.actor, NOW + MINUTE)
    answer(desk, paid(NOW + 2 * MINUTE), at=NOW + 2 * MINUTE)
    drafted(desk.actor)
    keep(sealed(payment(decided(1))), by_import(desk.actor))
    page = biller.get(reverse("claim", kwargs={"claim_id": claim_id()})).content.decode()
    for told in ("Quillfeather", "paid: 10.00 -&gt; 80.10", "answer 2", "appeal 1", "imported", "payer_claim_number"):
        assert told in page, told
    assert "Quillfeather" not in page.partition("<title>")[2].partition("</title>")[0]
    only = biller.get(reverse("claim", kwargs={"claim_id": claim_id()}), {"kind": "appeal"}).content.decode()
    line = only.partition('id="time-line"')[2].partition("</section>")[0]
    assert "appeal 1" in line
    assert "answer 1" not in line
    look = models.AuditEntry.objects.filter(action="claim.view").last()
    assert look is not None
    assert (look.object_id, look.patient_reference) == (
        str(claim_id()), models.Claim.objects.select_related("patient").get(pk=claim_id()).patient.reference,
    )  # fmt: skip


def test_what_a_person_entered_by_hand_is_marked(desk: Desk, biller: Client) -> None:
    bring_in([1], desk.actor)
    answer(desk, paid())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_answerversion SET manual_source = 'phone'")
    page = biller.get(reverse("claim", kwargs={"claim_id": claim_id()})).content.decode()
    assert "by hand (phone)" in page


def test_a_patient_shows_claims_visits_and_what_is_left_to_pay(desk: Desk, biller: Client) -> None:
    bring_in([1], desk.actor)
    answer(desk, paid())
    bring_visits(listed([1]), desk.actor)
    answer(desk, covered(), flow=Flow.ELIGIBILITY)
    person = models.Claim.objects.get(pk=claim_id()).patient_id
    page = biller.get(reverse("patient", kwargs={"patient_id": person})).content.decode()
    for told in ("ACCT-000001", "VISIT-0001", "Active Coverage", "20.00"):
        assert told in page, told
    assert models.AuditEntry.objects.filter(action="patient.view").exclude(patient_reference="").exists()
    visit = models.Appointment.objects.get().pk
    page = biller.get(reverse("visit", kwargs={"appointment_id": visit})).content.decode()
    assert "Silver 70" in page
    assert biller.post(reverse("visit-ask", kwargs={"appointment_id": visit})).status_code == 302


def test_the_payer_is_asked_again_now_left_alone_and_asked_again(desk: Desk, biller: Client) -> None:
    bring_in([1, 2], desk.actor)
    answer(desk, paid(), ended(Ending.NEEDS_STAFF, Code.BUS_MULTI))
    item = models.WorkItem.objects.get(claim=claim_id())
    assert item.state == ItemState.DONE
    sent = biller.post(reverse("claim-ask", kwargs={"claim_id": claim_id()}))
    assert sent.headers["Location"].endswith("?done=asked")
    item.refresh_from_db()
    assert (item.state, item.rank) == (ItemState.READY, 0)
    assert item.not_before <= utc_now()
    waits = biller.post(reverse("claim-ask", kwargs={"claim_id": claim_id(2)}))
    assert waits.status_code == 409
    assert "waits for case" in waits.content.decode()
    biller.post(reverse("claim-hold", kwargs={"claim_id": claim_id()}), {"why": "legal", "note": "with the lawyer"})
    page = biller.get(reverse("claim", kwargs={"claim_id": claim_id()})).content.decode()
    assert "with the lawyer" in page
    biller.post(reverse("claim-release", kwargs={"claim_id": claim_id()}))
    assert "with the lawyer" not in biller.get(reverse("claim", kwargs={"claim_id": claim_id()})).content.decode()


def test_a_claim_says_when_it_is_asked_about_and_why(desk: Desk, biller: Client) -> None:
    bring_in([1], desk.actor)
    page = biller.get(reverse("claim", kwargs={"claim_id": claim_id()})).content.decode()
    why = page.partition('id="why-when"')[2].partition("</section>")[0]
    assert "claim-status" in why
    assert "<dt>" in why


def test_another_practices_claims_are_not_there(desk: Desk, signed_in: SignedIn) -> None:
    other = ensure_practice("Other", "987654321", ("1234567893",))
    theirs = ensure_account("eve", is_robot=False, practice=other, now=NOW)
    bring_in([1], theirs)
    client = signed_in(Role.BILLER)
    row = models.Claim.objects.get()
    assert client.get(reverse("claim", kwargs={"claim_id": row.pk})).status_code == 404
    assert client.get(reverse("patient", kwargs={"patient_id": row.patient_id})).status_code == 404
    assert client.post(reverse("claim-ask", kwargs={"claim_id": row.pk})).status_code == 404
    assert "Nothing fits" in search(client, "account-number", "ACCT-000001")


def make_task(desk: Desk, number: int = 1) -> int:
    bring_in([number], desk.actor)
    answer(desk, denied("CO-50 120.50"))
    return models.Task.objects.filter(claim=claim_id(number)).values_list("id", flat=True)[0]


def test_a_task_is_taken_once_given_on_and_closed(desk: Desk, biller: Client, signed_in: SignedIn) -> None:
    number = make_task(desk)
    listed_page = biller.get(reverse("work")).content.decode()
    assert reverse("task", kwargs={"number": number}) in listed_page
    other = signed_in(Role.POSTER)
    assert biller.post(reverse("task-take", kwargs={"number": number})).status_code == 302
    late = other.post(reverse("task-take", kwargs={"number": number}))
    assert late.status_code == 409
    assert "biller has taken" in late.content.decode()
    stale = other.post(reverse("task-assign", kwargs={"number": number}), {"owner": "poster", "was": ""})
    assert stale.status_code == 409
    assert models.Task.objects.get(pk=number).owner is not None
    given = other.post(reverse("task-assign", kwargs={"number": number}), {"owner": "poster", "was": "biller"})
    assert given.status_code == 302
    assert str(number) in other.get(reverse("work"), {"owner": "me"}).content.decode()
    unsaid = other.post(reverse("task-close", kwargs={"number": number}), {"note": "sent"})
    assert unsaid.status_code == 400
    assert "sent" in unsaid.content.decode()
    other.post(reverse("task-close", kwargs={"number": number}), {"how": "done", "note": "sent"})
    row = models.Task.objects.get(pk=number)
    assert (row.state, row.outcome, row.note) == ("closed", TaskOutcome.DONE, "sent")
    again = biller.post(reverse("task-close", kwargs={"number": number}), {"how": "done"})
    assert again.status_code == 409


def test_an_approver_looks_and_changes_nothing(desk: Desk, signed_in: SignedIn) -> None:
    number = make_task(desk)
    approver = signed_in(Role.APPROVER)
    assert approver.get(reverse("task", kwargs={"number": number})).status_code == 200
    assert approver.post(reverse("task-take", kwargs={"number": number})).status_code == 403
    assert approver.post(reverse("claim-ask", kwargs={"claim_id": claim_id()})).status_code == 403
    assert models.Task.objects.get(pk=number).owner is None


def test_a_claim_that_its_payer_does_not_have_shows_where_the_search_stands(desk: Desk, biller: Client) -> None:
    bring_in([1], desk.actor)
    answer(desk, not_found())
    (found,) = models.Task.objects.filter(claim=claim_id())
    assert "Where the search" in biller.get(reverse("task", kwargs={"number": found.pk})).content.decode()
