"""A claim's time-line leaves nothing out: its import, each attempt, each answer, each case that touched it."""

from datetime import timedelta

import pytest

from flows.outcomes import Code, Ending
from ledger import cases, models, work
from ledger.accounts import Actor
from ledger.errors import NotThere
from ledger.evidence import Evidence, EvidenceFile, EvidenceKind
from ledger.lanes import Lease
from ledger.states import CaseState, ItemState, Resolution
from ledger.time_line import time_lines
from tests.ledger.office import NOW, PORTAL, bring_in, digest, ended, not_found, paid, question

MINUTE = timedelta(minutes=1)


def test_what_happened_to_a_claim_is_all_there_in_its_order(lease: Lease, robot: Actor, person: Actor) -> None:
    bring_in([1, 2], robot)
    outcomes = [not_found(), ended(Ending.NEEDS_STAFF, Code.DATA_UNMAPPED), paid()]
    for minute, outcome in enumerate(outcomes):
        now = NOW + minute * MINUTE
        item = work.next_item(lease, now)
        assert item is not None
        files = (EvidenceFile(name=f"blob-{minute}", sha256="0" * 64, size=9, kind=EvidenceKind.PAGE),)
        found = Evidence(wrapped_key=b"key", files=files) if minute != 1 else None
        finished = work.finish(lease, item, outcome, now, evidence_found=found)
        if finished.case_id is not None:
            cases.close(finished.case_id, person, Resolution.ASK_AGAIN, now)
        models.WorkItem.objects.filter(pk=item.id).update(state=ItemState.READY, not_before=NOW - MINUTE)
    (line,) = time_lines(person.practice_id, "ACCT-000001")
    assert line.question == question(1)
    assert (line.form, line.imported_at, line.state) == (1, NOW, ItemState.READY)
    assert [(attempt.ending, attempt.code, attempt.evidence) for attempt in line.attempts] == [
        (Ending.NEGATIVE, None, 1),
        (Ending.NEEDS_STAFF, Code.DATA_UNMAPPED, 0),
        (Ending.ANSWERED, None, 1),
    ]
    assert [(answer.version, answer.ending) for answer in line.answers] == [(1, Ending.NEGATIVE), (2, Ending.ANSWERED)]
    (case,) = line.cases
    assert (case.code, case.state, case.closed_by) == (Code.DATA_UNMAPPED, CaseState.CLOSED, "dana")
    (other,) = time_lines(person.practice_id, "ACCT-000002", PORTAL)
    assert (other.attempts, other.answers, other.cases) == ((), (), ())


def test_evidence_whose_key_was_deleted_is_not_promised(lease: Lease, robot: Actor) -> None:
    bring_in([1], robot)
    item = work.next_item(lease, NOW)
    assert item is not None
    files = (EvidenceFile(name="blob", sha256="0" * 64, size=9, kind=EvidenceKind.PAGE),)
    work.finish(lease, item, paid(), NOW, evidence_found=Evidence(wrapped_key=b"key", files=files))
    models.EvidenceKey.objects.all().delete()
    (line,) = time_lines(robot.practice_id, "ACCT-000001")
    assert line.attempts[0].evidence == 0


def test_a_case_that_many_claims_wait_for_is_in_the_time_line_of_each(lease: Lease, robot: Actor) -> None:
    bring_in([1, 2], robot)
    drift = ended(Ending.DRIFT, Code.TECH_LAYOUT, view="results")
    for _ in range(2):
        item = work.next_item(lease, NOW)
        assert item is not None
        work.finish(lease, item, drift, NOW)
    first, second = (time_lines(robot.practice_id, f"ACCT-00000{number}")[0] for number in (1, 2))
    assert [case.id for case in first.cases] == [case.id for case in second.cases]
    assert len(first.cases) == 1


def test_a_claim_that_an_import_changed_says_so(robot: Actor) -> None:
    bring_in([1], robot)
    work.import_claims([question(1, billed="7.00")], robot, NOW + MINUTE, digest=digest)
    (line,) = time_lines(robot.practice_id, "ACCT-000001")
    assert (line.form, line.imported_at) == (2, NOW + MINUTE)


def test_an_unknown_claim_is_told_without_its_number(robot: Actor) -> None:
    bring_in([1], robot)
    for number, portal in (("ACCT-999999", None), ("ACCT-000001", "elsewhere")):
        with pytest.raises(NotThere) as told:
            time_lines(robot.practice_id, number, portal)
        assert number not in str(told.value)
