"""Appeals at the desk: nobody approves what they have not seen, no word is lost, documents stay sealed."""

import re
from collections.abc import Callable
from functools import cache

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from flows.questions import AttachmentKind, Flow
from ledger import appeals, lanes, models, runs, work
from ledger.appeals import AppealStage
from ledger.roles import Role
from packs.load import load_pack
from packs.models import Pack
from portalwright.office import Desk, Office
from tests.console.conftest import SignedIn
from tests.documents.test_attachments import pdf
from tests.ledger.appeals import LOST, approved
from tests.ledger.office import PORTAL
from tests.portalwright import denied
from tests.portalwright.denied import NOW

WORDS = "Our words: {lines} of {claim_number}, {amount}."


@cache
def _pack() -> Pack:
    return denied.as_commercial_payer(load_pack(PORTAL, None))


@pytest.fixture(autouse=True)
def _payer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The portal belongs to a commercial payer, whose rules about appeals are known."""
    monkeypatch.setattr(Office, "pack", lambda _self, _portal: _pack())


@pytest.fixture
def specialist(signed_in: SignedIn) -> Client:
    return signed_in(Role.DENIAL_SPECIALIST)


@pytest.fixture
def approver(signed_in: SignedIn) -> Client:
    return signed_in(Role.APPROVER)


Post = Callable[..., int]


def bring_in(desk: Desk, number: int = denied.PARTLY) -> int:
    """A claim that the payer has decided so; its row."""
    denied.bring_in(desk.actor, desk.robot, [number])
    return models.Claim.objects.get(patient_account_number=f"ACCT-{number:06}").pk


def page_of(client: Client, number: int) -> str:
    answer = client.get(reverse("appeal", kwargs={"number": number}))
    assert answer.status_code == 200
    return answer.content.decode()


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def drafted(client: Client, desk: Desk, number: int = denied.PARTLY, **more: str) -> int:
    claim = bring_in(desk, number)
    given = {"level": "first", "argument": WORDS, **more}
    sent = client.post(reverse("appeal-draft", kwargs={"claim_id": claim}), given)
    assert sent.status_code == 302, sent.content.decode()
    return int(re.findall(r"\d+", sent.headers["Location"])[0])


def act(client: Client, what: str, number: int, **given: object) -> tuple[int, str]:
    answer = client.post(reverse(f"appeal-{what}", kwargs={"number": number}), given)
    return answer.status_code, answer.content.decode()


def test_a_denied_claim_is_drafted_with_ones_own_words_and_shown_as_the_payer_will_read_it(
    desk: Desk, specialist: Client
) -> None:
    number = drafted(specialist, desk)
    page = page_of(specialist, number)
    for told in (
        "Our words: line 1 of 2026000001, $40.50.",
        "uhc-appeal-60",
        "counted",
        "not verified",
        "this files the appeal",
    ):
        assert told.casefold() in page.casefold(), told
    record = appeals.get(desk.practice.id, number)
    assert (record.drafted_by, record.stage) == ("denial-specialist", AppealStage.DRAFT)
    assert "Quillfeather" not in page.partition("<title>")[2].partition("</title>")[0]
    look = models.AuditEntry.objects.filter(action="appeal.view").last()
    assert look is not None
    assert look.patient_reference


def test_what_should_come_first_is_said_and_no_draft_is_made_without_a_reason(desk: Desk, specialist: Client) -> None:
    address = reverse("appeal-draft", kwargs={"claim_id": bring_in(desk, denied.UNPROCESSABLE)})
    refused = specialist.post(address, {"level": "first", "argument": WORDS})
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "something else comes first" in page
    assert "Our words:" in page, "what was typed is not lost"
    assert "--anyway" not in page
    assert not models.Appeal.objects.exists()


def test_nobody_approves_what_they_have_not_seen(desk: Desk, specialist: Client, approver: Client) -> None:
    number = drafted(specialist, desk)
    shown = seen(page_of(approver, number))
    changed = specialist.post(
        reverse("appeal-change", kwargs={"number": number}),
        {"level": "first", "reason": "medical-necessity", "lines": "1", "argument": "Other words.", "seen": shown},
    )
    assert changed.status_code == 302, changed.content.decode()
    status, page = act(approver, "approve", number, seen=shown)
    assert status == 409
    assert "was changed since it was shown" in page
    assert "Other words." in page
    assert appeals.get(desk.practice.id, number).stage is AppealStage.DRAFT
    status, _ = act(approver, "approve", number, seen=seen(page))
    assert status == 302
    record = appeals.get(desk.practice.id, number)
    assert (record.stage, record.approved_by) == (AppealStage.APPROVED, "approver")


def test_two_who_write_at_the_same_time_are_told_and_lose_no_word(
    desk: Desk, specialist: Client, signed_in: SignedIn
) -> None:
    number = drafted(specialist, desk)
    other = signed_in(Role.DENIAL_SPECIALIST, name="other")
    shown = seen(page_of(specialist, number))
    address = reverse("appeal-change", kwargs={"number": number})
    given = {"level": "first", "reason": "medical-necessity", "lines": "1", "seen": shown}
    assert other.post(address, {**given, "argument": "The first one's words."}).status_code == 302
    late = specialist.post(address, {**given, "argument": "The second one's words."})
    page = late.content.decode()
    assert late.status_code == 409
    assert "The second one&#x27;s words." in page or "The second one&#39;s words." in page
    assert "The first one&#39;s words." in page
    assert appeals.get(desk.practice.id, number).argument == "The first one's words."
    assert specialist.post(address, {**given, "argument": "Both.", "seen": seen(page)}).status_code == 302
    assert appeals.get(desk.practice.id, number).argument == "Both."


def test_a_draft_that_lacks_something_cannot_be_approved(desk: Desk, specialist: Client, approver: Client) -> None:
    number = drafted(specialist, desk, argument="The findings: [[which findings show the need]].")
    page = page_of(approver, number)
    assert "Still missing" in page
    status, page = act(approver, "approve", number, seen=seen(page))
    assert status == 409
    assert "still missing" in page
    assert appeals.get(desk.practice.id, number).stage is AppealStage.DRAFT


def test_a_document_is_sealed_goes_with_the_appeal_and_comes_back_under_a_neutral_name(
    desk: Desk, specialist: Client
) -> None:
    number, content = drafted(specialist, desk), pdf(2)
    sent = SimpleUploadedFile("Quillfeather knee.pdf", content, "application/pdf")
    status, page = act(
        specialist, "attach", number, seen=seen(page_of(specialist, number)), kind=AttachmentKind.MEDICAL_RECORDS.value,
        document=sent,
    )  # fmt: skip
    assert status == 302, page
    (attached,) = appeals.get(desk.practice.id, number).attachments
    assert (attached.filename, attached.pages) == ("records-1.pdf", 2)
    page = page_of(specialist, number)
    assert "Quillfeather knee" not in page
    got = specialist.get(reverse("appeal-document", kwargs={"number": number, "place": 1}))
    assert got.content == content
    assert got.headers["Content-Disposition"] == 'attachment; filename="records-1.pdf"'
    assert models.AuditEntry.objects.filter(action="appeal.document").count() == 1
    sealed = list(desk.office.evidence_folder.rglob("*"))
    assert sealed
    assert all(b"%PDF" not in path.read_bytes() for path in sealed if path.is_file())
    status, _ = act(specialist, "detach", number, seen=seen(page), filename="records-1.pdf")
    assert status == 302
    assert appeals.get(desk.practice.id, number).attachments == ()
    gone = specialist.get(reverse("appeal-document", kwargs={"number": number, "place": 1}))
    assert gone.status_code == 404


def test_what_is_no_document_is_refused_and_said(desk: Desk, specialist: Client) -> None:
    number = drafted(specialist, desk)
    digest = seen(page_of(specialist, number))
    wrong = SimpleUploadedFile("a.pdf", b"MZ\0\1" * 100, "application/pdf")
    status, page = act(specialist, "attach", number, seen=digest, kind="letter", document=wrong)
    assert status == 409
    assert "was not taken" in page
    status, page = act(specialist, "attach", number, seen=digest, kind="letter")
    assert status == 400
    assert "Nothing was done" in page


def test_an_approver_goes_through_what_can_be_approved_and_comes_to_the_end(
    desk: Desk, specialist: Client, approver: Client
) -> None:
    incomplete = drafted(specialist, desk, denied.NO_TEMPLATE, argument="[[a gap]]")
    first = drafted(specialist, desk, denied.PARTLY)
    page = approver.get(reverse("appeals-next")).content.decode()
    assert f"Appeal {first}" in page
    skip = re.search(r'href="([^"]*after=[^"]*)"', page)
    assert skip is not None
    assert "No other" in approver.get(skip[1]).content.decode()
    status, _ = act(approver, "approve", first, seen=seen(page), in_turn="1")
    assert status == 302
    page = approver.get(reverse("appeals-next")).content.decode()
    assert "No appeal waits" in page
    assert appeals.get(desk.practice.id, incomplete).stage is AppealStage.DRAFT


def test_the_lists_follow_an_appeal_from_draft_to_withdrawn(desk: Desk, specialist: Client, approver: Client) -> None:
    number = drafted(specialist, desk)

    def on(shelf: str) -> bool:
        page = specialist.get(reverse("appeals"), {"shelf": shelf}).content.decode()
        return f'href="{reverse("appeal", kwargs={"number": number})}"' in page

    assert [shelf for shelf in ("to-approve", "drafts", "approved", "not-filed") if on(shelf)] == ["to-approve"]
    act(approver, "approve", number, seen=seen(page_of(approver, number)))
    assert [shelf for shelf in ("to-approve", "approved") if on(shelf)] == ["approved"]
    assert "It stays where it is for now" in page_of(specialist, number), "nobody has permitted it"
    status, _ = act(specialist, "withdraw", number, seen=seen(page_of(specialist, number)), note="paid after all")
    assert status == 302
    assert on("not-filed")
    assert "paid after all" in page_of(specialist, number)


def test_a_person_says_what_came_of_an_uncertain_one_and_may_correct_it(desk: Desk, specialist: Client) -> None:
    number = approved(desk.actor, 1, NOW)
    lease = lanes.take(PORTAL, "main", 0, holder="office:1", actor=desk.robot, now=NOW)
    runs.start(lease, Flow.APPEAL, NOW)
    item = work.next_item(lease, NOW)
    assert item is not None
    appeals.pressing(lease, appeals.get(desk.practice.id, number).reference, NOW)
    work.finish(lease, item, LOST, NOW)
    lanes.release(lease, NOW)
    assert "uncertain" in specialist.get(reverse("appeals"), {"shelf": "uncertain"}).content.decode()
    status, page = act(specialist, "settle", number, how="filed")
    assert status == 400
    assert "Say how you know" in page
    status, page = act(specialist, "settle", number, how="filed", confirmation="D-778")
    assert status == 302, page
    assert appeals.get(desk.practice.id, number).confirmation == "D-778"
    status, page = act(specialist, "settle", number, how="not-filed", note="their list does not show it")
    assert status == 302, page
    assert appeals.get(desk.practice.id, number).stage is AppealStage.NOT_FILED


def test_only_an_approver_approves_and_only_a_specialist_writes(
    desk: Desk, specialist: Client, approver: Client
) -> None:
    number = drafted(specialist, desk)
    digest = seen(page_of(specialist, number))
    assert act(specialist, "approve", number, seen=digest)[0] == 403
    assert act(approver, "withdraw", number, seen=digest)[0] == 403
    assert "Withdraw it" not in page_of(approver, number)
