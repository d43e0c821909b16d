"""From a denied claim to a draft: nothing that must not be appealed, and nothing incomplete that could be approved."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from documents.attachments import AttachmentRefused
from flows.drafting import DraftRefused, NoticeTooEarly
from flows.questions import AppealLevel, AppealReason, AttachmentKind
from flows.remittance import RemitAdjustment, RemitClaim
from ledger import appeals, models
from ledger.accounts import ensure_account, ensure_practice
from ledger.appeals import AppealStage
from ledger.errors import AppealExists, AppealFixed, NotThere
from ledger.remittances import keep
from packs.load import load_pack
from packs.models import Pack
from portalwright.drafting import Drafted, Paper, Wanted, change, draft
from portalwright.office import Desk, Office
from portalwright.settings import KeyKind, KeySettings, PracticeSettings, Settings, SettingsWrong
from tests.documents.test_attachments import pdf, protected
from tests.ledger.office import PORTAL
from tests.ledger.payments import by_import, decided, payment, reversed_claim, sealed
from tests.portalwright import denied
from tests.portalwright.denied import NOW
from vault.envelope import KeyEncryptionKey
from vault.sealed import SealedFolder, Sealer
from vault.secret import Secret

Draft = Callable[..., Drafted]
STARTER = "the starter template carc-50.txt"


@cache
def _pack() -> Pack:
    return denied.as_commercial_payer(load_pack(PORTAL, None))


class OneOffice(Office):
    """An office whose only payer takes appeals as `denied.RULES` say."""

    def pack(self, portal: str) -> Pack:
        return _pack()


@pytest.fixture
def desk(db: None, tmp_path: Path) -> Desk:
    """An office with dana at its desk."""
    practice = ensure_practice("Lakeside Family Practice", "123456789", ("1234567893",))
    person = ensure_account("dana", is_robot=False, practice=practice, now=NOW)
    robot = ensure_account("night-robot", is_robot=True, practice=practice, now=NOW)
    own = PracticeSettings(name=practice.name, tin=practice.tin, npis=practice.npis)
    settings = Settings(practice=own, key=KeySettings(provider=KeyKind.PASSPHRASE))
    evidence = SealedFolder(tmp_path / "evidence", Sealer(KeyEncryptionKey(Secret(bytes(range(32)))), "vault"))
    office = OneOffice(tmp_path / "office", settings)
    (office.folder / "appeals").mkdir(parents=True)
    nothing: Any = None  # drafts use neither the vault nor the log
    return Desk(
        office=office, vault=nothing, practice=practice, actor=person, robot=robot, evidence=evidence, log=nothing
    )


@pytest.fixture
def drafted(desk: Desk) -> Draft:
    """Drafts an appeal of the claim with this number, which comes in with its answer when it is first asked for."""
    brought_in = {99}

    def _draft(number: int, **wanted: object) -> Drafted:
        if number not in brought_in:
            brought_in.add(number)
            denied.bring_in(desk.actor, desk.robot, [number])
        return draft(desk, f"ACCT-{number:06}", None, Wanted(**wanted), NOW)  # type: ignore[arg-type]  # what it takes

    return _draft


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "letter.txt"
    path.write_text("Our words: {lines} of {claim_number}, {amount}.\r\n", newline="")
    return path


@pytest.fixture
def records(tmp_path: Path) -> Paper:
    path = tmp_path / "Quillfeather notes.pdf"
    path.write_bytes(pdf(3))
    return Paper(path, AttachmentKind.MEDICAL_RECORDS)


def office_rules(desk: Desk, text: str) -> None:
    (desk.office.folder / "deadlines.toml").write_text(text)


def test_a_draft_contests_what_was_denied_with_reason_deadline_argument_and_documents(
    desk: Desk, drafted: Draft, records: Paper
) -> None:
    made = drafted(denied.PARTLY, attach=(records,))
    record = made.record
    assert (record.lines, record.amount, record.carcs) == (("1",), Decimal("40.50"), ("50",))
    assert (record.level, record.reason) == (AppealLevel.FIRST, AppealReason.MEDICAL_NECESSITY)
    assert record.deadline is not None
    assert (record.deadline.day, record.deadline.rule) == (denied.day(50), "uhc-appeal-60")
    assert (record.deadline.anchor, record.deadline.anchor_date) == ("notice", denied.day(-10))
    assert record.deadline.verified_on is None
    (attached,) = record.attachments
    assert (attached.filename, attached.pages) == ("records-1.pdf", 3)
    assert isinstance(records.source, Path)
    assert appeals.paper(desk.evidence, desk.practice.id, attached.sha256) == records.source.read_bytes()
    assert made.template == STARTER
    assert f"We contest the decision of {denied.day(-10):%m/%d/%Y} on line 1," in record.argument
    assert "The amount in dispute is $40.50." in record.argument
    assert record.argument.endswith("Enclosed: records-1.pdf (3 pages)")
    assert [what[:23] for what in made.missing] == ["the argument has a gap:"] * 2
    with pytest.raises(AppealExists):
        drafted(denied.PARTLY)


@pytest.mark.parametrize(
    ("number", "wanted", "instead"),
    [
        (denied.UNPROCESSABLE, {}, "send a new claim"),
        (denied.PAID, {}, "Nothing of this claim was denied"),
        (denied.NOT_ASKED, {}, "Nobody has asked yet"),
        (denied.NOT_FOUND, {}, "does not know this claim"),
        (denied.DATA_ERROR, {}, "--anyway REASON"),
        (denied.DATA_ERROR, {"anyway": "  "}, "--anyway REASON"),
        (denied.OVER, {}, "verify its rule in deadlines.toml"),
        (denied.OVER, {"anyway": "we want to"}, "verify its rule in deadlines.toml"),
        (denied.PARTLY, {"lines": ("2",)}, "Line 2 was paid. Leave it out"),
        (denied.PARTLY, {"lines": ("9",)}, "has no line 9"),
        (denied.PARTLY, {"level": AppealLevel.EXTERNAL}, "cannot be filed at the portal"),
        (denied.PARTLY, {"level": AppealLevel.SECOND}, "No decision on an appeal of the level before"),
    ],
)
def test_what_must_not_be_appealed_is_stopped_before_anything_is_recorded(
    desk: Desk, drafted: Draft, number: int, wanted: dict[str, object], instead: str
) -> None:
    with pytest.raises(DraftRefused, match=instead.replace("(", r"\(")):
        drafted(number, **wanted)
    assert not list(appeals.list_all(desk.practice.id))


def test_a_reason_is_kept_where_something_else_should_come_first(desk: Desk, drafted: Draft) -> None:
    made = drafted(denied.DATA_ERROR, anyway="the coder has looked")
    assert "Let a coder look at the diagnosis" in made.findings[0].what
    assert [one.note for one in appeals.events(desk.practice.id, number=made.number)] == ["the coder has looked"]


def test_a_claim_that_is_not_on_the_work_list_is_told(drafted: Draft) -> None:
    with pytest.raises(NotThere):
        drafted(99)


def test_a_window_is_opened_only_by_verifying_a_rule(desk: Desk, drafted: Draft) -> None:
    office_rules(desk, '[[verified]]\nrule = "no-such-rule"\non = 2026-11-01\nby = "dana"\n')
    with pytest.raises(SettingsWrong, match="there is no rule with the id 'no-such-rule'"):
        drafted(denied.OVER)
    office_rules(desk, f'[[verified]]\nrule = "cigna-appeal-180"\nportal = "{PORTAL}"\non = 2026-11-01\nby = "dana"\n')
    kept = drafted(denied.OVER).record.deadline
    assert kept is not None
    assert (kept.day, kept.rule, kept.verified_on) == (denied.day(110), "cigna-appeal-180", date(2026, 11, 1))


def test_a_change_reckons_the_last_day_by_the_rules_of_today(desk: Desk, drafted: Draft) -> None:
    made = drafted(denied.NO_DAY, notice=denied.day(-20))
    office_rules(desk, '[[verified]]\nrule = "uhc-appeal-65"\non = 2026-11-01\nby = "dana"\n')
    changed = change(desk, made.number, Wanted(reason=AppealReason.OTHER), NOW)
    assert changed.record.deadline is not None
    assert (changed.record.deadline.day, changed.record.deadline.rule) == (denied.day(45), "uhc-appeal-65")
    assert not any("No last day is known" in one.what for one in changed.findings)


def test_a_mistake_in_the_offices_rules_is_told_with_its_line(desk: Desk, drafted: Draft) -> None:
    contract = 'id = "contract"\nevent = "appeal-first"\ndays = 45\nmonths = 2\nanchor = "notice"\nsource = "p. 9"\n'
    office_rules(desk, f"# ours\n[[rules]]\n{contract}")
    with pytest.raises(SettingsWrong, match=r"deadlines\.toml, line 2, rules\[1\]: one of 'days', 'months'"):
        drafted(denied.PARTLY)


def test_without_a_template_there_is_no_argument(drafted: Draft) -> None:
    made = drafted(denied.NO_TEMPLATE)
    assert (made.record.argument, made.template) == ("", None)
    assert made.missing == ("it has no argument: write one (`--argument FILE`)",)


def test_the_offices_template_comes_before_the_starter_and_is_checked(desk: Desk, drafted: Draft) -> None:
    template = desk.office.folder / "appeals" / "carc-50.txt"
    template.write_text("Ours for {payer}.")
    with pytest.raises(SettingsWrong, match=r"carc-50\.txt, line 1: there is no placeholder \{payer\}"):
        drafted(denied.PARTLY)
    template.write_text("Ours for {claim_number}, {lines}, by {practice}.")
    made = drafted(denied.PARTLY)
    assert made.record.argument == "Ours for 2026000001, line 1, by Lakeside Family Practice."
    assert made.missing == ()
    assert made.template == "appeals/carc-50.txt"


def test_proof_that_is_not_here_leaves_a_gap(drafted: Draft, records: Paper) -> None:
    made = drafted(denied.LATE, attach=(records,))
    assert made.missing == ("the argument has a gap: accepted on",)


@pytest.mark.parametrize(
    ("content_of_file", "why"),
    [
        (b"MZ\x90\0" + b"\0" * 200, "no kind that can be checked"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 200 + b"IEND\xaeB`\x82", "PNG by its content"),
        (protected("secret"), "protected"),
        (pdf()[:-300], "damaged"),
        (b"%PDF-", "less than 100 bytes"),
        (b"%PDF-" + b"\0" * 100_000, "more than 97.7 kB"),
    ],
)
def test_a_document_that_the_portal_would_not_take_stops_the_draft(
    desk: Desk, drafted: Draft, tmp_path: Path, content_of_file: bytes, why: str
) -> None:
    file = tmp_path / "Quillfeather.pdf"
    file.write_bytes(content_of_file)
    with pytest.raises(AttachmentRefused) as refused:
        drafted(denied.PARTLY, attach=(Paper(file, AttachmentKind.LETTER),))
    assert why in str(refused.value)
    assert str(refused.value).startswith("Document 1 (letter) was not taken.")
    assert "Quillfeather" not in str(refused.value)
    assert not list(appeals.list_all(desk.practice.id))


def test_documents_are_counted_with_those_that_are_there(desk: Desk, drafted: Draft, records: Paper) -> None:
    made = drafted(denied.PARTLY, attach=(records,))
    with pytest.raises(AttachmentRefused, match="one document is there twice"):
        change(desk, made.number, Wanted(attach=(records,)), NOW)
    others = []
    assert isinstance(records.source, Path)
    for number in (1, 2):
        path = records.source.with_name(f"{number}.pdf")
        path.write_bytes(pdf(number))
        others.append(Paper(path, AttachmentKind.MEDICAL_RECORDS))
    with pytest.raises(AttachmentRefused, match="3 documents, and the portal takes 2"):
        change(desk, made.number, Wanted(attach=tuple(others)), NOW)
    changed = change(desk, made.number, Wanted(attach=tuple(others), detach=("records-1.pdf",)), NOW)
    assert [one.filename for one in changed.record.attachments] == ["records-1.pdf", "records-2.pdf"]
    assert [one.pages for one in changed.record.attachments] == [1, 2]


def test_a_change_ends_the_approval_and_follows_the_lines(desk: Desk, drafted: Draft, letter: Path) -> None:
    made = drafted(denied.PARTLY, argument=letter)
    assert made.record.argument == "Our words: line 1 of 2026000001, $40.50."
    assert (made.missing, made.template) == ((), None)
    appeals.approve(made.number, desk.actor, NOW, rules=denied.RULES, seen=made.record.digest)
    changed = change(desk, made.number, Wanted(lines=("3", "1")), NOW)
    assert (changed.record.stage, changed.record.lines) == ("draft", ("1", "3"))
    assert (changed.record.amount, changed.record.carcs) == (Decimal("60.50"), ("151", "50"))
    # A person's words follow by their placeholders.
    assert changed.record.argument == "Our words: lines 1, 3 of 2026000001, $60.50."
    assert changed.missing == ()
    with pytest.raises(DraftRefused, match="Line 2 was paid"):
        change(desk, made.number, Wanted(lines=("2",)), NOW)


def test_words_that_cannot_follow_the_lines_wait_until_they_are_read_again(
    desk: Desk, drafted: Draft, letter: Path, records: Paper
) -> None:
    letter.write_text("Line 1 was needed. We ask for {amount}.")
    made = drafted(denied.PARTLY, argument=letter)
    changed = change(desk, made.number, Wanted(lines=("1", "3")), NOW)
    again = "the argument has a gap: It was written for line 1: read it again, and give it anew with `--argument FILE`"
    assert changed.missing == (again,)
    assert changed.record.argument.endswith("Line 1 was needed. We ask for $60.50.")
    # A change of something else does not close it; the text given anew does.
    assert change(desk, made.number, Wanted(attach=(records,)), NOW).missing == (again,)
    assert change(desk, made.number, Wanted(argument=letter), NOW).missing == ()


def test_an_argument_that_names_what_is_enclosed_waits_for_a_document(
    desk: Desk, drafted: Draft, letter: Path, records: Paper
) -> None:
    letter.write_text("Records: {attachments}.")
    made = drafted(denied.PARTLY, argument=letter)
    (held,) = made.missing
    assert held.startswith("the argument speaks of enclosures, and nothing is enclosed")
    attached = change(desk, made.number, Wanted(attach=(records,)), NOW)
    assert (attached.record.argument, attached.missing) == ("Records: records-1.pdf (3 pages).", ())
    detached = change(desk, made.number, Wanted(detach=("records-1.pdf",)), NOW)
    assert detached.missing == (held,)
    assert [one.note for one in appeals.events(desk.practice.id, number=made.number)] == [
        "", "argument", "records-1.pdf", "argument", "records-1.pdf",
    ]  # fmt: skip


def test_a_notice_from_before_the_service_is_a_slip(desk: Desk, drafted: Draft) -> None:
    with pytest.raises(NoticeTooEarly, match="dated before the service"):
        drafted(denied.NO_DAY, notice=date(2020, 1, 1))
    assert not list(appeals.list_all(desk.practice.id))
    made = drafted(denied.NO_DAY)
    with pytest.raises(NoticeTooEarly):
        change(desk, made.number, Wanted(notice=date(2020, 1, 1)), NOW)


def test_a_notice_later_than_the_payers_own_day_moves_no_deadline(desk: Desk, drafted: Draft) -> None:
    made = drafted(denied.PARTLY, notice=denied.day(-2))
    assert made.record.deadline is not None
    assert (made.record.deadline.day, made.record.deadline.anchor_date) == (denied.day(50), denied.day(-10))
    assert any("later than the payer's own day of the decision" in one.what for one in made.findings)
    earlier = change(desk, made.number, Wanted(notice=denied.day(-12)), NOW)
    assert earlier.record.deadline is not None
    assert earlier.record.deadline.day == denied.day(48)
    assert not any("later than" in one.what for one in earlier.findings)


def test_an_argument_that_the_template_made_follows_a_change(desk: Desk, drafted: Draft, records: Paper) -> None:
    made = drafted(denied.PARTLY)
    changed = change(desk, made.number, Wanted(lines=("1", "3"), attach=(records,)), NOW)
    assert "on lines 1, 3, denied with adjustment reason 50, 151. The amount in dispute is $60.50." in (
        changed.record.argument
    )
    assert changed.record.argument.endswith("Enclosed: records-1.pdf (3 pages)")
    only = change(desk, made.number, Wanted(lines=("3",)), NOW)
    assert only.template == "the starter template carc-151.txt"
    assert "The number of services was needed" in only.record.argument


def test_a_day_that_the_portal_does_not_show_is_given_by_a_person(desk: Desk, drafted: Draft, letter: Path) -> None:
    made = drafted(denied.NO_DAY, argument=letter)
    assert made.record.deadline is None
    assert made.missing == ("no last day is known: give the day of the payer's notice (`--notice YYYY-MM-DD`)",)
    changed = change(desk, made.number, Wanted(notice=denied.day(-20)), NOW)
    assert changed.record.deadline is not None
    assert changed.record.deadline.day == denied.day(40)
    assert changed.missing == ()


def test_a_draft_cannot_be_approved_after_its_last_day(desk: Desk, drafted: Draft, letter: Path) -> None:
    made = drafted(denied.PARTLY, argument=letter)
    later = change(desk, made.number, Wanted(reason=AppealReason.OTHER), NOW + timedelta(days=51))
    assert later.missing == (f"its last day was {denied.day(50)}",)


def test_what_was_given_up_is_not_changed(desk: Desk, drafted: Draft, letter: Path) -> None:
    made = drafted(denied.PARTLY)
    appeals.withdraw(made.number, desk.actor, NOW)
    with pytest.raises(AppealFixed):
        change(desk, made.number, Wanted(argument=letter), NOW)


def remitted(number: int, *told: str, paid: str = "0.00") -> RemitClaim:
    """The payer's decision on this claim in a remittance, with these adjustments."""
    adjustments = tuple(
        RemitAdjustment(group=one.group, carc=one.carc, amount=one.amount) for one in map(denied.adjustment, told)
    )
    claim = decided(number, paid=paid, status="4", payer_claim_number=f"20260{number:05}")
    lines = (claim.lines[0].model_copy(update={"adjustments": adjustments, "remark_codes": ("N130",)}),)
    return claim.model_copy(update={"lines": lines, "remark_codes": ()})


def came(desk: Desk, *claims: RemitClaim, days: int = 12, trace: str = "T1") -> None:
    """These decisions came in a remittance of so many days ago."""
    keep(sealed(payment(*claims, trace=trace, paid_on=denied.day(-days)), name=trace), by_import(desk.actor))


def test_where_nobody_asked_the_portal_the_remittance_tells_of_the_denial(desk: Desk, drafted: Draft) -> None:
    denied.bring_in(desk.actor, desk.robot, [denied.NOT_ASKED])
    came(desk, remitted(denied.NOT_ASKED, "CO 50 100.50", "CO 45 20.00"))
    made = drafted(denied.NOT_ASKED)
    record = made.record
    assert made.told_by == "remittance"
    assert (record.lines, record.amount, record.carcs, record.rarcs) == (("1",), Decimal("100.50"), ("50",), ("N130",))
    assert record.payer_claim_number == "2026000004"
    assert record.deadline is not None
    assert record.deadline.anchor_date == denied.day(-12)


def test_the_remittance_says_why_where_the_page_does_not(desk: Desk, drafted: Draft) -> None:
    denied.bring_in(desk.actor, desk.robot, [denied.SILENT])
    came(desk, remitted(denied.SILENT, "CO 197 120.50"))
    record = drafted(denied.SILENT).record
    assert (record.carcs, record.reason) == (("197",), AppealReason.AUTHORIZATION)
    # Two days are told of one decision: the earlier one counts until somebody has looked.
    assert record.deadline is not None
    assert record.deadline.anchor_date == denied.day(-12)


def test_a_page_and_a_remittance_that_contradict_each_other_are_for_a_person(desk: Desk, drafted: Draft) -> None:
    denied.bring_in(desk.actor, desk.robot, [denied.SILENT])
    came(desk, remitted(denied.SILENT, "CO 197 100.50", paid="20.00"), days=9)
    with pytest.raises(DraftRefused, match="do not tell of the same payment"):
        drafted(denied.SILENT)
    assert drafted(denied.SILENT, anyway="the remittance is of another claim").record.carcs == ()


def test_a_page_that_was_decided_later_than_the_remittance_is_believed(desk: Desk, drafted: Draft) -> None:
    denied.bring_in(desk.actor, desk.robot, [denied.SILENT])
    came(desk, remitted(denied.SILENT, "CO 197 100.50", paid="20.00"))
    assert drafted(denied.SILENT).record.amount == Decimal("120.50")


def test_a_decision_that_was_taken_back_is_passed_over(desk: Desk, drafted: Draft) -> None:
    denied.bring_in(desk.actor, desk.robot, [denied.NOT_ASKED])
    first = remitted(denied.NOT_ASKED, "CO 50 120.50")
    came(desk, first)
    came(desk, reversed_claim(first, 1), days=4, trace="T2")
    with pytest.raises(DraftRefused, match="Nobody has asked yet"):
        drafted(denied.NOT_ASKED)
    came(desk, remitted(denied.NOT_ASKED, "CO 45 20.00", paid="100.50"), days=2, trace="T3")
    with pytest.raises(DraftRefused, match="Nothing of this claim was denied"):
        drafted(denied.NOT_ASKED)


def test_the_second_level_counts_from_the_decision_on_the_first(desk: Desk, drafted: Draft, letter: Path) -> None:
    made = drafted(denied.PARTLY, argument=letter)
    first = models.Appeal.objects.filter(pk=made.number)
    first.update(stage=AppealStage.DECIDED, decision="upheld", decided_on=denied.day(-5))
    kept = drafted(denied.PARTLY, level=AppealLevel.SECOND).record.deadline
    assert kept is not None
    assert (kept.day, kept.rule, kept.anchor_date) == (denied.day(55), "aetna-appeal-60", denied.day(-5))
    # What the payer itself has written counts before every rule.
    first.update(next_level_due=denied.day(20))
    changed = change(desk, made.number + 1, Wanted(level=AppealLevel.SECOND), NOW).record.deadline
    assert changed is not None
    assert (changed.day, changed.rule) == (denied.day(20), "stated-by-the-payer")


@pytest.mark.parametrize(
    ("text", "why"),
    [(b"\xff\xfe", "not UTF-8"), (b"x" * 100_001, "more than 100,000 bytes"), (b"{payer}", "no placeholder {payer}")],
)
def test_a_file_that_is_no_argument_is_refused(drafted: Draft, letter: Path, text: bytes, why: str) -> None:
    letter.write_bytes(text)
    with pytest.raises(DraftRefused) as refused:
        drafted(denied.PARTLY, argument=letter)
    assert why in str(refused.value)


def test_a_document_lies_sealed(desk: Desk, drafted: Draft, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes(pdf(1).replace(b"%%EOF", b"%Zcanary\n%%EOF"))
    drafted(denied.PARTLY, attach=(Paper(file, AttachmentKind.LETTER),))
    assert isinstance(desk.evidence, SealedFolder)
    sealed = [path for path in desk.evidence.folder.rglob("*") if path.is_file()]
    assert len(sealed) == 1
    assert b"Zcanary" not in sealed[0].read_bytes()
