"""837 files as work lists: every claim is a question or told to be left out; none is lost, none is mixed up."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.claims_837 import Kind, sent_claims
from documents.claims_837_rows import Claims837
from documents.rows import OfficeScope, RejectedRow
from documents.table import FileUnreadable
from documents.work_list import ClaimRow
from documents.x12 import segments
from tests.documents.work_lists import SCOPE, TODAY, refused, taken

ISA = "ISA*00*          *00*          *ZZ*SUBMITTER      *ZZ*RECEIVER       *260101*1200*^*00501*000000001*0*P*:~"
PAYERS = {"12345": "practice-national"}
PROVIDER = "HL*1**20*1~NM1*85*2*HARBOR LANE*****XX*1234567893~N3*1 LANE~REF*EI*123456789~"
SUBSCRIBER = (
    "HL*2*1*22*{0}~SBR*P*{1}*******CI~NM1*IL*1*CANARY*ZEPHYRINE****MI*QZX1~DMG*D8*19610228*F~"
    "NM1*PR*2*PAYER*****PI*12345~"
)
SELF = SUBSCRIBER.format(0, 18)
DEPENDENT = "HL*3*2*23*0~PAT*19~NM1*QC*1*CANARY*OTTO~DMG*D8*20150301*M~"
LINES = (
    "LX*1~SV1*HC:99213:25*60*UN*1***1~DTP*472*D8*20260902~LX*2~SV1*HC:87880*40*UN*1***1~DTP*472*RD8*20260901-20260903~"
)


def batch(*parts: str, guide: str = "005010X222A1", head: str = ISA) -> bytes:
    return (
        f"{head}GS*HC*A*B*20260101*1200*1*X*{guide}~ST*837*0001*{guide}~BHT*0019*00*1*20260101*1200*CH~"
        f"NM1*41*2*SUBMITTER*****46*X~NM1*40*2*PAYER*****46*Y~{''.join(parts)}SE*9*0001~GE*1*1~IEA*1*000000001~"
    ).encode()


def claim(number: str = "A1", charge: str = "100", *, frequency: str = "1", more: str = LINES) -> str:
    return f"CLM*{number}*{charge}***11:B:{frequency}*Y*A*Y*Y~{more}"


def read(content: bytes, scope: OfficeScope = SCOPE, payers: dict[str, str] = PAYERS) -> list[ClaimRow | RejectedRow]:
    return list(Claims837(content).rows(scope, TODAY, payers))


def test_a_professional_claim_becomes_its_question() -> None:
    row = taken(*read(batch(PROVIDER, SELF, claim(more="REF*F8*2026000777~" + LINES))))
    question = row.question
    assert row.row == 16
    assert question.portal == "practice-national"
    assert (question.provider.npi, question.provider.tin) == ("1234567893", "123456789")
    assert question.patient.model_dump() == {
        "member_id": "QZX1",
        "last_name": "CANARY",
        "first_name": "ZEPHYRINE",
        "birth_date": date(1961, 2, 28),
    }
    assert question.claim.model_dump() == {
        "patient_account_number": "A1",
        "payer_claim_number": "2026000777",
        "service_from": date(2026, 9, 1),
        "service_to": date(2026, 9, 3),
        "billed": Decimal("100.00"),
        "first_procedure": "99213",
    }


def test_a_dependents_claim_is_about_the_dependent_under_the_subscribers_card() -> None:
    own = claim("OWN")
    content = batch(PROVIDER, SUBSCRIBER.format(1, ""), DEPENDENT, claim("CHILD"), SELF.replace("HL*2", "HL*4"), own)
    child, after = (taken(row).question for row in read(content))
    assert (child.patient.first_name, child.patient.birth_date) == ("OTTO", date(2015, 3, 1))
    assert child.patient.member_id == "QZX1"
    assert (after.patient.first_name, after.claim.patient_account_number) == ("ZEPHYRINE", "OWN")


def test_an_institutional_claim_has_its_statement_dates_and_the_procedure_of_its_first_line() -> None:
    more = (
        "DTP*434*RD8*20260901-20260905~DTP*435*DT*202609010800~LX*1~SV2*0300*HC:85025*13.39*UN*1~DTP*472*D8*20260904~"
    )
    question = taken(*read(batch(PROVIDER, SELF, claim(more=more), guide="005010X223A2"))).question
    assert (question.claim.service_from, question.claim.service_to) == (date(2026, 9, 1), date(2026, 9, 5))
    assert question.claim.first_procedure == "85025"
    room_first = more.replace("LX*1~", "LX*1~SV2*0120**900*DA*4~LX*2~")
    question = taken(*read(batch(PROVIDER, SELF, claim(more=room_first), guide="005010X223A2"))).question
    assert question.claim.first_procedure is None


def test_what_is_said_of_other_payers_and_providers_is_not_taken_for_the_claims_own() -> None:
    others = (
        "REF*F8*2026000777~NM1*82*1*RENDERING*R****XX*1679576722~REF*F8*WRONG1~SBR*S*01*******MB~"
        "NM1*IL*1*SOMEBODY*ELSE****MI*OTHER~NM1*PR*2*OTHER PAYER*****PI*99999~DTP*573*D8*20260101~REF*F8*WRONG2~"
        + LINES
        + "SVD*99999*5*HC:11111**1~DTP*573*D8*20250101~NM1*82*1*LINE*L****XX*1679576722~REF*F8*WRONG3~"
        + "DTP*472*D8*19990101~"
    )
    questions = [
        taken(row).question for row in read(batch(PROVIDER, SELF, claim("A1", more=others), claim("A2", more=LINES)))
    ]
    assert [question.claim.payer_claim_number for question in questions] == ["2026000777", None]
    assert {question.patient.member_id for question in questions} == {"QZX1"}
    assert {question.provider.npi for question in questions} == {"1234567893"}
    assert {question.claim.service_from for question in questions} == {date(2026, 9, 1)}


def test_a_new_subscriber_or_provider_inherits_nothing_from_the_one_before() -> None:
    bare = "HL*3*1*22*0~SBR*P*18~NM1*IL*1*OTHER*OLA~"
    rows = read(batch(PROVIDER, SELF, claim("A1"), bare, claim("A2"), "HL*9**20*1~NM1*85*2*WHO~", SELF, claim("A3")))
    assert taken(rows[0]).question.claim.patient_account_number == "A1"
    assert refused(rows[1]).field == "portal (2010BB NM109)"
    assert refused(rows[2]).field == "practice_tin (2010AA REF02)"


@pytest.mark.parametrize(
    ("content", "field", "reason"),
    [
        (batch(PROVIDER, SELF, claim(frequency="8")), "CLM05-3", "takes an earlier claim back"),
        (batch(PROVIDER, SELF, claim(), guide="005010X291"), "CLM", "predetermination"),
        (batch(PROVIDER, SELF, "CLM*A1*100***11:B:1*Y*A*Y*Y**********PB~" + LINES), "CLM", "predetermination"),
        (batch(PROVIDER, SELF.replace("12345", "54321"), claim()), "portal (2010BB NM109)", "[payers]"),
        (batch(PROVIDER.replace("1234567893", "1234567890"), SELF, claim()), "billing_npi (2010AA NM109)", "check"),
        (batch(PROVIDER, SELF.replace("19610228", "19610229"), claim()), "birth_date (DMG02 of the patient)", "date"),
        (batch(PROVIDER, SELF.replace("*QZX1", ""), claim()), "member_id (2010BA NM109)", "blank"),
        (batch(PROVIDER, SELF, claim(charge="1O0")), "billed (2300 CLM02)", "dollars"),
        (batch(PROVIDER, SELF, claim(charge="")), "billed (2300 CLM02)", "dollars"),
        (batch(PROVIDER, SELF, claim(charge="NaN")), "billed (2300 CLM02)", "dollars"),
        (batch(PROVIDER, SELF, claim(more="")), "service_from (DTP03)", "blank"),
        (batch(PROVIDER, SELF, claim(more="DTP*472*D8*2026090~")), "service_from (DTP03)", "date"),
    ],
)  # fmt: skip
def test_a_claim_that_cannot_be_asked_about_is_told_by_segment_place_and_reason(
    content: bytes, field: str, reason: str
) -> None:
    result = refused(*read(content))
    assert result.field == field
    assert reason in result.reason
    assert not any(value in result.reason for value in ("CANARY", "QZX1", "54321", "A1"))


def test_a_named_portal_goes_before_the_table_of_payers() -> None:
    scope = SCOPE.model_copy(update={"portal": "practice-national"})
    content = batch(PROVIDER, SELF.replace("12345", "54321"), claim())
    assert taken(*read(content, scope, {})).question.portal == "practice-national"


def test_claims_and_charges_are_counted_whether_they_are_taken_or_not() -> None:
    file = Claims837(batch(PROVIDER, SELF, claim("A1", "100.5"), claim("A2", "9.25", frequency="8"), claim("A3", "x")))
    rows = list(file.rows(SCOPE, TODAY, PAYERS))
    assert [isinstance(row, ClaimRow) for row in rows] == [True, False, False]
    assert (file.claims, file.charge) == (3, Decimal("109.75"))
    assert file.share() == 1


def test_the_guide_that_a_transaction_names_says_what_it_is() -> None:
    def kind(guide: str) -> Kind | None:
        return next(sent_claims(segments(batch(PROVIDER, SELF, claim(), guide=guide)))).kind

    assert kind("005010X222A1") is kind("004010X098A1") is Kind.PROFESSIONAL
    assert kind("005010X223A2") is kind("004010X096") is Kind.INSTITUTIONAL
    assert kind("005010X224A2") is Kind.DENTAL
    assert kind("005010X298") is Kind.NO_BILL
    assert kind("") is None


def test_an_answer_is_no_work_list() -> None:
    answer = ISA + "GS*HP*A*B*20260101*1200*1*X*005010X221A1~ST*835*1~CLP*A1*1*100*80**12*X~SE*3*1~GE*1*1~IEA*1*1~"
    with pytest.raises(FileUnreadable, match="no claim in this X12 file"):
        read(answer.encode())


def test_other_transactions_between_are_passed_over() -> None:
    answer = b"GS*HP*A*B*20260101*1200*1*X*005010X221A1~ST*835*1~CLM*WRONG*1~SE*3*1~GE*1*1~"
    content = batch(PROVIDER, SELF, claim()).replace(b"IEA*", answer + b"IEA*")
    assert len(read(content)) == 1


@given(st.lists(st.integers(0, 60), max_size=25))
def test_no_order_of_segments_breaks_the_reader(order: list[int]) -> None:
    content = batch(PROVIDER, SUBSCRIBER.format(1, ""), DEPENDENT, claim(), SELF, claim("A2", more="REF*F8*1~" + LINES))
    head, *rest = content.split(b"~")[:-1]
    shuffled = [head, *(rest[place % len(rest)] for place in order)]
    claims = sum(one.startswith(b"CLM") for one in shuffled)
    file = Claims837(b"~".join(shuffled) + b"~")
    try:
        rows = list(file.rows(SCOPE, TODAY, PAYERS))
    except FileUnreadable:
        rows = []
    assert len(rows) == file.claims <= claims


SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "x12" / "837"


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the public sample files are not on this computer")
def test_every_claim_of_every_public_sample_is_counted_and_none_breaks_the_reader() -> None:
    told = {}
    for path in sorted(SAMPLES.iterdir()):
        content = path.read_bytes()
        file = Claims837(content)
        try:
            rows = len(list(file.rows(SCOPE, TODAY, PAYERS)))
        except FileUnreadable:
            rows = 0
        assert rows == file.claims
        told[path.name] = (file.claims, file.charge)
        # One sample has all its claims in comments ("// CLM*..."), and they are no segments.
        assert file.claims == sum(content.count(start) for start in (b"~CLM", b"\nCLM", b"_CLM")) or b"// " in content
    assert len(told) > 70
    assert told["imsweb-x12-parser__x12_many_claims.txt"] == (820, Decimal("410000.00"))
    assert told["irobayna-stupidedi__837-institutional-claim.edi"] == (1, Decimal("89.93"))
    assert told["irobayna-stupidedi__two-claims-for-the-same-provider.edi"] == (2, Decimal("139.95"))
