"""Whether a claim that was sent was taken in is read from 999 and 277CA, claim by claim."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.acknowledgements import acknowledgements
from documents.not_read import NotRead
from flows.acknowledgement import AcknowledgedStatus, Acknowledgement, SyntaxFault

ISA = "ISA*00*          *00*          *ZZ*PAYER          *ZZ*OFFICE         *260902*1200*^*00501*000000001*0*P*:~"
CLAIMS = (
    "ST*277*0001*005010X214~BHT*0085*08*277X1*20260902*1200*TH~"
    "HL*1**20*1~NM1*PR*2*PRACTICE PAYER*****PI*87000~TRN*1*P1~DTP*050*D8*20260901~DTP*009*D8*20260902~"
    "HL*2*1*21*1~NM1*41*2*LAKESIDE*****46*OFFICE~TRN*2*BATCH7~STC*A1:19:PR*20260901*WQ*450~QTY*90*3~AMT*YU*450~"
    "HL*3*2*19*1~NM1*85*2*LAKESIDE*****XX*1234567893~TRN*1*0~"
    "HL*4*3*PT~NM1*QC*1*QUILL*OTTOLINE****MI*QZX1~"
    "TRN*2*ACCT-1~STC*A2:20:PR*20260901*WQ*150~REF*1K*ICN1~REF*D9*CH77~DTP*472*D8*20260801~"
    "TRN*2*ACCT-2~STC*A7:562:85*20260901*U*200******A7:164:IL*A3:21~DTP*472*RD8*20260802-20260804~"
    "SVC*HC:99213*200*****1~STC*A7:507~REF*FJ*1~DTP*472*D8*20260803~"
    "HL*5*3*PT~NM1*QC*1*FINCH*ADA****MI*QZX2~TRN*2*ACCT-3~STC*A1:20*20260901*WQ*100~"
    "SE*30*0001~"
)
SYNTAX = (
    "ST*999*0002*005010X231A1~AK1*HC*55*005010X222A1~"
    "AK2*837*0001*005010X222A1~IK5*A~"
    "AK2*837*0002*005010X222A1~IK3*NM1*17*2010*8~CTX*CLM01:CANARY~IK4*9:1*67*7*CANARY~IK5*R*I5~"
    "AK2*837*0003*005010X222A1~IK3*REF*30*2300*3~IK5*E*5~"
    "AK9*P*3*3*2~SE*13*0002~"
)


def read(*transactions: str, guide: str = "005010X214") -> list[Acknowledgement | NotRead]:
    whole = ISA + f"GS*HN*PAYER*OFFICE*20260902*1200*1*X*{guide}~" + "".join(transactions) + "GE*1*1~IEA*1*000000001~"
    return list(acknowledgements(whole.encode()))


def known(found: list[Acknowledgement | NotRead]) -> list[Acknowledgement]:
    assert all(isinstance(one, Acknowledgement) for one in found), found
    return [one for one in found if isinstance(one, Acknowledgement)]


def test_each_claim_is_told_with_its_numbers_days_and_charge() -> None:
    batch, taken_in, turned_away, only_received = known(read(CLAIMS))
    assert (batch.level, batch.accepted, batch.trace, batch.amount) == ("batch", None, "BATCH7", Decimal(450))
    assert batch.patient_account_number is None
    assert taken_in == Acknowledgement(
        kind="277CA",
        level="claim",
        accepted=True,
        statuses=(AcknowledgedStatus(category="A2", status="20", entity="PR"),),
        patient_account_number="ACCT-1",
        payer_claim_number="ICN1",
        clearinghouse_claim_number="CH77",
        effective_date=date(2026, 9, 1),
        received_date=date(2026, 9, 1),
        service_from=date(2026, 8, 1),
        service_to=date(2026, 8, 1),
        amount=Decimal(150),
    )
    assert (turned_away.patient_account_number, turned_away.accepted) == ("ACCT-2", False)
    assert [(one.category, one.status, one.entity) for one in turned_away.statuses] == [
        ("A7", "562", "85"), ("A7", "164", "IL"), ("A3", "21", None), ("A7", "507", None),
    ]  # fmt: skip
    assert (turned_away.service_from, turned_away.service_to) == (date(2026, 8, 2), date(2026, 8, 4))
    assert (turned_away.category, turned_away.amount) == ("A7", Decimal(200))
    assert (only_received.patient_account_number, only_received.accepted) == ("ACCT-3", None)


@pytest.mark.parametrize(
    ("status", "accepted"),
    [
        ("A0:20*20260901*WQ", None), ("A1:20*20260901*WQ", None), ("A2:20*20260901*WQ", True),
        ("A5:20*20260901*WQ", True), ("A3:21*20260901*U", False), ("A6:21*20260901*U", False),
        ("A8:21*20260901*WQ", False), ("A1:21*20260901*U", False), ("A2:20*20260901*WQ*1******A7:21", False),
    ],
)  # fmt: skip
def test_received_is_not_yet_accepted_and_any_rejection_rejects(status: str, accepted: bool | None) -> None:
    text = f"ST*277*1*005010X214~HL*4*3*PT~TRN*2*ACCT-1~STC*{status}~SE*5*1~"
    assert [one.accepted for one in known(read(text))] == [accepted]


def test_a_999_tells_each_transaction_and_what_is_wrong_in_it_without_the_wrong_value() -> None:
    good, bad, noted = known(read(SYNTAX, guide="005010X231A1"))
    assert (good.kind, good.level, good.accepted, good.trace, good.transaction) == (
        "999", "transaction", True, "55", "0001",
    )  # fmt: skip
    assert (bad.accepted, bad.codes) == (False, ("I5",))
    assert bad.faults == (
        SyntaxFault(segment="NM1", position=17, loop="2010", code="8"),
        SyntaxFault(segment="NM1", position=17, loop="2010", code="7", element=9),
    )
    assert "CANARY" not in bad.model_dump_json()
    assert (noted.accepted, noted.codes, noted.faults[0].segment) == (True, ("5",), "REF")


def test_a_group_that_is_answered_as_a_whole_is_told_as_a_group() -> None:
    (group,) = known(read("ST*999*1~AK1*HC*55~AK9*R*3*3*0*1*2~SE*4*1~", guide="005010X231A1"))
    assert (group.level, group.accepted, group.trace, group.codes) == ("group", False, "55", ("1", "2"))
    assert group.transaction is None


def test_answers_to_status_requests_are_no_acknowledgements() -> None:
    assert read(CLAIMS.replace("X214", "X212")) == []
    unnamed = CLAIMS.replace("*005010X214", "")
    assert read(unnamed.replace("BHT*0085", "BHT*0010"), guide="") == []
    assert len(known(read(unnamed, guide=""))) == 4
    assert len(known(read(unnamed))) == 4


def test_a_claim_that_cannot_be_told_does_not_hide_the_others() -> None:
    found = read(CLAIMS.replace("TRN*2*ACCT-1", "TRN*2*").replace("*WQ*100~", "*WQ*NaN~"))
    assert [isinstance(one, NotRead) for one in found] == [False, True, False, True]
    assert "which claim" in str(found[1])
    assert "no amount" in str(found[3])


def test_a_transaction_that_breaks_off_does_not_give_its_last_claim() -> None:
    cut = ISA + CLAIMS[: CLAIMS.index("SE*")]
    *whole, last = acknowledgements(cut.encode())
    assert [one.patient_account_number for one in known(whole)] == [None, "ACCT-1", "ACCT-2"]
    assert isinstance(last, NotRead)


def test_a_file_on_the_disk_is_read_the_same(tmp_path: Path) -> None:
    file = tmp_path / "acknowledgements"
    file.write_text(ISA + CLAIMS + SYNTAX)
    assert list(acknowledgements(file)) == read(CLAIMS, SYNTAX)
    assert len(known(read(CLAIMS, SYNTAX))) == 7


@settings(max_examples=60)
@given(st.binary(max_size=60), st.integers(0, 1400), st.integers(0, 60))
def test_no_bytes_break_the_reader(noise: bytes, place: int, over: int) -> None:
    whole = (ISA + CLAIMS + SYNTAX).encode()
    for broken in (noise, whole[:place] + noise, whole[:place] + noise + whole[place + over :]):
        for one in acknowledgements(broken):
            assert isinstance(one, Acknowledgement | NotRead)
