"""The audit page: what was done, by whom; taken away as a file, proved whole, signed off by the week."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from ledger import audit, models
from ledger.roles import Role
from portalwright.office import Desk
from tests.console.conftest import SignedIn
from tests.ledger.office import NOW, bring_in

DAY = timedelta(days=1)


@pytest.fixture
def auditor(signed_in: SignedIn, desk: Desk) -> Client:
    audit.append(desk.actor, "case.close", "case", 17, NOW - 10 * DAY, portal="practice-national", result="resolved")
    return signed_in(Role.AUDITOR, name="aud")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def do(work: Callable[[], object]) -> None:
        work()

    monkeypatch.setattr("console.audit.views.beside", do)


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]  # a response of the test's browser


def test_entries_are_listed_and_found_and_a_wrong_filter_is_told(auditor: Client) -> None:
    assert "case 17" in text(auditor.get("/audit/"))
    assert "case 17" in text(auditor.get("/audit/?object_type=case&actor=dana"))
    assert "No entry is as wanted" in text(auditor.get("/audit/?actor=nobody"))
    page = text(auditor.get("/audit/?since=2026-03-02&until=2026-03-01"))
    assert "before the first one" in page and "case 17" not in page


def test_a_patient_is_looked_for_by_a_number_that_stands_in_no_address_and_the_look_is_recorded(
    auditor: Client, desk: Desk
) -> None:
    bring_in([1], desk.robot)
    (claim,) = models.Claim.objects.all()
    answer = auditor.post("/audit/patient/", {"number": "ACCT-000001"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/audit/?claim={claim.pk}")
    assert "audit.search" in text(auditor.get(answer.headers["Location"]))
    entry = models.AuditEntry.objects.order_by("-sequence")[0]
    assert (entry.action, entry.actor, entry.patient_reference) == ("audit.search", "aud", claim.patient.reference)
    assert "No claim has this number" in text(auditor.post("/audit/patient/", {"number": "ACCT-000002"}))
    assert auditor.get("/audit/?claim=999").status_code == 404


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators")
def test_the_log_is_taken_away_as_a_file_and_that_it_was_is_in_it(auditor: Client) -> None:
    answer = auditor.post("/audit/file/", {"format": "jsonl", "object_type": "case"})
    (line,) = map(json.loads, b"".join(answer).splitlines())
    assert (line["actor"], line["object_id"], line["result"]) == ("dana", "17", "resolved")
    table = b"".join(auditor.post("/audit/file/", {"format": "csv"}))
    rows = table.decode("utf-8-sig").splitlines()
    assert rows[0].startswith("sequence,at,actor") and any(",case,17," in row for row in rows)
    assert table.count(b"\xef\xbb\xbf") == 1
    taken = models.AuditEntry.objects.filter(action="audit.export").order_by("sequence")
    assert list(taken.values_list("actor", "result", "fields")) == [
        ("aud", "jsonl", '["object_type"]'), ("aud", "csv", "[]"),
    ]  # fmt: skip


@pytest.mark.usefixtures("at_once")
def test_the_log_is_verified_on_demand(auditor: Client) -> None:
    assert "Nobody has had it verified" in text(auditor.get("/audit/"))
    assert auditor.post("/audit/verify/").status_code == 302
    assert "Whole:" in text(auditor.get("/audit/"))


def test_a_week_is_looked_over_and_signed_off_once(auditor: Client, application: object) -> None:
    page = text(auditor.get("/audit/"))
    assert "not yet" in page and "not been looked over" in page
    assert "case.close" in text(auditor.get("/audit/week/2026-02-16/"))
    assert auditor.post("/audit/week/2026-02-16/").status_code == 302
    assert "aud looked this week over" in text(auditor.get("/audit/week/2026-02-16/"))
    assert auditor.post("/audit/week/2026-02-16/").status_code == 409
    for wrong in ("2026-02-17", "2999-01-05", "soon"):
        assert auditor.get(f"/audit/week/{wrong}/").status_code in {404, 409}
