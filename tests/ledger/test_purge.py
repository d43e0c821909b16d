"""What has been kept for as long as its rule says goes, whole and without a trace of a patient; what is held stays."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import ProtectedError

from flows.retention import DAYS, Kind
from ledger import audit, document_files, evidence, legal_holds, models, purge
from ledger.accounts import Practice
from ledger.document_files import Source
from ledger.errors import NotThere, RecordWrong
from ledger.legal_holds import HeldWhat
from ledger.purge_rows import rows_of
from ledger.states import CaseState
from tests.ledger.office import NOW, PORTAL, bring_in
from tests.ledger.two_practices import Desk, World, desk_of, filled
from vault.envelope import KeyEncryptionKey
from vault.sealed import SealedFolder, Sealer
from vault.secret import Secret

CLAIM = "ACCT-000001"
LATER = NOW + timedelta(days=20 * 366)


@pytest.fixture
def folder(tmp_path: Path) -> SealedFolder:
    return SealedFolder(tmp_path / "evidence", Sealer(KeyEncryptionKey(Secret(bytes(range(32)))), "vault"))


@pytest.fixture
def desk(practice: Practice) -> Desk:
    return desk_of(practice, "dana")


@pytest.fixture
def world(desk: Desk, folder: SealedFolder) -> World:
    """Rows of every kind, and nothing left to do about any of them."""
    world = filled(desk, folder)
    models.LegalHold.objects.update(released_at=NOW)
    models.Case.objects.update(state=CaseState.CLOSED, closed_at=NOW)
    models.Task.objects.update(state="settled", closed_at=NOW)
    models.WorkItem.objects.update(state="done", due_at=None, lane=None)
    models.Hold.objects.update(ended_at=NOW)
    models.PlanClaim.objects.update(living=False)
    models.Appeal.objects.filter(decision="").update(decision="upheld")
    for blob in rows_of(models.EvidenceBlob):
        rows_of(models.EvidenceBlob).filter(pk=blob.pk).update(name=f"{blob.pk:032x}")
        folder.keep(f"{blob.pk:032x}", b"sealed")
    return world


def all_ripe(now: datetime = LATER) -> Mapping[Kind, datetime]:
    return purge.cutoffs(DAYS, now)


@pytest.mark.long
def test_nothing_is_ripe_before_its_rule_says_so(world: World, desk: Desk) -> None:
    soon = NOW + timedelta(days=40)
    assert sum(purge.ripe(desk.id, all_ripe(soon)).values()) == 0
    months = purge.ripe(desk.id, all_ripe(NOW + timedelta(days=120)))
    assert {kind for kind, count in months.items() if count} == {Kind.PAGES}
    assert sum(purge.ripe(desk.id, purge.cutoffs(DAYS, LATER, until=NOW.date() - timedelta(days=400))).values()) == 0


def test_a_purge_removes_what_was_shown_and_leaves_nothing_half(world: World, desk: Desk, folder: SealedFolder) -> None:
    shown = purge.ripe(desk.id, all_ripe())
    assert all(shown[kind] for kind in (Kind.PAGES, Kind.DOCUMENTS, Kind.REMITTANCES, Kind.CLAIMS, Kind.VISITS))
    removed = purge.purge(desk.person, all_ripe(), folder, LATER)
    assert {kind: removed[kind] for kind in (Kind.DOCUMENTS, Kind.REMITTANCES, Kind.CLAIMS, Kind.VISITS)} == {
        kind: shown[kind] for kind in (Kind.DOCUMENTS, Kind.REMITTANCES, Kind.CLAIMS, Kind.VISITS)
    }
    for table in (
        models.Claim, models.Appointment, models.Patient, models.RemitPerson, models.Remittance, models.EvidenceKey,
        models.EvidenceBlob, models.DocumentKey, models.Shredded, models.Appeal, models.PatientPayment,
    ):  # fmt: skip
        assert not table._default_manager.exists(), table
    assert list(folder.names()) == []
    assert sum(purge.ripe(desk.id, all_ripe()).values()) == 0
    connection.check_constraints()
    assert audit.verify().ok
    told = models.AuditEntry.objects.filter(action="purge.remove").values_list("object_id", "result")
    assert {kind: result.split()[0] for kind, result in told} == {k.value: str(n) for k, n in removed.items() if n}
    with pytest.raises(NotThere):
        document_files.content(folder, desk.id, world.rows["document"])
    assert evidence.of_attempt(desk.id, world.rows["attempt"]) is None


@pytest.mark.parametrize(
    "what",
    [
        HeldWhat.PATIENT,
        *(pytest.param(one, marks=pytest.mark.long) for one in (HeldWhat.CLAIM, HeldWhat.PORTAL, HeldWhat.PRACTICE)),
    ],
)
def test_nothing_that_is_held_is_removed_until_it_is_released(
    world: World, desk: Desk, folder: SealedFolder, what: HeldWhat
) -> None:
    named = what in {HeldWhat.CLAIM, HeldWhat.PATIENT}
    number = CLAIM if named else None
    portal = PORTAL if what is not HeldWhat.PRACTICE else None
    hold = legal_holds.place(desk.person, what, "Subpoena of 3 March", NOW, number=number, portal=portal)
    (claim,) = models.Claim.objects.filter(practice_id=desk.id, portal=PORTAL, patient_account_number=CLAIM)
    before = _about(claim)
    assert before["answers"]
    assert before["payments"]
    purge.purge(desk.person, all_ripe(), folder, LATER)
    assert _about(claim) == before
    assert purge.purge_audit(desk.person, LATER, LATER) == 0
    legal_holds.release(desk.person, hold, "The case is settled", LATER)
    purge.purge(desk.person, all_ripe(), folder, LATER)
    assert not models.Claim.objects.exists()
    assert audit.verify().ok


def _about(claim: models.Claim) -> dict[str, list[int]]:
    return {
        "answers": list(models.AnswerVersion.objects.filter(claim=claim).values_list("pk", flat=True)),
        "payments": list(models.RemitClaim.objects.filter(claim=claim).values_list("pk", flat=True)),
        "evidence": list(models.EvidenceBlob.objects.filter(attempt__item__claim=claim).values_list("pk", flat=True)),
        "patients": list(models.Patient.objects.filter(pk=claim.patient_id).values_list("pk", flat=True)),
        "documents": list(
            models.DocumentKey.objects.filter(document__readings__claims__claim=claim).values_list("pk", flat=True)
        ),
    }


@pytest.mark.long
def test_a_claim_that_still_needs_somebody_stays(world: World, desk: Desk, folder: SealedFolder) -> None:
    (claim,) = models.Claim.objects.filter(patient_account_number=CLAIM, practice_id=desk.id)
    models.WorkItem.objects.filter(claim=claim).update(state="ready")
    purge.purge(desk.person, all_ripe(), folder, LATER)
    assert list(models.Claim.objects.values_list("pk", flat=True)) == [claim.pk]


class CutOff(Exception):
    """The process was killed here."""


def test_a_purge_that_was_cut_off_is_ended_by_the_next(
    world: World, desk: Desk, folder: SealedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = models.EvidenceBlob.objects.values_list("name", flat=True)[0]

    def killed(_store: object) -> int:
        if models.Shredded.objects.exists():
            raise CutOff
        return 0

    with monkeypatch.context() as patch:
        patch.setattr(purge, "remove_files", killed)
        with pytest.raises(CutOff):
            purge.purge(desk.person, all_ripe(), folder, LATER)
    assert name in set(folder.names())
    assert not models.EvidenceBlob.objects.filter(name=name).exists()
    purge.purge(desk.person, all_ripe(), folder, LATER)
    assert list(folder.names()) == []
    assert not models.Shredded.objects.exists()


@pytest.mark.long
def test_a_row_that_something_else_needs_stays_and_the_others_go(
    world: World, desk: Desk, folder: SealedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = models.ReportMade.objects.order_by("pk").first()
    assert kept is not None
    more = models.ReportMade.objects.create(practice_id=desk.id, name="x", asked_at=NOW, account_id=kept.account_id)
    usual = purge._WAYS[Kind.REPORTS]

    def refuse(ids: list[int], now: datetime) -> None:
        if kept.pk in ids:
            raise ProtectedError("needed", set())
        usual.remove(ids, now)

    monkeypatch.setattr(purge, "_WAYS", {**purge._WAYS, Kind.REPORTS: purge._Way(usual.ripe, refuse)})
    removed = purge.purge(desk.person, all_ripe(), folder, LATER)
    assert removed[Kind.REPORTS] >= 1
    assert list(models.ReportMade.objects.values_list("pk", flat=True)) == [kept.pk]
    assert more.pk != kept.pk


def test_a_document_that_comes_again_after_its_key_went_can_be_opened(desk: Desk, folder: SealedFolder) -> None:
    first = document_files.seal(folder, b"the same file", "eob")
    row, _ = document_files.note(first, Source(desk.person, NOW))
    purge.purge(desk.person, all_ripe(), folder, LATER)
    with pytest.raises(NotThere):
        document_files.content(folder, desk.id, row.pk)
    document_files.note(document_files.seal(folder, b"the same file", "eob"), Source(desk.person, LATER))
    assert document_files.content(folder, desk.id, row.pk) == b"the same file"


def test_the_oldest_of_the_audit_log_goes_and_the_rest_is_still_proved(desk: Desk) -> None:
    for number in range(5):
        audit.append(desk.person, "test.act", "thing", number, NOW)
    entries = audit.verify().entries
    assert purge.purge_audit(desk.person, NOW - timedelta(days=1), LATER) == 0
    end = audit.append(desk.person, "test.act", "thing", 1, LATER)
    assert purge.ripe_audit(LATER) == end - 1
    assert purge.purge_audit(desk.person, LATER, LATER) == end - 1
    report = audit.verify()
    assert (report.ok, report.entries) == (True, 2)
    assert entries == end - 1
    assert rows_of(models.AuditEntry).order_by("sequence").values_list("action", flat=True)[1] == audit.PURGED


@pytest.mark.long
def test_a_beginning_that_no_purge_has_made_is_found(world: World, desk: Desk) -> None:
    fifth = rows_of(models.AuditEntry).get(sequence=5)
    audit.start_from(fifth.sequence, fifth.hash, NOW)
    rows_of(models.AuditEntry).filter(sequence__lte=5).delete()
    report = audit.verify()
    assert (report.ok, report.first_bad) == (False, 6)


def test_a_hold_names_a_person_and_a_reason(desk: Desk) -> None:
    bring_in([1], desk.robot)
    with pytest.raises(RecordWrong):
        legal_holds.place(desk.person, HeldWhat.PRACTICE, " ", NOW)
    number = legal_holds.place(desk.person, HeldWhat.CLAIM, "Audit by the payer", NOW, number=CLAIM, portal=PORTAL)
    (held,) = legal_holds.listed(desk.id)
    assert (held.id, held.what, held.subject, held.placed_by) == (number, HeldWhat.CLAIM, CLAIM, desk.person.name)
    legal_holds.release(desk.person, number, "It is over", LATER)
    assert legal_holds.listed(desk.id) == ()
    (held,) = legal_holds.listed(desk.id, released=True)
    assert (held.released_by, held.release_reason) == (desk.person.name, "It is over")
    with pytest.raises(NotThere):
        legal_holds.release(desk.person, number, "Again", LATER)
