"""What the pages of claims, work and appeals cost does not grow with the ledger: no page goes through a table."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ledger import models
from ledger.roles import Role
from portalwright.office import Desk
from tests.console.conftest import SignedIn
from tests.console.test_claims import answer, claim_id, make_task
from tests.ledger.appeals import drafted
from tests.ledger.office import paid
from tests.ledger.visits import bring_visits, listed
from tests.query_plans import SMALL, whole_tables_read

FROM_ITS_END = frozenset({"ledger_acknowledgement"})
"""Only the newest 2,000 of it are read."""
PAGES: dict[str, Callable[[], str]] = {
    "claim": lambda: reverse("claim", kwargs={"claim_id": claim_id()}),
    "patient": lambda: reverse("patient", kwargs={"patient_id": models.Claim.objects.get(pk=claim_id()).patient_id}),
    "visit": lambda: reverse("visit", kwargs={"appointment_id": models.Appointment.objects.get().pk}),
    "work": lambda: reverse("work"),
    "work of one": lambda: f"{reverse('work')}?owner=me&queue=denials&after=2026-01-01.1",
    "last days": lambda: f"{reverse('work')}?view=last-days",
    "task": lambda: reverse("task", kwargs={"number": models.Task.objects.values_list("id", flat=True)[0]}),
    "appeals": lambda: reverse("appeals"),
    "appeals after": lambda: f"{reverse('appeals')}?shelf=decided&after=2026-01-01.1",
    "appeal": lambda: reverse("appeal", kwargs={"number": models.Appeal.objects.get().pk}),
    "draft": lambda: reverse("appeal-draft", kwargs={"claim_id": claim_id()}),
}


@pytest.fixture
def client(signed_in: SignedIn) -> Client:
    return signed_in(Role.DENIAL_SPECIALIST)


def test_no_page_goes_through_a_table(desk: Desk, client: Client) -> None:
    make_task(desk)
    drafted(desk.actor)
    bring_visits(listed([1]), desk.actor)
    found = {}
    for name, page in PAGES.items():
        address = page()
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200, name
        if read := whole_tables_read(asked.captured_queries, SMALL | FROM_ITS_END):
            found[name] = read
    assert found == {}


def test_a_page_asks_as_often_whatever_there_is_beside(desk: Desk, client: Client) -> None:
    make_task(desk)
    drafted(desk.actor)
    for name in ("work", "appeals", "claim"):
        client.get(PAGES[name]())
    before = {name: _asked(client, PAGES[name]()) for name in ("work", "appeals", "claim")}
    for number in range(2, 12):
        drafted(desk.actor, number)
    answer(desk, *(paid() for _ in range(10)))
    assert {name: _asked(client, PAGES[name]()) for name in before} == before


def _asked(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return len(asked)
