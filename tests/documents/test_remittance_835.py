"""A payment is read whole and to the cent, or it is told why not; nothing in a file breaks the reader."""

import itertools
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents import x12
from documents.not_read import NotRead
from documents.remittance_835 import remittances
from flows.remittance import Method, Party, ProviderAdjustment, Reference, RemitAdjustment, RemitPerson, Remittance
from tests.documents import remittance_values
from tests.documents.remittance_files import (
    PLAIN,
    Letters,
    claim,
    interchange,
    line,
    of_lines,
    remittance,
    segments_of,
    written,
)

LETTERS = [
    PLAIN, Letters(after="\n"), Letters(after="\r\n"), Letters("|", ">", "\n"), Letters("|", "^", "\r", after="\n"),
    Letters("\x1d", "\x1f", "\x1c"), Letters("~", "*", "!"),
]  # fmt: skip

HEAD = "BPR*I*100*C*CHK************20260901\nTRN*1*T1*1999999999\n"


def read(text: str) -> Remittance:
    """The one payment of a file with these lines between ST and SE."""
    (only,) = remittances(interchange([of_lines(text)]).encode())
    assert isinstance(only, Remittance), only
    return only


def refused(text: str) -> NotRead:
    """Why the one payment of a file with these lines cannot be taken."""
    (only,) = remittances(interchange([of_lines(text)]).encode())
    assert isinstance(only, NotRead)
    return only


@settings(max_examples=25)
@given(st.lists(remittance_values.remittances(), min_size=1, max_size=2), st.sampled_from(LETTERS))
def test_what_is_written_is_what_is_read(payments: list[Remittance], letters: Letters) -> None:
    again = list(remittances(written(payments, letters)))
    assert again == payments
    # The reader makes its values without pydantic's check, which they must pass all the same.
    assert [Remittance.model_validate(one.model_dump()) for one in again if isinstance(one, Remittance)] == payments


@settings(max_examples=80)
@given(st.binary(max_size=80), st.integers(0, 700), st.integers(0, 80))
def test_no_bytes_break_the_reader(noise: bytes, place: int, over: int) -> None:
    whole = written([remittance("60.00", [claim(1, "150.00", "60.00", line(1, "150.00", "60.00", "CO-45 90.00"))])])
    for broken in (noise, whole[:place] + noise, whole[:place] + noise + whole[place + over :]):
        for one in remittances(broken):
            assert isinstance(one, Remittance | NotRead)


def test_a_reversal_and_its_correction_stay_as_they_stand() -> None:
    payment = read(
        """BPR*I*20*C*ACH************20260901
        TRN*1*T1*1999999999
        CLP*ACCT-1*22*-150*-100*-20*12*ICN1*11*1
        CAS*CO*45*-30
        CAS*PR*2*-20
        REF*F8*ICN0
        CLP*ACCT-1*1*150*120**12*ICN2*11*1
        CAS*CO*45*30"""
    )
    reversal, correction = payment.claims
    assert (reversal.is_reversal, reversal.billed, reversal.paid) == (True, Decimal("-150"), Decimal("-100"))
    assert reversal.references == (Reference(qualifier="F8", number="ICN0"),)
    assert [one.amount for one in reversal.adjustments] == [Decimal("-30"), Decimal("-20")]
    assert (correction.number, correction.patient_account_number) == (2, "ACCT-1")
    assert payment.balance.whole


def test_a_predetermination_promises_lines_and_pays_nothing() -> None:
    payment = read(
        """BPR*H*0*C*NON************20260901
        TRN*1*T1*1999999999
        CLP*ACCT-1*25*200*0**12*ICN1
        CAS*OA*101*150
        SVC*AD:D2750*200*150
        CAS*CO*45*50"""
    )
    assert payment.claims[0].is_predetermination
    assert (payment.method, payment.balance.whole) == (Method.NON_PAYMENT, True)


def test_every_part_of_a_claim_has_its_place() -> None:
    payment = read(
        """BPR*I*90*C*FWT************20260901
        TRN*1*T1*1999999999
        REF*EV*OFFICE
        DTM*405*20260831
        N1*PR*PRACTICE PAYER
        REF*2U*87000
        N1*PE*LAKESIDE FAMILY MEDICINE*XX*1234567893
        REF*TJ*123456789
        LX*1
        TS3*1234567893*11*20261231*1*150
        CLP*ACCT-1*19*150*90*20*12*ICN1*11*1
        CAS*PR*3*5*1
        NM1*QC*1*QUILL*OTTOLINE****MI*QZX1
        NM1*IL*1*QUILL*MARLOW****MI*QZX0
        NM1*74*1*QUILL*OTTILINE****C*QZX2
        NM1*82*1*FINCH*ADA****XX*1987654321
        NM1*TT*2*NEXT PAYER*****PI*55555
        NM1*PR*2*FIRST PAYER*****PI*66666
        MIA*0***90*MA01***************N1*N2
        MOA***MA18*N3
        REF*EA*RECORD 7
        DTM*232*20260801
        DTM*233*20260802
        DTM*050*20260810
        DTM*036*20261231
        AMT*AU*110
        AMT*I*4.10
        QTY*CA*2
        SVC*HC:99214:25:GT*150*90*0450*1*HC:99215*2
        DTM*150*20260801
        DTM*151*20260802
        CAS*CO*45*30**253*5*2
        CAS*PR*1*20
        REF*6R*77
        AMT*B6*110
        LQ*HE*M15
        LQ*RX*70
        PLB*1234567893*20261231*WO:ICN9*10*L6*-10"""
    )
    assert payment.references == (
        Reference(qualifier="EV", number="OFFICE"),
        Reference(qualifier="2U", number="87000"),
        Reference(qualifier="TJ", number="123456789"),
    )
    assert payment.payer == Party(name="PRACTICE PAYER", identifier="87000")
    assert payment.payee == Party(name="LAKESIDE FAMILY MEDICINE", identifier="1234567893", tin="123456789")
    assert (payment.method, payment.paid_on, payment.production_date) == (
        Method.WIRE,
        date(2026, 9, 1),
        date(2026, 8, 31),
    )
    (only,) = payment.claims
    assert only.patient == RemitPerson(last_name="QUILL", first_name="OTTOLINE", identifier="QZX1")
    assert only.insured == RemitPerson(last_name="QUILL", first_name="MARLOW", identifier="QZX0")
    assert only.corrected_insured == RemitPerson(last_name="QUILL", first_name="OTTILINE", identifier="QZX2")
    assert only.rendering_provider == RemitPerson(last_name="FINCH", first_name="ADA", identifier="1987654321")
    assert only.crossover_payer == RemitPerson(last_name="NEXT PAYER", identifier="55555")
    assert only.corrected_payer == RemitPerson(last_name="FIRST PAYER", identifier="66666")
    assert only.remark_codes == ("MA01", "N1", "N2", "MA18", "N3")
    assert (only.service_from, only.service_to) == (date(2026, 8, 1), date(2026, 8, 2))
    assert (only.received_date, only.coverage_ends) == (date(2026, 8, 10), date(2026, 12, 31))
    assert (only.allowed, only.patient_responsibility) == (Decimal(110), Decimal(20))
    assert only.adjustments == (RemitAdjustment(group="PR", carc="3", amount=Decimal(5), quantity=Decimal(1)),)
    (served,) = only.lines
    assert (served.procedure, served.modifiers, served.billed_procedure) == ("99214", ("25", "GT"), "99215")
    assert (served.revenue_code, served.units, served.billed_units) == ("0450", Decimal(1), Decimal(2))
    assert served.adjustments == (
        RemitAdjustment(group="CO", carc="45", amount=Decimal(30)),
        RemitAdjustment(group="CO", carc="253", amount=Decimal(5), quantity=Decimal(2)),
        RemitAdjustment(group="PR", carc="1", amount=Decimal(20)),
    )
    assert (served.remark_codes, served.allowed) == (("M15",), Decimal(110))
    assert served.references == (Reference(qualifier="6R", number="77"),)
    assert payment.provider_adjustments == (
        ProviderAdjustment(reason="WO", reference="ICN9", amount=Decimal(10), fiscal_year_end=date(2026, 12, 31)),
        ProviderAdjustment(reason="L6", amount=Decimal(-10), fiscal_year_end=date(2026, 12, 31)),
    )


def test_a_debit_takes_money_away() -> None:
    payment = read(
        """BPR*I*40*D*ACH************20260901
        TRN*1*T1*1999999999
        PLB*1234567893*20261231*WO:ICN9*40"""
    )
    assert (payment.amount, payment.balance.transaction) == (Decimal("-40"), True)


def test_components_parted_otherwise_than_the_header_says_are_still_told_apart() -> None:
    wrong = "CLP*A*1*10*10\nSVC*HC>99213>25*10*10\nSVC*NU>0450*0*0\nPLB*1*20261231*WO>ICN9*-90"
    payment = read(HEAD + wrong)
    first, second = payment.claims[0].lines
    assert (first.procedure, first.modifiers, second.revenue_code) == ("99213", ("25",), "0450")
    assert (payment.provider_adjustments[0].reason, payment.provider_adjustments[0].reference) == ("WO", "ICN9")


def test_a_component_separator_inside_a_number_is_not_lost() -> None:
    assert read(HEAD + "CLP*ACCT:7*1*100*100").claims[0].patient_account_number == "ACCT:7"


def test_a_day_that_is_none_is_left_out_and_a_period_of_one_day_ends_on_it() -> None:
    payment = read("BPR*I*100*C*CHK************00000000\nTRN*1*T1\nCLP*A*1*100*100\nDTM*232*20260801\nDTM*050*20260230")
    assert payment.paid_on is None
    assert payment.claims[0].service_to == date(2026, 8, 1)
    assert payment.claims[0].received_date is None


def test_a_day_of_another_age_is_none() -> None:
    assert read("BPR*I*100*C*CHK************09610228\nTRN*1*T1\nCLP*A*1*100*100").paid_on is None


@pytest.mark.parametrize("amount", ["NaN", "1e2", "100.005", "1,00", "-", ".", "--100", "$100", "1:00", "٣", "+100"])
def test_what_is_no_amount_in_cents_is_never_taken_for_one(amount: str) -> None:
    for place, text in enumerate(
        [
            f"BPR*I*{amount}*C*CHK\nTRN*1*T1",
            f"{HEAD}CLP*A*1*{amount}*100",
            f"{HEAD}CLP*A*1*100*{amount}",
            f"{HEAD}CLP*A*1*100*100*{amount}",
            f"{HEAD}CLP*A*1*100*100\nCAS*CO*45*{amount}",
            f"{HEAD}CLP*A*1*100*100\nCAS*CO*45*0**1*{amount}",
            f"{HEAD}CLP*A*1*100*100\nSVC*HC:1*{amount}*100",
            f"{HEAD}CLP*A*1*100*100\nSVC*HC:1*100*{amount}",
            f"{HEAD}CLP*A*1*100*100\nAMT*AU*{amount}",
            f"{HEAD}PLB*1*20261231*WO:X*{amount}",
        ]
    ):
        told = refused(text)
        assert "is no amount in dollars and cents" in told.what or ":" in amount, place
        assert amount not in str(told) or amount in {"-", "."}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("TRN*1*T1", "it does not say how much is paid"),
        ("BPR*I**C*CHK\nTRN*1*T1", "BPR02, the amount that is paid, of the payment is not there"),
        (HEAD + "BPR*I*100*C*CHK", "twice"),
        (HEAD + "CLP*A**100*100", "CLP02, the status, of claim 1 is not there"),
        (HEAD + "CLP*A*1**100", "CLP03, the charge, of claim 1 is not there"),
        (HEAD + "CLP*A*1*0*0\nCLP*A*1*100", "CLP04, what is paid, of claim 2 is not there"),
        (HEAD + "CLP*A*1*100*100\nSVC**100*100", "SVC01, the procedure, of line 1 of claim 1 is not there"),
        (HEAD + "CLP*A*1*100*100\nCAS*CO*45", "in claim 1 an adjustment (CAS) lacks its group, its reason"),
        (HEAD + "CLP*A*1*100*100\nCAS**45*1", "in claim 1 an adjustment (CAS) lacks its group, its reason"),
        (HEAD + "CLP*A*1*100*100\nCAS*CO*45*0***1", "in claim 1 an adjustment (CAS) lacks its group, its reason"),
        (HEAD + "CAS*CO*45*1", "stands outside of any claim"),
        (HEAD + "SVC*HC:1*1*1", "stands outside of any claim"),
        (HEAD + "PLB*1*20261231*WO:X", "lacks its reason or its amount"),
        (HEAD + "PLB*1*20261231**5", "lacks its reason or its amount"),
        (HEAD + "CLP*A*1*100*100\nSVC*HC:1*100*100**many", "SVC05, the units, of line 1 of claim 1 is no number"),
    ],
)
def test_a_missing_part_of_the_sum_is_told_and_never_skipped(text: str, what: str) -> None:
    assert what in refused(text).what


@pytest.mark.parametrize("line", ["SVC*HC:1**0", "SVC*HC:1*0", "SVC*HC:1"])
def test_a_line_without_its_charge_or_payment_is_kept_without_it_and_does_not_balance(line: str) -> None:
    said = read(HEAD + "CLP*A*1*100*100\n" + line)
    (only,) = said.claims[0].lines
    assert None in (only.billed, only.paid)
    assert (said.balance.line, said.balance.claim, said.balance.transaction) == (False, True, True)
    assert said.unbalanced == ("line 1 of claim 1: its charge or what is paid is not there",)


def test_one_payment_that_cannot_be_taken_does_not_hide_the_others() -> None:
    good = list(segments_of(remittance("60.00", [claim(1, "60.00", "60.00")], trace="GOOD")))
    bad = of_lines(HEAD + "CLP*CANARY*1*NaN*100\nNM1*QC*1*CANARY")
    first, second, third = remittances(interchange([good, bad, good]).encode())
    assert isinstance(first, Remittance)
    assert isinstance(third, Remittance)
    assert isinstance(second, NotRead)
    assert (first.trace, third.trace) == ("GOOD", "GOOD")
    assert second.where.startswith("payment 2 ")
    assert "CANARY" not in str(second)


@pytest.mark.parametrize("lost", ["SE*", "GE*", "IEA*"])
def test_a_payment_that_breaks_off_is_not_taken(lost: str) -> None:
    whole = written([remittance("60.00", [claim(1, "60.00", "60.00")])]).decode()
    kept = list(remittances(whole[: whole.index(lost)].encode()))
    assert len(kept) == 1
    assert isinstance(kept[0], NotRead if lost == "SE*" else Remittance)


def test_a_payment_without_its_end_does_not_swallow_the_next() -> None:
    payment = list(segments_of(remittance("60.00", [claim(1, "60.00", "60.00")])))
    whole = interchange([payment, payment])
    first = whole.index("SE*")
    found = list(remittances((whole[:first] + whole[whole.index("ST*", first) :]).encode()))
    assert [type(one) for one in found] == [NotRead, Remittance]


def test_interchanges_with_letters_of_their_own_follow_each_other_in_one_file() -> None:
    payments = [
        remittance("60.00", [claim(1, "60.00", "60.00", line(1, "60.00", "60.00"))], trace=f"T{number}")
        for number, _ in enumerate(LETTERS)
    ]
    whole = b"a letter\n" + b"\n".join(map(written, [[one] for one in payments], LETTERS))
    assert list(remittances(whole)) == payments


@pytest.mark.parametrize("start", ["GS*", "ST*"])
def test_a_file_that_has_lost_its_header_is_read(start: str) -> None:
    payment = remittance("60.00", [claim(1, "60.00", "60.00", line(1, "60.00", "60.00"))])
    whole = written([payment]).decode()
    assert list(remittances(whole[whole.index(start) :].encode())) == [payment]


def test_lines_wrapped_at_eighty_mean_nothing() -> None:
    payment = remittance("60.00", [claim(1, "60.00", "60.00", line(1, "60.00", "60.00"))])
    whole = written([payment]).decode()
    wrapped = "\r\n".join(whole[place : place + 80] for place in range(0, len(whole), 80))
    assert list(remittances(wrapped.encode())) == [payment]


def test_a_file_of_the_older_version_is_read() -> None:
    payment = remittance("60.00", [claim(1, "60.00", "60.00", line(1, "60.00", "60.00"))])
    whole = interchange([segments_of(payment)], version="00401")
    assert list(remittances(whole.encode())) == [payment]


@pytest.mark.parametrize("content", [b"", b"member_id,last_name\n", b"%PDF-1.7 \x00\xff", b"ISA*00*"])
def test_a_file_without_a_payment_gives_nothing(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    assert list(remittances(content)) == list(remittances(file)) == []


def test_other_transactions_are_passed_over() -> None:
    payment = remittance("60.00", [claim(1, "60.00", "60.00")])
    other = "ST*277*0009~BHT*0085*08*1*20260901*1200*TH~BPR*I*NaN~SE*4*0009~"
    whole = written([payment]).decode()
    place = whole.index("ST*")
    assert list(remittances((whole[:place] + other + whole[place:]).encode())) == [payment]


def test_blanks_behind_the_number_of_a_transaction_hide_no_payment() -> None:
    payment = remittance("60.00", [claim(1, "60.00", "60.00")])
    assert list(remittances(written([payment]).replace(b"ST*835*", b"ST*835  *"))) == [payment]


def test_a_file_is_read_in_pieces_and_never_stands_in_memory_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    payments = [remittance("60.00", [claim(1, "60.00", "60.00")], trace=f"T{number}") for number in range(200)]
    file = tmp_path / "long.835"
    file.write_bytes(written(payments))
    pieces: list[int] = []
    cut = x12.FileBytes.__getitem__

    def measured(whole: x12.FileBytes, wanted: slice) -> bytes:
        piece = cut(whole, wanted)
        pieces.append(len(piece))
        return piece

    monkeypatch.setattr(x12, "_WINDOW", 2000)
    monkeypatch.setattr(x12.FileBytes, "__getitem__", measured)
    reading = remittances(file)
    first = next(reading)
    read_for_the_first = len(pieces)
    assert [first, *reading] == payments
    assert max(pieces) <= 2002 < file.stat().st_size / 10
    assert read_for_the_first < len(pieces) / 1.5


def test_a_value_that_is_read_cannot_print_itself() -> None:
    payment = read(HEAD + "CLP*CANARY*1*100*100\nNM1*QC*1*CANARY*ZEPHYRINE")
    assert "CANARY" not in repr((payment, payment.claims, payment.claims[0].patient))


def _every_order(parts: Sequence[str]) -> list[str]:
    return ["\n".join(order) for order in itertools.permutations(parts)]


@pytest.mark.parametrize("order", _every_order(["CAS*CO*45*40", "DTM*472*20260801", "REF*6R*7", "AMT*B6*60"]))
def test_the_order_of_a_lines_segments_does_not_matter(order: str) -> None:
    (served,) = read(HEAD + "CLP*A*1*100*60\nSVC*HC:1*100*60\n" + order).claims[0].lines
    assert served.adjustments[0].amount == Decimal(40)
    assert (served.service_to, served.allowed) == (date(2026, 8, 1), Decimal(60))
    assert served.references[0].number == "7"
