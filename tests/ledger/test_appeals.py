"""Appeals and the people who answer for them: what is drafted once, approved by a person, and theirs until pressed."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from flows.appeal_rules import AppealRules
from flows.questions import Appeal, AppealLevel, Flow
from ledger import appeals, audit, cases, models, runs, work
from ledger.accounts import Actor, ensure_account, ensure_practice
from ledger.appeals import AppealChange, AppealStage, Happening
from ledger.errors import AppealExists, AppealFixed, NotAPerson, NotThere, RecordWrong
from ledger.lanes import Lease
from ledger.states import ItemState
from ledger.time_line import time_lines
from tests.ledger.appeals import ARGUMENT, RULES, approve, approved, document, draft_of, drafted
from tests.ledger.office import NOW, PORTAL, bring_in, digest, question

HOUR = timedelta(hours=1)


@pytest.fixture
def stranger(practice: object) -> Actor:
    """A person of another practice."""
    other = ensure_practice("Hillside Clinic", "987654321")
    return ensure_account("sam", is_robot=False, practice=other, now=NOW)


def happenings(number: int, person: Actor) -> list[str]:
    return [event.what.value for event in appeals.events(person.practice_id, number=number)]


def test_a_draft_is_kept_whole_and_nothing_is_asked_of_the_portal(person: Actor) -> None:
    number = drafted(person)
    record = appeals.get(person.practice_id, number)
    wanted = draft_of()
    for name in type(wanted).model_fields:
        if name != "rules":
            assert getattr(record, name) == getattr(wanted, name), name
    assert (record.stage, record.drafted_by, record.drafted_at) == (AppealStage.DRAFT, "dana", NOW)
    assert (record.approved_by, record.pressed_at, record.confirmation, record.next_look) == (None, None, None, None)
    assert record.question.claim == question(1).claim.model_copy(update={"payer_claim_number": "2026-000001"})
    assert record.question.patient == question(1).patient
    assert len(record.reference) == 32
    assert not models.WorkItem.objects.filter(flow=Flow.APPEAL).exists()


def test_an_approval_puts_exactly_what_was_seen_on_the_work_list(person: Actor, take: Callable[..., Lease]) -> None:
    number = drafted(person)
    file, attachment = document()
    appeals.attach(number, file, attachment, person, NOW)
    approve(number, person, NOW + HOUR)
    record = appeals.get(person.practice_id, number)
    assert (record.stage, record.approved_by, record.approved_at) == (AppealStage.APPROVED, "dana", NOW + HOUR)
    lease = take(after=HOUR)
    runs.start(lease, Flow.APPEAL, NOW + HOUR)
    assert work.next_item(lease, NOW) is None
    item = work.next_item(lease, NOW + HOUR)
    assert item is not None
    assert isinstance(item.question, Appeal)
    assert item.question == record.question
    assert (item.question.attachments, item.question.pressed) == ((attachment,), False)
    assert happenings(number, person) == ["drafted", "attached", "approved"]


def test_only_a_person_may_approve_withdraw_or_settle(person: Actor, robot: Actor) -> None:
    number = drafted(person)
    with pytest.raises(NotAPerson):
        approve(number, robot)
    with pytest.raises(NotAPerson):
        appeals.withdraw(number, robot, NOW)
    with pytest.raises(NotAPerson):
        appeals.settle(number, robot, NOW, filed=True)
    assert appeals.get(person.practice_id, number).stage is AppealStage.DRAFT


def test_what_was_changed_since_it_was_shown_is_not_approved(person: Actor) -> None:
    number = drafted(person)
    seen = appeals.get(person.practice_id, number).digest
    appeals.change(number, AppealChange(amount=Decimal("80.41")), person, NOW)
    with pytest.raises(RecordWrong, match="changed since it was shown"):
        appeals.approve(number, person, NOW, rules=RULES, seen=seen)
    assert appeals.get(person.practice_id, number).stage is AppealStage.DRAFT


@pytest.mark.parametrize(
    ("lacking", "changed"), [("argument", {"argument": " \n"}), ("amount", {"amount": Decimal(0)})]
)
def test_an_incomplete_draft_is_not_approved(person: Actor, lacking: str, changed: dict[str, Any]) -> None:
    number = drafted(person, **changed)
    with pytest.raises(RecordWrong, match=f"has no {lacking}"):
        approve(number, person)


@pytest.mark.parametrize("act", ["change", "attach", "detach"])
def test_a_change_after_the_approval_ends_the_approval(person: Actor, lease: Lease, act: str) -> None:
    number = drafted(person)
    file, attachment = document()
    appeals.attach(number, file, attachment, person, NOW)
    approve(number, person)
    if act == "change":
        appeals.change(number, AppealChange(argument="Other words."), person, NOW)
    elif act == "attach":
        appeals.attach(number, *document("b"), person, NOW)
    else:
        appeals.detach(number, attachment.filename, person, NOW)
    record = appeals.get(person.practice_id, number)
    assert (record.stage, record.approved_by, record.next_look) == (AppealStage.DRAFT, None, None)
    assert "approval-ended" in happenings(number, person)
    runs.start(lease, Flow.APPEAL, NOW)
    assert work.next_item(lease, NOW) is None
    approve(number, person)
    assert work.next_item(lease, NOW) is not None


def test_a_change_that_changes_nothing_leaves_the_approval(person: Actor) -> None:
    number = approved(person)
    appeals.change(number, AppealChange(argument=ARGUMENT, lines=("3", "1")), person, NOW)
    assert appeals.get(person.practice_id, number).stage is AppealStage.APPROVED


def test_an_approval_does_not_cover_a_claim_that_an_import_corrected(person: Actor, robot: Actor, lease: Lease) -> None:
    numbers = [approved(person, 1), approved(person, 2)]
    work.import_claims([question(1, last_name="Quill")], robot, NOW, digest=digest)
    runs.start(lease, Flow.APPEAL, NOW)
    item = work.next_item(lease, NOW)
    assert item is not None
    assert item.question == appeals.get(person.practice_id, numbers[1]).question
    assert appeals.get(person.practice_id, numbers[0]).stage is AppealStage.DRAFT
    (case,) = cases.list_open(person.practice_id)
    assert (case.code, case.number, case.items) == ("POL-APPROVAL", "ACCT-000001", 0)
    assert work.next_item(lease, NOW) is None


def test_the_same_line_is_contested_once_at_a_level(person: Actor) -> None:
    first = drafted(person)
    for lines in (("1", "3"), ("3",), ("3", "4"), ()):
        with pytest.raises(AppealExists) as told:
            drafted(person, lines=lines, payer_claim_number="2026 000001")
        assert told.value.number == first
    other = drafted(person, lines=("2",))
    drafted(person, level=AppealLevel.SECOND)
    with pytest.raises(AppealExists):
        appeals.change(other, AppealChange(lines=("2", "3")), person, NOW)
    with pytest.raises(AppealExists):
        appeals.change(other, AppealChange(level=AppealLevel.SECOND, lines=("1",)), person, NOW)
    assert appeals.get(person.practice_id, other).lines == ("2",)
    appeals.withdraw(first, person, NOW, note="coded anew")
    drafted(person)


def test_the_database_itself_keeps_one_living_intent(person: Actor) -> None:
    row = models.Appeal.objects.get(pk=drafted(person))
    row.pk, row.reference = None, "f" * 32
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_the_database_itself_makes_nothing_that_was_pressed_a_draft_again(person: Actor) -> None:
    number = approved(person)
    rows = models.Appeal.objects.filter(pk=number)
    for columns in ({"pressed_at": NOW}, {"pressed_at": NOW, "stage": "pressing", "approved_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**columns)


def test_what_is_withdrawn_is_not_asked(person: Actor, lease: Lease) -> None:
    number = approved(person)
    appeals.withdraw(number, person, NOW, note="The payer paid it.")
    runs.start(lease, Flow.APPEAL, NOW)
    assert work.next_item(lease, NOW) is None
    assert appeals.events(person.practice_id, number=number)[-1].note == "The payer paid it."
    acts: list[Callable[[], object]] = [
        lambda: appeals.withdraw(number, person, NOW),
        lambda: approve(number, person),
        lambda: appeals.change(number, AppealChange(argument="x"), person, NOW),
        lambda: appeals.settle(number, person, NOW, filed=False),
    ]
    for act in acts:
        with pytest.raises(AppealFixed):
            act()


def test_another_practice_sees_and_does_nothing(person: Actor, stranger: Actor) -> None:
    number = approved(person)
    acts: list[Callable[[], object]] = [
        lambda: appeals.get(stranger.practice_id, number),
        lambda: appeals.change(number, AppealChange(argument="x"), stranger, NOW),
        lambda: appeals.attach(number, *document(), stranger, NOW),
        lambda: appeals.detach(number, "x", stranger, NOW),
        lambda: appeals.approve(number, stranger, NOW, rules=RULES, seen=""),
        lambda: appeals.withdraw(number, stranger, NOW),
        lambda: appeals.settle(number, stranger, NOW, filed=True),
        lambda: appeals.draft(draft_of(), stranger, NOW),
    ]
    for act in acts:
        with pytest.raises(NotThere):
            act()
    assert list(appeals.list_all(stranger.practice_id)) == []
    assert appeals.events(stranger.practice_id, number=number) == ()
    assert appeals.waiting(stranger.practice_id) == {}
    assert appeals.get(person.practice_id, number).stage is AppealStage.APPROVED


def test_the_list_has_the_first_deadline_first(person: Actor) -> None:
    early = draft_of().deadline
    assert early is not None
    late = early.model_copy(update={"day": date(2026, 12, 1)})
    numbers = [drafted(person, 1, deadline=late), drafted(person, 2, deadline=None), drafted(person, 3)]
    listed = [record.number for record in appeals.list_all(person.practice_id)]
    assert listed == [numbers[2], numbers[0], numbers[1]]
    approve(numbers[0], person)
    by_stage = appeals.list_all(person.practice_id, stages=[AppealStage.APPROVED], portal=PORTAL)
    assert [record.number for record in by_stage] == [numbers[0]]
    (item,) = appeals.waiting(person.practice_id)[PORTAL]
    assert models.WorkItem.objects.get(pk=item).appeal_id == numbers[0]
    assert appeals.waiting(person.practice_id, numbers=[numbers[1]]) == {}


def test_what_no_database_could_keep_is_refused(person: Actor) -> None:
    bring_in([1], person)
    for changed in (
        {"payer_claim_number": " - "},
        {"payer_claim_number": "9" * 201},
        {"amount": Decimal("-1")},
        {"amount": Decimal("1.005")},
        {"argument": "x" * 100_001},
        {"argument": "nul \0"},
        {"lines": tuple(map(str, range(300)))},
        {"carcs": ("\0",)},
    ):
        with pytest.raises(RecordWrong):
            appeals.draft(draft_of(**changed), person, NOW)
    assert not models.Appeal.objects.exists()


def test_a_document_goes_with_an_appeal_once_and_is_what_was_described(person: Actor) -> None:
    number = drafted(person)
    file, attachment = document()
    appeals.attach(number, file, attachment, person, NOW)
    with pytest.raises(RecordWrong):
        appeals.attach(number, file, attachment.model_copy(update={"filename": "other.pdf"}), person, NOW)
    other, described = document("b")
    with pytest.raises(RecordWrong):
        appeals.attach(number, other, attachment, person, NOW)
    appeals.attach(number, other, described, person, NOW)
    appeals.detach(number, attachment.filename, person, NOW)
    assert appeals.get(person.practice_id, number).attachments == (described,)
    with pytest.raises(NotThere):
        appeals.detach(number, attachment.filename, person, NOW)


def test_each_step_is_in_the_audit_log_without_a_word_of_the_appeal(person: Actor) -> None:
    number = drafted(person)
    appeals.attach(number, *document(), person, NOW)
    approve(number, person)
    appeals.change(number, AppealChange(argument="Canary argument."), person, NOW, note="canary note")
    appeals.withdraw(number, person, NOW, note="canary note")
    entries = models.AuditEntry.objects.filter(object_type="appeal").order_by("sequence")
    assert [entry.action for entry in entries] == [
        "appeal.drafted", "appeal.attached", "appeal.approved", "appeal.approval-ended", "appeal.changed",
        "appeal.withdrawn",
    ]  # fmt: skip
    assert {entry.object_id for entry in entries} == {str(number)}
    assert '"argument"' in entries[4].fields
    for entry in models.AuditEntry.objects.values():
        text = str(entry)
        assert "anary" not in text
        assert ARGUMENT not in text
    assert audit.verify().ok


def test_a_claim_s_time_line_tells_of_its_appeals(person: Actor) -> None:
    number = approved(person)
    drafted(person, 2)
    (line,) = time_lines(person.practice_id, "ACCT-000001")
    assert [(event.number, event.what) for event in line.appeals] == [
        (number, Happening.DRAFTED),
        (number, Happening.APPROVED),
    ]
    (of_appeal,) = time_lines(person.practice_id, str(number), flow=Flow.APPEAL)
    assert (of_appeal.number, of_appeal.state) == (str(number), ItemState.READY)
    for unknown in ("999", "nine", "9" * 40):
        with pytest.raises(NotThere):
            time_lines(person.practice_id, unknown, flow=Flow.APPEAL)


def test_the_payer_s_rules_of_the_day_of_approval_count(person: Actor) -> None:
    number = drafted(person)
    approve(number, person, rules=AppealRules(listed_after_hours=3, first_check_days=30, decision_days=45))
    row = models.Appeal.objects.get(pk=number)
    assert (row.listed_after_hours, row.first_check_days, row.decision_days) == (3, 30, 45)
