"""One exception at the desk: the evidence stands beside the form, and what is known ends the case."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any, cast

import pytest
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client

from bots.evidence import PagesSeen
from console.application import Application
from flows.answers import ClaimState, Shown
from flows.outcomes import Candidate, Code, Ending, Outcome, Reason
from flows.questions import Flow
from ledger import answers, cases, lanes, models, runs, work
from ledger.accounts import ensure_account, ensure_practice
from ledger.roles import Role
from ledger.states import CaseState, ItemState
from packs import load
from portalwright.office import Desk
from tests.console.conftest import SignedIn
from tests.ledger.office import PORTAL, bring_in
from tests.packs.conftest import GOOD

NOW = datetime.now(UTC) - timedelta(hours=1)
PNG = b"\x89PNG\r\n\x1a\n not really"
PAGE = "<script>alert(1)</script><h1>Claim</h1><p>Suspended - clinical\u200b desk</p><p>Paid $12.00</p>"
WORDS = "Suspended - clinical desk"

MULTI = Reason(
    code=Code.BUS_MULTI,
    what="These claims fit equally well.",
    candidates=tuple(
        Candidate(
            cells={
                "payer_claim_number": Shown(where=f"claims.claims[{n}].payer_claim_number", text=f"PCN-{n}"),
                "billed": Shown(where=f"claims.claims[{n}].billed", text="$120.50"),
                "patient_name": Shown(where=f"claims.claims[{n}].patient_name", text="QUILLFEATHER, OTTOLINE"),
            }
        )
        for n in range(2)
    ),
)
UNMAPPED = Reason(
    code=Code.DATA_UNMAPPED,
    what="The portal's status text is not in its map of texts.",
    seen=(Shown(where="claim.status", text=WORDS),),
)
MONEY = Reason(
    code=Code.DATA_INCONSISTENT,
    what="The claim's charge less all adjustments is not what was paid.",
    seen=(
        Shown(where="claim.billed", text="$120.50"),
        Shown(where="claim.allowed", text="$100.00"),
        Shown(where="claim.paid", text="$12.00"),
        Shown(where="claim.patient_responsibility", text="$20.00"),
    ),
)


@dataclass
class Cases:
    """Makes cases of an office's claims."""

    desk: Desk
    numbers: int = 0
    marks: bytes | None = None

    def make(self, reason: Reason, *, ending: Ending = Ending.NEEDS_STAFF, view: str = "claim") -> int:
        """The case of one more claim, which ended so; with its page and a picture."""
        self.numbers += 1
        bring_in([self.numbers], self.desk.actor, NOW)
        lease = lanes.take(PORTAL, "main", 0, holder="office:1", actor=self.desk.robot, now=NOW)
        runs.start(lease, Flow.CLAIM_STATUS, NOW)
        item = work.next_item(lease, NOW)
        assert item is not None
        seen = PagesSeen()
        seen.saw(view, 0, PAGE)
        seen._picture, seen._marks = PNG, self.marks
        outcome = Outcome(ending=ending, reason=reason)
        finished = work.finish(lease, item, outcome, NOW, evidence_found=seen.seal(self.desk.evidence))
        runs.end(lease, "done", NOW)
        lanes.release(lease, NOW)
        assert finished.case_id is not None
        return finished.case_id


@pytest.fixture(autouse=True)
def _small_pack(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The product comes with one small pack, which is quickly read."""
    root = tmp_path_factory.mktemp("shipped")
    (root / PORTAL).mkdir()
    (root / PORTAL / load.PACK_FILE).write_text(GOOD)
    monkeypatch.setattr(load, "shipped_folder", lambda: root)


@pytest.fixture
def made(desk: Desk) -> Cases:
    return Cases(desk)


@pytest.fixture
def biller(signed_in: SignedIn) -> Client:
    return signed_in(Role.BILLER)


def post(client: Client, case_id: int, act: str, **typed: Any) -> HttpResponse:
    """Do it as the page would, on the case as it is now."""
    changes = models.Case.objects.get(pk=case_id).changes
    return cast(
        HttpResponse,
        client.post(f"/exceptions/{case_id}/{act}/?queue=portals", {"changes": changes, "next": "", **typed}),
    )


def page(client: Client, case_id: int, query: str = "") -> str:
    """What a person reads there."""
    return read(client.get(f"/exceptions/{case_id}/{query}"))


def read(answer: HttpResponseBase) -> str:
    """The page as it reads."""
    return unescape(cast(HttpResponse, answer).content.decode())


def looks(action: str = "case.view") -> int:
    return models.AuditEntry.objects.filter(action=action).count()


def item_of(case_id: int) -> models.WorkItem:
    case = models.Case.objects.get(pk=case_id)
    return models.WorkItem.objects.get(claim=case.claim_id, flow=Flow.CLAIM_STATUS)


def test_the_page_shows_what_the_portal_said_beside_what_we_hold_and_the_look_is_recorded(
    made: Cases, biller: Client
) -> None:
    case_id = made.make(MONEY)
    shown = page(biller, case_id)
    assert MONEY.what in shown
    assert "MBR0000001" in shown
    assert "<mark>$12.00</mark>" in shown
    assert "alert(1)" not in shown
    assert "[zero width space]" in shown
    assert "68.00" in shown  # allowed less paid less patient's part
    assert '<span class="badge good">same</span>' in shown
    assert looks() == 1
    entry = models.AuditEntry.objects.get(action="case.view")
    assert entry.patient_reference == models.Claim.objects.get().patient.reference


def test_the_title_and_the_address_name_no_patient(made: Cases, biller: Client) -> None:
    case_id = made.make(MULTI)
    shown = page(biller, case_id)
    assert f"<title>Case {case_id} " in shown


def test_the_picture_is_its_own_page_that_no_browser_keeps(made: Cases, biller: Client, signed_in: SignedIn) -> None:
    case_id = made.make(MONEY)
    shown = page(biller, case_id)
    address = shown.split('class="picture" loading="lazy" src="')[1].split('"')[0]
    answer = biller.get(address)
    assert (answer.content, answer["Content-Type"], answer["Cache-Control"]) == (PNG, "image/png", "no-store")
    assert looks("case.picture") == 1
    assert biller.get(address.replace("/picture/1/", "/picture/0/")).status_code == 404  # a page is no picture
    assert signed_in(Role.OPERATOR).get(address).status_code == 403


def test_what_the_case_is_about_is_in_a_box_on_the_picture(made: Cases, biller: Client) -> None:
    made.marks = b'{"width": 1280, "height": 720, "boxes": [[100.0, 50.0, 60.0, 18.0]]}'
    shown = page(biller, made.make(MONEY))
    assert '<svg class="picture" width="100%" viewBox="0 0 1280 720"' in shown
    assert '<rect x="96.0" y="46.0" width="68.0" height="26.0"' in shown
    made.marks = b'{"width": "<script>"}'
    assert "<rect" not in page(biller, made.make(MONEY))


def test_somebody_who_may_see_no_patient_sees_an_incident_and_nothing_of_whom_it_befell(
    made: Cases, signed_in: SignedIn
) -> None:
    operator = signed_in(Role.OPERATOR)
    incident = made.make(
        Reason(code=Code.TECH_LAYOUT, what="The page has changed.", view="claim", element="status", seen=MONEY.seen),
        ending=Ending.DRIFT,
    )
    shown = page(operator, incident)
    assert "The page has changed." in shown
    assert "$12.00" not in shown
    assert "MBR0000001" not in shown
    assert "Evidence" not in shown
    assert looks() == 0
    of_patient = made.make(MULTI)
    assert operator.get(f"/exceptions/{of_patient}/").status_code == 404
    for act in ("take", "close", "comment"):
        assert post(operator, of_patient, act, text="x", how="ask-again").status_code == 404
    assert post(operator, of_patient, "answer").status_code == 403


def test_a_row_that_is_picked_becomes_the_claims_number_and_is_asked_for_before_all_others(
    made: Cases, biller: Client
) -> None:
    case_id = made.make(MULTI)
    shown = page(biller, case_id)
    assert 'value="1 PCN-1"' in shown
    answer = post(biller, case_id, "pick", row="1 PCN-1")
    assert answer["Location"].startswith("/exceptions/?")
    claim = models.Claim.objects.get()
    assert (claim.payer_claim_number, claim.revision) == ("PCN-1", 2)
    item = item_of(case_id)
    assert (item.state, item.rank, item.case_id) == (ItemState.READY, 0, None)
    assert cases.get(claim.practice_id, case_id).state is CaseState.CLOSED


def test_a_correction_is_checked_as_an_import_is_and_what_was_typed_stays(made: Cases, biller: Client) -> None:
    case_id = made.make(MULTI)
    typed = {
        "last_name": "Quillfeather", "first_name": "Tilly", "birth_date": "1961-05-17", "member_id": "NEW-77",
        "service_from": "2026-01-12", "service_to": "2026-01-10", "billed": "130.00", "first_procedure": "99213",
    }  # fmt: skip
    refused = post(biller, case_id, "correct", **typed)
    assert refused.status_code == 422
    shown = read(refused)
    assert "is before service_from" in shown
    assert 'value="NEW-77"' in shown
    assert models.Claim.objects.get().revision == 1
    post(biller, case_id, "correct", **{**typed, "service_to": "2026-01-12"})
    claim = models.Claim.objects.get()
    assert (claim.patient.member_id, claim.patient.first_name, claim.billed_cents) == ("NEW-77", "Tilly", 13000)
    assert models.Patient.objects.count() == 2
    assert item_of(case_id).rank == 0


def test_an_answer_by_hand_is_held_against_the_same_rules_and_marked(made: Cases, biller: Client) -> None:
    case_id = made.make(MONEY)
    typed = {
        "category": "F1", "payer_claim_number": "2026-9", "billed": "120.50", "allowed": "100.50", "paid": "80.50",
        "patient_responsibility": "20.00", "payment_method": "EFT", "payment_number": "E1",
        "payment_date": "2026-02-03", "source": "phone", "reference": "Call 4711",
    }  # fmt: skip
    refused = post(biller, case_id, "answer", **typed)
    assert refused.status_code == 409
    assert "no adjustment says why" in read(refused)
    assert 'value="2026-9"' in read(refused)
    assert not models.AnswerVersion.objects.exists()
    answer = post(biller, case_id, "answer", **typed, adjustments="CO-45 20.00\nPR-3 20.00")
    assert answer.status_code == 302
    record = answers.current(made.desk.practice.id, PORTAL, "ACCT-000001")
    assert record is not None
    assert isinstance(record.answer.normalised, ClaimState)
    assert (record.by_hand, record.author, record.answer.normalised.category) == ("phone", "biller", "F1")
    assert item_of(case_id).state == ItemState.DONE
    shown = page(biller, case_id)
    assert "Call 4711" in shown
    assert "answered by hand" in shown


def test_a_page_that_is_old_is_told_and_what_was_typed_is_kept(
    made: Cases, biller: Client, signed_in: SignedIn
) -> None:
    case_id = made.make(MULTI)
    other = signed_in(Role.POSTER)
    assert post(other, case_id, "take").status_code == 302
    stale = biller.post(
        f"/exceptions/{case_id}/answer/",
        {"changes": 0, "category": "not-found", "source": "phone", "reference": "Call of Monday"},
    )
    assert stale.status_code == 409
    assert "poster" in read(stale)
    assert 'value="Call of Monday"' in read(stale)
    assert not models.AnswerVersion.objects.exists()
    # What is shown now is the case as it is, so that saying it once more is a decision.
    assert f'name="changes" value="{models.Case.objects.get(pk=case_id).changes}"' in read(stale)


def test_two_people_make_a_text_a_rule_of_the_offices_own_pack(
    made: Cases, biller: Client, signed_in: SignedIn, application: Application
) -> None:
    first, second = made.make(UNMAPPED), made.make(UNMAPPED)
    other = signed_in(Role.POSTER)
    assert post(biller, first, "meaning", shown=0, means="P2").status_code == 302
    assert post(biller, first, "meaning-confirm", mapping=1).status_code == 409
    overlay = Path(made.desk.office.folder) / "selectors" / PORTAL / "overlay.yaml"
    assert not overlay.exists()
    number = models.TextMapping.objects.get().pk
    assert "Confirm: it is a rule" in page(other, second)
    assert post(other, second, "meaning-confirm", mapping=number).status_code == 302
    assert WORDS in overlay.read_text()
    assert {cases.get(made.desk.practice.id, one).state for one in (first, second)} == {CaseState.CLOSED}
    assert item_of(first).state == ItemState.READY
    pack = application.packs.pack(PORTAL)
    assert pack is not None
    assert any(row.text == WORDS and row.code == "P2" for row in pack.maps["status"])


def test_a_pack_that_would_not_load_is_left_alone_and_the_reason_told(
    made: Cases, biller: Client, signed_in: SignedIn
) -> None:
    case_id = made.make(UNMAPPED)
    post(biller, case_id, "meaning", shown=0, means="P2")
    overlay = Path(made.desk.office.folder) / "selectors" / PORTAL / "overlay.yaml"
    overlay.parent.mkdir(parents=True)
    overlay.write_text("limits:\n  lookups_a_minute: 9999\n")
    refused = post(signed_in(Role.POSTER), case_id, "meaning-confirm", mapping=models.TextMapping.objects.get().pk)
    assert refused.status_code == 409
    assert "overlay.yaml, line 2" in read(refused)
    assert overlay.read_text() == "limits:\n  lookups_a_minute: 9999\n"
    assert cases.get(made.desk.practice.id, case_id).state is CaseState.OPEN
    overlay.unlink()
    assert post(biller, case_id, "meaning-write", mapping=models.TextMapping.objects.get().pk).status_code == 302
    assert WORDS in overlay.read_text()


def test_after_an_act_the_next_case_of_the_same_list_comes(made: Cases, biller: Client) -> None:
    first, second = made.make(MULTI), made.make(MULTI)
    shown = page(biller, first, "?queue=follow-up")
    assert f'href="/exceptions/{second}/?queue=follow-up" data-key="n"' in shown
    answer = biller.post(f"/exceptions/{first}/again/?queue=follow-up", {"changes": 0, "next": second})
    assert answer["Location"] == f"/exceptions/{second}/?queue=follow-up&done=asked"


def test_the_portal_is_wrong_takes_the_reference_of_a_call(made: Cases, biller: Client) -> None:
    case_id = made.make(MONEY)
    assert post(biller, case_id, "portal-wrong", then="done-by-hand").status_code == 422
    post(biller, case_id, "portal-wrong", then="done-by-hand", reference="R-9")
    closed = cases.get(made.desk.practice.id, case_id)
    assert (closed.state, "R-9" in closed.note) == (CaseState.CLOSED, True)


def test_another_practices_case_is_not_there_in_any_way(made: Cases, signed_in: SignedIn, desk: Desk) -> None:
    case_id = made.make(UNMAPPED)
    client = signed_in(Role.BILLER)
    other = ensure_practice("Harbor", "987654321", ("1234567893",))
    ensure_account("harbor", is_robot=False, practice=other, now=NOW)
    models.Case.objects.filter(pk=case_id).update(practice_id=other.id)
    assert client.get(f"/exceptions/{case_id}/").status_code == 404
    assert client.get(f"/exceptions/{case_id}/picture/1/").status_code == 404
    for act in ("take", "comment", "assign", "snooze", "send", "close", "reopen", "again", "pick", "correct", "answer",
                "portal-wrong", "meaning"):  # fmt: skip
        typed = {"text": "x", "row": "0 PCN-0", "reference": "r", "then": "ask-again", "how": "ask-again", "shown": 0}
        assert post(client, case_id, act, **typed).status_code in {404, 409}, act
    assert models.Case.objects.get(pk=case_id).changes == 0


def test_the_acts_of_everybody_go_on_or_stay_as_they_should(made: Cases, biller: Client) -> None:
    case_id = made.make(MULTI)
    for act, typed in (
        ("take", {}),
        ("release", {}),
        ("comment", {"text": "called them"}),
        ("assign", {"owner": "biller"}),
        ("snooze", {"until": (NOW + timedelta(days=3)).date().isoformat(), "why": "waits for the payer"}),
        ("bring-back", {}),
        ("send", {"queue": "posting"}),
        ("close", {"how": "done-by-hand", "note": "found in the mail"}),
        ("reopen", {}),
    ):
        answer = post(biller, case_id, act, **typed)
        assert answer.status_code == 302, (act, read(answer)[:2000])
    shown = page(biller, case_id)
    assert "called them" in shown
    assert "found in the mail" in shown


def test_the_page_costs_as_many_statements_whatever_is_there(
    made: Cases, biller: Client, django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    first = made.make(MULTI)
    for _ in range(5):
        made.make(MULTI)
    with django_assert_max_num_queries(40):
        biller.get(f"/exceptions/{first}/")
