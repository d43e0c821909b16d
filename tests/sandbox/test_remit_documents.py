"""The payer's files hold what the truth says, but for declared mistakes: 835, paper forms, archives, receipts."""

import io
import zipfile
import zlib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pikepdf
import pytest

from sandbox.__main__ import main
from sandbox.acknowledgement_files import accepted_batch, claim_acknowledgement
from sandbox.office_files import write_files
from sandbox.quirks import EVERYWHERE, MEDICAID, NATIONAL
from sandbox.remit_835 import STYLES
from sandbox.remit_documents import Document, as_document, day_file
from sandbox.remit_zip import SPOILED, bundle
from sandbox.truth.generator import make_truth
from sandbox.truth.remittance import RemitName, Remittance

TODAY = date(2026, 11, 22)
ZERO = Decimal(0)
TRUTHS = {portal: make_truth(7, 60, TODAY, portal) for portal in EVERYWHERE}


def segments(content: bytes) -> list[list[str]]:
    """The elements of each segment, by the delimiters that ISA itself declares."""
    text = content.decode("ascii")
    assert text.startswith("ISA")
    element, end = text[3], text[105]
    return [one.strip("\r\n").split(element) for one in text.split(end) if one.strip()]


def of_kind(found: list[list[str]], name: str) -> list[list[str]]:
    return [one for one in found if one[0] == name]


def reasons(segment: list[str]) -> Decimal:
    return sum((Decimal(amount) for amount in segment[3::3]), ZERO)


def plb(found: list[list[str]]) -> Decimal:
    return sum((Decimal(one[4]) for one in of_kind(found, "PLB")), ZERO)


@pytest.mark.parametrize("portal", EVERYWHERE)
def test_the_835_of_every_payment_says_what_the_truth_says_and_balances(portal: str) -> None:
    for remittance in TRUTHS[portal].remittances:
        found = segments(as_document(remittance, "835", portal).content)
        paid = [Decimal(one[4]) for one in of_kind(found, "CLP")]
        adjusted = sum((reasons(one) for one in of_kind(found, "CAS")), ZERO)
        billed = sum((Decimal(one[3]) for one in of_kind(found, "CLP")), ZERO)
        (financial,), (trace,) = of_kind(found, "BPR"), of_kind(found, "TRN")
        assert (Decimal(financial[2]), financial[4], trace[2]) == (
            remittance.amount,
            remittance.method,
            remittance.trace,
        )
        assert financial[16] == f"{remittance.paid_on:%Y%m%d}"
        numbers = [one[7] for one in of_kind(found, "CLP")]
        assert numbers == [claim.payer_claim_number for claim in remittance.claims]
        balances = sum(paid, ZERO) - plb(found) == remittance.amount and billed - adjusted == sum(paid, ZERO)
        assert balances == (remittance.mistake != "wrong-claim")
        lines = sum((Decimal(one[3]) for one in of_kind(found, "SVC")), ZERO)
        assert (lines == sum(paid, ZERO)) == (remittance.mistake is None)


@pytest.mark.parametrize("portal", EVERYWHERE)
def test_every_envelope_counts_what_it_holds(portal: str) -> None:
    remittances = [one for one in TRUTHS[portal].remittances if one.deliveries][:3]
    found = segments(day_file(remittances, portal).content)
    starts = [place for place, one in enumerate(found) if one[0] == "ST"]
    ends = [place for place, one in enumerate(found) if one[0] == "SE"]
    assert len(starts) == len(ends) == 3
    for start, end in zip(starts, ends, strict=True):
        assert found[end][1:] == [str(end - start + 1), found[start][2]]
    assert found[-2][1:] == ["3", found[1][6]]
    assert found[-1][1:] == ["1", found[0][13]]


def test_each_payer_has_delimiters_of_its_own() -> None:
    shapes = {(one.element, one.component, one.segment, one.line_end) for one in STYLES.values()}
    assert len(shapes) == len(EVERYWHERE)
    assert {one.segment for one in STYLES.values()} >= {"~", "\n"}


@pytest.mark.parametrize("portal", EVERYWHERE)
def test_no_delimiter_of_the_payer_stands_in_a_name(portal: str) -> None:
    style = STYLES[portal]
    remittance = TRUTHS[portal].remittances[0]
    name = RemitName(last_name=f"O{style.segment}DUN{style.element}MORE", first_name="ANN", identifier="1")
    claim = remittance.claims[0].model_copy(update={"insured": name})
    found = segments(as_document(remittance.model_copy(update={"claims": (claim,)}), "835", portal).content)
    assert [one[3:] for one in of_kind(found, "NM1")] == [["ODUNMORE", "ANN", "", "", "", "MI", "1"]]


def test_a_correction_names_the_person_the_payer_holds_and_a_forwarded_claim_the_next_payer() -> None:
    truth = make_truth(7, 400, TODAY, NATIONAL)
    texts = {
        story: as_document(next(one for one in truth.remittances if story in one.stories), "835", NATIONAL).content
        for story in ("corrected insured", "crossover")
    }
    assert b"NM1*74*1*" in texts["corrected insured"]
    assert b"NM1*TT*2*PRACTICE SUPPLEMENTAL PLAN" in texts["crossover"]


def text_of(content: bytes) -> str:
    import pdfplumber

    with pdfplumber.open(io.BytesIO(content)) as pdf:
        return "\n".join(page.extract_text() for page in pdf.pages)


def whole(remittance: Remittance) -> bool:
    return remittance.deliveries == ("835", "eob") and len(remittance.claims) <= 4


@pytest.mark.parametrize("portal", EVERYWHERE)
def test_a_paper_form_has_every_number_and_amount_in_its_text(portal: str) -> None:
    remittance = next(one for one in TRUTHS[portal].remittances if whole(one))
    text = text_of(as_document(remittance, "eob", portal).content)
    assert remittance.trace in text
    assert f"{remittance.amount:,.2f}" in text
    for claim in remittance.claims:
        assert claim.payer_claim_number in text
        assert claim.patient_account_number in text
        assert f"{claim.insured.last_name}, {claim.insured.first_name}" in text
        for line in claim.lines:
            assert all(f"{one.group}-{one.carc} {one.amount:,.2f}" in text for one in line.adjustments)


def test_a_scanned_form_has_no_text_and_a_protected_one_opens_with_the_providers_number_only() -> None:
    remittance = next(one for one in TRUTHS[MEDICAID].remittances if whole(one))
    assert not text_of(as_document(remittance, "eob", MEDICAID, scanned=True).content).strip()
    protected = as_document(remittance, "eob", MEDICAID, protected=True).content
    for password in ("", remittance.payee_tin):
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(io.BytesIO(protected), password=password)
    with pikepdf.open(io.BytesIO(protected), password=remittance.payee_npi) as opened:
        assert len(opened.pages) >= 1


def test_an_archive_is_whole_unless_it_is_spoiled_in_the_way_said() -> None:
    files = [Document(f"{number}.835", "application/octet-stream", f"ISA{number}".encode() * 40) for number in range(3)]
    clean = zipfile.ZipFile(io.BytesIO(bundle(files)))
    assert clean.testzip() is None
    assert [clean.read(one.name) for one in files] == [one.content for one in files]
    assert bundle(files) == bundle(files)
    spoiled = {shape: zipfile.ZipFile(io.BytesIO(bundle(files, shape))) for shape in SPOILED}
    assert [one.file_size for one in spoiled["empty"].infolist()] == [160, 160, 160, 0]
    assert spoiled["corrupt"].testzip() == "0.835"
    assert spoiled["duplicate-names"].namelist() == ["0.835", "0.835", "2.835"]
    assert [spoiled["duplicate-names"].read(one) for one in spoiled["duplicate-names"].infolist()] == [
        one.content for one in files
    ]


def test_names_of_files_hold_no_patients_data() -> None:
    truth = TRUTHS[NATIONAL]
    private = {member.last_name for member in truth.members} | {member.member_id for member in truth.members}
    names = [as_document(one, kind, NATIONAL).name for one in truth.remittances[:4] for kind in one.deliveries]
    assert not any(word in name for name in names for word in private)


def test_the_acknowledgements_say_of_each_claim_whether_it_was_accepted() -> None:
    truth = TRUTHS[NATIONAL]
    found = segments(claim_acknowledgement(truth))
    accounts = [one[2] for one in of_kind(found, "TRN") if one[1] == "2"][1:]
    assert accounts == [one.patient_account_number for one in truth.acknowledgements]
    accepted = sum(one[1].startswith("A2:") for one in of_kind(found, "STC"))
    assert accepted == sum(one.accepted for one in truth.acknowledgements) == len(of_kind(found, "REF"))
    batch = segments(accepted_batch(truth))
    assert of_kind(batch, "AK9")[0][1] == "A"
    for message in (found, batch):
        start = next(place for place, one in enumerate(message) if one[0] == "ST")
        assert message[-3][1] == str(len(message) - 2 - start)


def test_the_offices_files_are_the_same_for_the_same_ledger(tmp_path: Path) -> None:
    sums = []
    for name in ("first", "second"):
        folder = tmp_path / name
        write_files(TRUTHS[MEDICAID], folder)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        sums.append([(path.relative_to(folder), zlib.crc32(path.read_bytes())) for path in files])
    assert sums[0] == sums[1]
    denials = (tmp_path / "first" / "denials.csv").read_text(encoding="utf-8")
    assert denials.count("\n") == 1 + len(TRUTHS[MEDICAID].denial_rows) > 1
    suffixes = {path.suffix for path, _ in sums[0]}
    assert suffixes == {".csv", ".999", ".277", ".835", ".pdf", ".zip"}


def test_the_command_writes_the_files_of_a_portal(tmp_path: Path) -> None:
    folder = tmp_path / "office"
    assert main(["files", MEDICAID, "--claims", "3", "--today", "2026-11-22", str(folder)]) == 0
    assert (folder / "appointments.csv").read_text(encoding="utf-8").count("\n") == 21
    assert list((folder / "remits").iterdir())
