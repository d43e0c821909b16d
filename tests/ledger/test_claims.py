"""The work list comes in whole, and the same list twice changes nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from flows.outcomes import Code, Ending
from flows.questions import ClaimStatus
from ledger import models, work
from ledger.accounts import Actor
from ledger.lanes import Lease
from ledger.states import ItemState
from ledger.work import ImportResult
from tests.ledger.office import NOW, digest, ended, everything, question


def bring(rows: list[ClaimStatus], actor: Actor) -> ImportResult:
    return work.import_claims(rows, actor, NOW, digest=digest)


def test_the_same_list_twice_changes_nothing(robot: Actor) -> None:
    rows = [question(number) for number in range(1200)]
    assert bring(rows, robot) == ImportResult(1200, 0, 0, ())
    before = everything()
    assert bring(rows, robot) == ImportResult(0, 0, 1200, ())
    after = everything()
    assert before.pop("AuditEntry") != after.pop("AuditEntry")
    assert before == after


def test_a_changed_claim_is_asked_again(robot: Actor, lease: Lease) -> None:
    bring([question(1), question(2)], robot)
    item = work.next_item(lease, NOW)
    assert item is not None
    work.finish(lease, item, ended(Ending.NEEDS_STAFF, Code.DATA_INPUT), NOW)
    assert bring([question(1, last_name="Quill-Feather"), question(2)], robot) == ImportResult(0, 1, 1, ())
    again = models.WorkItem.objects.get(pk=item.id)
    assert again.claim is not None
    assert (again.state, again.claim.revision, again.claim.patient.last_name) == (ItemState.READY, 2, "Quill-Feather")


def test_rows_that_can_not_be_are_rejected_and_the_others_taken(robot: Actor) -> None:
    ends_first = question(2).model_copy(
        update={"claim": question(2).claim.model_copy(update={"service_to": date(2025, 1, 1)})}
    )
    half_a_cent = question(3).model_copy(
        update={"claim": question(3).claim.model_copy(update={"billed": Decimal("1.005")})}
    )
    rows = [question(1), ends_first, half_a_cent, question(1), question(1, billed="7.00"), question(4, billed="-1.00")]
    result = bring(rows, robot)
    assert replace(result, rejected=()) == ImportResult(1, 0, 1, ())
    assert [rejected.row for rejected in result.rejected] == [2, 3, 5, 6]
    assert models.Claim.objects.get().billed_cents == 12050


def test_an_import_that_breaks_off_brings_nothing_in(robot: Actor) -> None:
    def breaks() -> Iterator[ClaimStatus]:
        yield from map(question, range(700))
        raise OSError("the list ended in the middle")

    with pytest.raises(OSError, match="middle"):
        work.import_claims(breaks(), robot, NOW, digest=digest)
    assert not models.Claim.objects.exists()
    assert not models.Patient.objects.exists()


def test_two_claims_of_one_patient_share_the_patient(robot: Actor) -> None:
    second = question(1).model_copy(
        update={"claim": question(1).claim.model_copy(update={"patient_account_number": "ACCT-X"})}
    )
    bring([question(1), second], robot)
    assert (models.Claim.objects.count(), models.Patient.objects.count()) == (2, 1)
