"""What a patient owes adds up to the cent, is only what the payer calls the patient's, and is held when in doubt."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.answers import Adjustment, ClaimState, Line, PatientResponsibility
from flows.remittance import RemitAdjustment, RemitClaim, RemitLine
from flows.statement import Held, Remitted, Source, from_portal, from_remittances

ZERO = Decimal("0.00")
GROUPS = ("PR", "CO", "OA", "PI")


def line(number: int, paid: str, *parts: tuple[str, str, str]) -> RemitLine:
    adjustments = tuple(RemitAdjustment(group=g, carc=c, amount=Decimal(a)) for g, c, a in parts)
    billed = Decimal(paid) + sum((one.amount for one in adjustments), ZERO)
    return RemitLine(number=number, procedure="99213", billed=billed, paid=Decimal(paid), adjustments=adjustments)


def remitted(
    *lines: RemitLine,
    status: str = "1",
    taken_back: bool = False,
    is_part: bool = False,
    balanced: bool = True,
    owed: Decimal | None = None,
    paid: Decimal | None = None,
) -> Remitted:
    claim = RemitClaim(
        number=1,
        patient_account_number="ACCT-1001",
        status=status,
        billed=sum((one.billed or ZERO for one in lines), ZERO),
        paid=sum((one.paid or ZERO for one in lines), ZERO) if paid is None else paid,
        patient_responsibility=owed,
        lines=lines,
    )
    return Remitted(
        claim=claim,
        payer="A Payer",
        paid_on=date(2026, 11, 2),
        taken_back=taken_back,
        is_part=is_part,
        balanced=balanced,
    )


USUAL = line(1, "60.00", ("CO", "45", "25.00"), ("PR", "1", "10.00"), ("PR", "3", "5.00"))


def test_the_patient_owes_what_the_payer_calls_the_patients_and_never_the_contracts() -> None:
    decided = from_remittances([remitted(USUAL, owed=Decimal("15.00"))])
    assert (decided.billed, decided.insurer_paid, decided.adjusted, decided.owed) == (
        Decimal("100.00"), Decimal("60.00"), Decimal("25.00"), Decimal("15.00"),
    )  # fmt: skip
    assert decided.source is Source.REMITTANCE
    assert not decided.needs_word
    assert [(part.carc, part.amount) for part in decided.lines[0].parts if part.group == "PR"] == [
        ("1", Decimal("10.00")),
        ("3", Decimal("5.00")),
    ]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 50_000),
            st.lists(st.tuples(st.sampled_from(GROUPS), st.integers(1, 20_000)), max_size=4),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_every_statement_adds_up_and_owes_only_group_pr(drawn: list[tuple[int, list[tuple[str, int]]]]) -> None:
    lines = [
        line(n, str(Decimal(paid) / 100), *((g, "45", str(Decimal(cents) / 100)) for g, cents in parts))
        for n, (paid, parts) in enumerate(drawn, 1)
    ]
    decided = from_remittances([remitted(*lines)])
    assert decided.billed == decided.insurer_paid + decided.adjusted + decided.owed
    assert decided.owed == sum((Decimal(c) / 100 for _, parts in drawn for g, c in parts if g == "PR"), ZERO)
    others = any(g in ("OA", "PI") for _, parts in drawn for g, _ in parts)
    assert bool(decided.needs_word) == (others and decided.owed > 0)


def test_what_was_taken_back_does_not_count_and_its_correction_does() -> None:
    first = remitted(line(1, "80.00", ("PR", "3", "20.00")), taken_back=True)
    back = remitted(line(1, "-80.00", ("PR", "3", "-20.00")), status="22")
    corrected = remitted(USUAL)
    assert from_remittances([first, back, corrected]).owed == Decimal("15.00")
    with pytest.raises(Held, match="taken back"):
        from_remittances([first, back])


def test_a_correction_counts_though_the_payment_that_it_corrects_never_came() -> None:
    back = remitted(line(1, "-80.00", ("PR", "3", "-20.00")), status="22")
    assert from_remittances([back, remitted(USUAL)]).owed == Decimal("15.00")


def test_a_second_insurer_leaves_the_patient_its_own_share_only() -> None:
    primary = remitted(line(1, "60.00", ("CO", "45", "20.00"), ("PR", "2", "20.00")))
    secondary = remitted(line(1, "15.00", ("OA", "23", "80.00"), ("PR", "2", "5.00")), status="2")
    decided = from_remittances([primary, secondary])
    assert (decided.insurer_paid, decided.adjusted, decided.owed) == (
        Decimal("75.00"), Decimal("20.00"), Decimal("5.00"),
    )  # fmt: skip
    assert not decided.needs_word


@pytest.mark.parametrize(
    ("payments", "why"),
    [
        ([remitted(USUAL, status="19")], "sent the claim on"),
        ([remitted(USUAL, status="23")], "is no decision"),
        ([remitted(USUAL, status="25")], "is no decision"),
        ([remitted(USUAL), remitted(USUAL)], "Two payments decide"),
        ([remitted(USUAL, balanced=False)], "does not add up"),
        ([remitted(USUAL), remitted(line(1, "-30.00", ("PR", "3", "-2.00")), status="22")], "not known which"),
        ([remitted(USUAL, owed=Decimal("16.00"))], "owes 16.00, and its reasons add up to 15.00"),
        ([remitted(USUAL, paid=Decimal("59.00"))], "billed 100.00, insurers paid 59.00, adjusted 25.00, owed 15.00"),
        ([remitted(line(1, "15.00", ("OA", "23", "80.00"), ("PR", "2", "5.00")), status="2")], "is not here"),
        ([remitted(line(1, "15.00", ("CO", "45", "-5.00"), ("PR", "2", "5.00")))], "does not add up"),
    ],
)
def test_what_is_not_certain_is_held(payments: list[Remitted], why: str) -> None:
    with pytest.raises(Held, match=why):
        from_remittances(payments)


def test_the_parts_of_a_split_claim_are_added_up() -> None:
    decided = from_remittances([remitted(USUAL, is_part=True), remitted(USUAL, is_part=True)])
    assert (decided.billed, decided.owed) == (Decimal("200.00"), Decimal("30.00"))


def test_a_denial_that_leaves_it_to_the_patient_needs_a_persons_word() -> None:
    decided = from_remittances([remitted(line(1, "0.00", ("PR", "96", "100.00")), status="4")])
    assert decided.owed == Decimal("100.00")
    assert "denied" in decided.needs_word[0]
    nothing = from_remittances([remitted(line(1, "0.00", ("CO", "97", "100.00")), status="4")])
    assert nothing.owed == ZERO
    assert not nothing.needs_word


def state(category: str = "F1", paid: str | None = "60.00", **facts: object) -> ClaimState:
    given = {
        "category": category,
        "portal_text": "Paid",
        "payer_claim_number": "PCN1",
        "billed": Decimal("100.00"),
        "paid": None if paid is None else Decimal(paid),
        **facts,
    }
    return ClaimState.model_validate(given)


def test_the_portals_own_page_does_where_no_payment_has_come() -> None:
    lines = (
        Line(
            number=1,
            procedure="99213",
            billed=Decimal("100.00"),
            paid=Decimal("60.00"),
            adjustments=(
                Adjustment(group="CO", carc="45", amount=Decimal("25.00")),
                Adjustment(group="PR", carc="1", amount=Decimal("15.00")),
            ),
        ),
    )
    decided = from_portal(state(lines=lines), "A Payer")
    assert (decided.source, decided.owed, decided.adjusted) == (Source.PORTAL, Decimal("15.00"), Decimal("25.00"))
    shares = PatientResponsibility(total=Decimal("15.00"), deductible=Decimal("10.00"), copay=Decimal("5.00"))
    by_kind = from_portal(state(allowed=Decimal("75.00"), patient_responsibility=shares), None)
    assert [(part.carc, part.amount) for part in by_kind.parts] == [("1", Decimal("10.00")), ("3", Decimal("5.00"))]


@pytest.mark.parametrize(
    ("shown", "why"),
    [
        (state("P1"), "not decided about"),
        (state("F3F"), "not decided finally"),
        (state(paid=None), "what the insurer paid"),
        (state(patient_responsibility=PatientResponsibility(total=Decimal("15.00"))), "made of"),
        (state(), "why the rest"),
        (state(adjustments=(Adjustment(group="PR", carc="1", amount=Decimal("15.00")),)), "does not add up"),
        (state(paid="120.00", allowed=Decimal("100.00")), "does not add up"),
    ],
)
def test_a_page_that_does_not_say_enough_is_held(shown: ClaimState, why: str) -> None:
    with pytest.raises(Held, match=why):
        from_portal(shown, None)
