"""An explanation of benefits is read to the cent, whatever its form, or told as not read; no text is guessed."""

import io
import logging
import zlib
from collections.abc import Callable
from decimal import Decimal

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import SimpleDocTemplate, Table

from documents import eob_pdf_values as values
from documents.eob_pdf import EobRead, read_eob
from documents.eob_pdf_labels import CLAIM, PAYMENT, TOTAL, plain
from documents.not_whole import NotWhole, PasswordNeeded
from flows.remittance import RemitAdjustment, RemitClaim, Remittance
from tests.documents.eob_forms import (
    GRID,
    claim,
    claim_rows,
    labelled,
    line,
    payment,
    plain_payment,
    spaced,
    with_original,
)


def only(read: EobRead) -> Remittance:
    """The one remittance that was read, and nothing was left."""
    assert read.unread == ()
    (found,) = read.remittances
    return found


def same_money(found: Remittance, made: Remittance) -> None:
    """Every amount, code and number of the claims, lines and provider adjustments, and who and when."""
    assert found.balance.whole
    assert (found.source, found.trace, found.amount, found.paid_on) == ("eob", made.trace, made.amount, made.paid_on)
    assert found.provider_adjustments == made.provider_adjustments
    assert len(found.claims) == len(made.claims)
    for ours, theirs in zip(found.claims, made.claims, strict=True):
        for name in (
            "number", "patient_account_number", "payer_claim_number", "status", "billed", "paid", "patient",
            "patient_responsibility", "adjustments", "references",
        ):  # fmt: skip
            assert getattr(ours, name) == getattr(theirs, name), name
        for shown, meant in zip(ours.lines, theirs.lines, strict=True):
            for name in ("procedure", "modifiers", "billed", "paid", "allowed", "adjustments", "remark_codes"):
                assert getattr(shown, name) == getattr(meant, name), name
            assert shown.service_from == meant.service_from


@pytest.mark.parametrize("form", [labelled, spaced])
def test_a_payment_is_read_to_the_cent_in_unlike_forms(form: Callable[[Remittance], bytes]) -> None:
    made = plain_payment()
    same_money(only(read_eob(form(made))), made)


@pytest.mark.parametrize("form", [labelled, spaced])
def test_a_payment_of_many_pages_is_one_payment(form: Callable[[Remittance], bytes]) -> None:
    made = plain_payment(claims=9)
    same_money(only(read_eob(form(made))), made)


def test_a_claim_a_row_is_read_without_lines() -> None:
    taken = (
        RemitAdjustment(group="CO", carc="45", amount=Decimal("30.00")),
        RemitAdjustment(group="PR", carc="1", amount=Decimal("20.00")),
    )
    claims = [
        claim(number, line(1, "99213", "150.00", ("CO", "45", "30.00"), ("PR", "1", "20.00"))).model_copy(
            update={
                "lines": (),
                "adjustments": taken,
                "patient": claim(number).patient.model_copy(update={"identifier": None}),
            }
        )
        for number in (1, 2, 3)
    ]
    same_money(only(read_eob(claim_rows(payment(*claims)))), payment(*claims))


def test_who_paid_whom_and_how_is_read_from_the_head() -> None:
    found = only(read_eob(labelled(plain_payment())))
    assert (found.payer.name, found.payee.name) == ("Northfield Mutual", "Lakeside Practice")
    assert (found.payee.identifier, found.payee.tin, found.method.value) == ("1234567893", "123456789", "ACH")


def test_a_claim_whose_lines_go_on_over_the_page_is_one_claim() -> None:
    made = payment(claim(1, *(line(number, "99213", "10.00", ("CO", "45", "1.00")) for number in range(1, 61))))
    same_money(only(read_eob(labelled(made))), made)


def test_a_claim_that_is_named_again_on_the_next_page_is_one_claim() -> None:
    first, second = (
        claim(1, *(line(number, "99213", "10.00", ("CO", "45", "1.00")) for number in numbers))
        for numbers in ((1, 2), (3, 4))
    )
    whole = claim(1, *first.lines, *second.lines)
    parts = [whole.model_copy(update={"lines": part.lines}) for part in (first, second)]
    made = payment(whole)
    found = only(read_eob(labelled(made.model_copy(update={"claims": tuple(parts)}), continued=True)))
    same_money(found, made)


def test_a_reversal_and_its_correction_at_a_pages_head_stay_two_claims() -> None:
    lines = line(1, "99213", "150.00", ("CO", "45", "30.00"))
    back = line(1, "99213", "-150.00", ("CO", "45", "-30.00"))
    again = line(1, "99213", "150.00", ("CO", "45", "50.00"))
    reversal = with_original(claim(1, back, status="22", account="ACCT-1"), "20250001")
    correction = claim(2, again, account="ACCT-1").model_copy(
        update={"payer_claim_number": reversal.payer_claim_number, "patient": reversal.patient}
    )
    made = payment(reversal, correction, claim(3, lines))
    same_money(only(read_eob(labelled(made, continued=True))), made)


def test_several_payments_in_one_file_are_several_remittances() -> None:
    first, second = plain_payment(), payment(claim(1, line(1, "99213", "99.00")), trace="EFT0090002")
    with pikepdf.open(io.BytesIO(labelled(first))) as whole, pikepdf.open(io.BytesIO(labelled(second))) as other:
        whole.pages.extend(other.pages)
        joined = io.BytesIO()
        whole.save(joined)
    read = read_eob(joined.getvalue())
    assert read.unread == ()
    for found, made in zip(read.remittances, (first, second), strict=True):
        same_money(found, made)


def picture_pages(count: int, text: str = "") -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for _ in range(count):
        canvas.drawImage(ImageReader(Image.new("L", (60, 80), 255)), 0, 0, 600, 800)
        if text:
            canvas.drawString(72, 700, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def test_a_scan_is_told_and_not_read() -> None:
    read = read_eob(picture_pages(2))
    assert read.remittances == ()
    assert read.unread == ("Pages 1, 2 hold no text, only a picture (a scan?): a person has to read it",)


def test_a_letter_is_no_payment() -> None:
    read = read_eob(picture_pages(1, "Dear provider, please call about OCANARY. Paid: 20.00"))
    assert read.remittances == ()
    assert "form is not known" in read.unread[0]
    assert "OCANARY" not in "".join(read.unread)


PROTECTIONS = {
    "RC4": pikepdf.Encryption(user="1234567893", owner="theirs", R=3, aes=False, metadata=False),
    "AES-128": pikepdf.Encryption(user="1234567893", owner="theirs", R=4),
    "AES-256": pikepdf.Encryption(user="1234567893", owner="theirs", R=6),
}


def protected(content: bytes, how: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(out, encryption=PROTECTIONS[how])
    return out.getvalue()


@pytest.mark.parametrize("how", PROTECTIONS)
def test_a_protected_file_opens_with_its_password_alone(how: str) -> None:
    made = plain_payment()
    content = protected(labelled(made), how)
    same_money(only(read_eob(content, "1234567893")), made)
    with pytest.raises(PasswordNeeded, match="no password was given"):
        read_eob(content)
    with pytest.raises(PasswordNeeded, match="does not open it"):
        read_eob(content, "secret-canary")


def test_a_file_that_only_forbids_changes_opens_without_a_password() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1, encrypt=StandardEncryption("", ownerPassword="theirs", canModify=0))
    canvas.drawString(72, 700, "Payment amount: $12.00")
    canvas.drawString(72, 680, "Payment number: 77")
    canvas.save()
    (found,) = read_eob(out.getvalue()).remittances
    assert (found.amount, found.trace) == (Decimal("12.00"), "77")


@pytest.mark.filterwarnings("error")
def test_a_password_that_is_not_needed_changes_nothing() -> None:
    made = plain_payment()
    same_money(only(read_eob(labelled(made), "1234567893")), made)


def test_what_is_cut_short_or_damaged_is_not_whole() -> None:
    content = labelled(plain_payment())
    for size in (40, len(content) // 3, len(content) // 2, len(content) - 60, len(content) - 8):
        with pytest.raises(NotWhole):
            read_eob(content[:size])
    start, end = content.index(b"stream") + 7, content.index(b"endstream")
    for place in range(start + 60, end - 8, (end - start) // 9):
        other = b"A" if content[place : place + 1] != b"A" else b"B"
        with pytest.raises(NotWhole):
            read_eob(content[:place] + other + content[place + 1 :])


def with_stream(packed: bytes, *filters: pikepdf.Name) -> bytes:
    """A PDF of one page that draws this."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page().Contents = pikepdf.Stream(pdf, packed, Filter=pikepdf.Array(filters))
        pdf.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return out.getvalue()


def test_a_page_that_breaks_off_is_noticed_though_readers_of_pdfs_take_what_is_there() -> None:
    whole = zlib.compress(b"BT ET " * 900)
    assert read_eob(with_stream(whole, pikepdf.Name.FlateDecode)).remittances == ()
    for packed in (whole[: len(whole) // 2], whole[:-4], whole[:-4] + b"\0\0\0\0"):
        with pytest.raises(NotWhole):
            read_eob(with_stream(packed, pikepdf.Name.FlateDecode))


def test_no_text_of_a_strange_file_is_logged() -> None:
    strange = b"BT (OCANARY) g (OCANARY) 1 2 rg (OCANARY) Tf /OCANARY 12 Tf 60 700 Td (x) Tj ET /OCANARY Do OCANARY"
    logged = io.StringIO()
    handler = logging.StreamHandler(logged)
    logging.getLogger().addHandler(handler)
    try:
        read = read_eob(with_stream(zlib.compress(strange), pikepdf.Name.FlateDecode))
    finally:
        logging.getLogger().removeHandler(handler)
    assert logged.getvalue() == ""
    assert "OCANARY" not in "".join(read.unread)


@pytest.mark.parametrize("times", [1, 2])
def test_a_page_made_to_burst_is_noticed_before_it_does(times: int) -> None:
    packed = b" " * (40 << 20)
    for _ in range(times):
        packed = zlib.compress(packed, 1)
    content = with_stream(packed, *[pikepdf.Name.FlateDecode] * times)
    assert len(content) < 400_000
    with pytest.raises(NotWhole, match="unpacks to more"):
        read_eob(content)


def text_page(*lines: str) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for place, text in enumerate(lines):
        canvas.drawString(60, 780 - 14 * place, text)
    canvas.save()
    return out.getvalue()


HEAD = ("Payment number: 0042", "Payment date: 09/20/2026", "Payment amount: 80.00")
CLAIM_LINES = (
    "Patient: OCANARY, ZEPH", "Account number: ACCT-1", "Claim number: 20260001", "Claim status: Paid",
    "Billed: 100.00", "Claim adjustments: CO-45 20.00", "Paid: 80.00",
)  # fmt: skip


def read_page(*lines: str) -> EobRead:
    return read_eob(text_page(*lines))


def changed(old: str, new: str) -> tuple[str, ...]:
    return (*HEAD, *(new if line == old else line for line in CLAIM_LINES))


def test_labels_alone_are_enough_for_a_claim() -> None:
    found = only(read_page(*HEAD, *CLAIM_LINES))
    assert found.balance.whole
    (read,) = found.claims
    assert (read.billed, read.paid, read.adjustments[0].carc) == (Decimal("100.00"), Decimal("80.00"), "45")


def test_a_claim_that_stands_twice_on_a_page_is_two_claims() -> None:
    found = only(read_page(*HEAD[:2], "Payment amount: 160.00", *CLAIM_LINES, *CLAIM_LINES))
    assert (len(found.claims), found.balance.whole) == (2, True)


def test_labels_in_drawn_boxes_are_read_box_by_box() -> None:
    head = Table([["Payer: Northfield\nMutual\nFax: 555\nPayee: Lakeside", "\n".join(HEAD)]], style=GRID)
    words = [line.split(": ") for line in CLAIM_LINES]
    body = Table(
        [[*words[0], *words[1]], [*words[2], *words[3]], [*words[4], *words[5]], [*words[6], "", ""]], style=GRID
    )
    out = io.BytesIO()
    # A frame of one box is no table; two boxes are.
    SimpleDocTemplate(out, invariant=1).build([Table([[head, "Copy"]], style=GRID), body])
    found = only(read_eob(out.getvalue()))
    assert (found.payer.name, found.payee.name, found.trace) == ("Northfield Mutual", "Lakeside", "0042")
    (read,) = found.claims
    assert found.balance.whole
    assert (read.patient_account_number, read.payer_claim_number, read.status) == ("ACCT-1", "20260001", "1")


def test_a_label_that_only_ends_like_a_known_one_is_not_taken_for_it() -> None:
    (found,) = read_page(*HEAD, *changed("Paid: 80.00", "Other insurance paid: 80.00")[3:]).remittances
    assert found.claims == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Claim status: Paid", "Claim status: Canary word", "status was not understood"),
        ("Claim status: Paid", "Claim status: 4 Paid", "status was not understood"),
        ("Claim status: Paid", "", "shows no status"),
        ("Billed: 100.00", "Billed: 1OO.00 canary", "billed was not understood"),
        ("Billed: 100.00", "Billed: 100.000", "billed was not understood"),
        ("Claim adjustments: CO-45 20.00", "Claim adjustments: ZZ-Canary 20.00", "adjustments was not understood"),
        ("Claim adjustments: CO-45 20.00", "Claim adjustments: CO-45 20.00 and canary 3.00", "adjustments was not"),
    ],
)
def test_a_text_that_is_not_known_is_told_and_never_taken_for_the_nearest(old: str, new: str, told: str) -> None:
    read = read_page(*changed(old, new))
    (found,) = read.remittances
    assert any(told in sentence for sentence in read.unread)
    assert "anary" not in "".join(read.unread)
    assert not found.balance.whole or found.claims[0].status == ""


def test_letters_drawn_twice_to_look_bold_are_read_once() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for place, text in enumerate((*HEAD, *CLAIM_LINES)):
        for left in (60, 60.3):
            canvas.drawString(left, 780 - 14 * place, text)
    canvas.save()
    assert only(read_eob(out.getvalue())).trace == "0042"


def test_a_payment_that_does_not_add_up_is_read_and_says_so() -> None:
    (found,) = read_page(*changed("Claim adjustments: CO-45 20.00", "Claim adjustments: CO-45 20.01")).remittances
    assert (found.balance.line, found.balance.claim, found.balance.transaction) == (True, False, True)
    assert found.unbalanced == ("claim 1: charge less adjustments is not what is paid",)


def test_the_forms_own_totals_must_be_those_of_what_was_read() -> None:
    for totals, told in (
        (("Totals", "Billed: 100.00", "Paid: 80.00", "Number of claims: 1"), ()),
        (("Totals", "Billed: 100.00", "Paid: 180.00"), ("total (paid)",)),
        (("Total paid: 180.00", "Number of claims: 2"), ("total (paid)", "total (claims)")),
    ):
        read = read_page(*HEAD, *CLAIM_LINES, *totals)
        assert len(read.unread) == len(told)
        assert all(one in sentence for one, sentence in zip(told, read.unread, strict=True))


def test_how_sure_a_field_is_follows_from_how_it_is_shown() -> None:
    found = only(read_eob(labelled(plain_payment()))).confidence
    assert {found[name] for name in ("amount", "claims[0].billed", "claims[1].lines[0].paid")} == {1.0}
    found = only(read_eob(spaced(plain_payment()))).confidence
    assert {found[name] for name in ("amount", "claims[0].lines[0].paid", "claims[0].paid")} == {0.9}
    # Which sign this payer gives to what it takes away was worked out by the balance.
    assert found["provider_adjustments[0].amount"] == 0.7
    lines = tuple(one for one in CLAIM_LINES if not one.startswith("Patient"))
    (once, twice) = (read_page(*HEAD, "Patient: ZEPH OCANARY", *lines, *more) for more in ((), ("Paid: 70.00",)))
    assert only(once).confidence["claims[0].patient"] == 0.7
    assert twice.remittances[0].confidence["claims[0].paid"] == 0.3
    assert any("paid is shown twice and differently" in sentence for sentence in twice.unread)


def test_a_charge_below_zero_is_a_reversal_though_the_form_does_not_say_so() -> None:
    turned = [line.replace(": 100", ": -100").replace(" 20.", " -20.").replace(": 80", ": -80") for line in CLAIM_LINES]
    head = (*HEAD[:2], "Payment amount: -80.00")
    found = only(read_page(*head, *(line for line in turned if "status" not in line)))
    assert found.claims[0].is_reversal
    assert found.confidence["claims[0].status"] == 0.7
    assert any("contradict" in told for told in read_page(*head, *turned).unread)


def test_a_payment_number_that_changes_within_a_page_is_told() -> None:
    read = read_page(*HEAD, *CLAIM_LINES, "Payment number: 0043")
    assert any("trace is shown twice and differently" in sentence for sentence in read.unread)
    assert read.remittances[0].confidence["trace"] == 0.3


def test_no_value_is_printed_with_what_was_not_read() -> None:
    made = plain_payment()
    broken = made.model_copy(
        update={"amount": Decimal("1.00"), "claims": (made.claims[0].model_copy(update={"status": "?"}),)}
    )
    read = read_eob(labelled(broken))
    told = "".join(read.unread) + "".join(read.remittances[0].unbalanced)
    assert read.unread
    for text in ("OCANARY", "ZEPH", "QZX", "ACCT", "2026", "150", "EFT009"):
        assert text not in told


def test_a_wording_means_one_thing() -> None:
    assert not PAYMENT.keys() & CLAIM.keys()
    assert not TOTAL.keys() & (PAYMENT.keys() | CLAIM.keys())
    for words in ("Acct #", "ACCOUNT NO.", "Account Number"):
        assert CLAIM[plain(words)] == "patient_account_number"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["CO", "PR", "OA", "PI", "CR"]),
            st.integers(1, 300).map(str) | st.sampled_from(["A1", "B7", "W1"]),
            st.decimals(-99999, 99999, places=2),
        ),
        max_size=5,
    ),
    st.sampled_from(["; ", "\n", ", "]),
)
def test_adjustments_are_read_as_they_were_written(made: list[tuple[str, str, Decimal]], between: str) -> None:
    shown = between.join(f"{group}-{carc} {amount:,.2f}" for group, carc, amount in made)
    found = values.adjustments(shown)
    assert [(each.group, each.carc, each.amount) for each in found] == made
    codes, amounts = (between.join(parts) for parts in (
        [f"{group}{carc}" for group, carc, _ in made], [f"{amount:.2f}" for _, _, amount in made]
    ))  # fmt: skip
    assert values.adjustments(codes, amounts) == found


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("09/01/2026", "2026-09-01", "2026-09-01"),
        ("9/1/2026 - 9/2/2026", "2026-09-01", "2026-09-02"),
        ("2026-09-01 to 2026-09-02", "2026-09-01", "2026-09-02"),
        ("09-01-2026–09-02-2026", "2026-09-01", "2026-09-02"),
        ("Sep 1, 2026", "2026-09-01", "2026-09-01"),
        ("20260901", "2026-09-01", "2026-09-01"),
    ],
)
def test_days_are_read_as_american_forms_write_them(text: str, first: str, last: str) -> None:
    assert [day.isoformat() for day in values.days(text)] == [first, last]


@pytest.mark.parametrize(
    "text",
    [
        "09/02/2026 - 09/01/2026",
        "31/12/2026",
        "09/01/26",
        "tomorrow",
        "",
        # 1 November or 11 January: found by fuzzing, as was that the digits of other scripts were taken.
        "2026111",
        "\u0660\u0669/\u0660\u0661/\u0662\u0660\u0662\u0666",
    ],
)
def test_what_is_no_day_is_no_day(text: str) -> None:
    with pytest.raises(ValueError, match=r"day|match"):
        values.days(text)


def claims_of(read: EobRead) -> tuple[RemitClaim, ...]:
    return tuple(claim for remittance in read.remittances for claim in remittance.claims)


@given(
    st.lists(
        st.sampled_from([*HEAD, *CLAIM_LINES, "Totals", "Provider adjustments", "Reason", "Line", ":", ""]), max_size=14
    )
)
@settings(max_examples=30)
def test_no_order_of_lines_breaks_the_reader(lines: list[str]) -> None:
    read = read_page(*lines) if any(lines) else EobRead((), ())
    assert all(claim.billed == Decimal("100.00") for claim in claims_of(read))
