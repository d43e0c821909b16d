"""A portal's document counts when it is whole, of the promised kind, and opened."""

import io

import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from bots.intake import Intake, NotWhole, PasswordWrong
from portalwright.intake import OfficeIntake
from tests.documents.remittance_files import claim, line, remittance, written

WHOLE = written([remittance("60.00", [claim(1, "150.00", "60.00", line(1, "150.00", "60.00", "CO-45 90.00"))])])
INTAKE: Intake = OfficeIntake()


def protected() -> bytes:
    drawn, sealed = io.BytesIO(), io.BytesIO()
    canvas = Canvas(drawn)
    canvas.drawString(72, 720, "Payment number: E1")
    canvas.save()
    with pikepdf.open(io.BytesIO(drawn.getvalue())) as pdf:
        pdf.save(sealed, encryption=pikepdf.Encryption(user="right", owner="owner"))
    return sealed.getvalue()


def test_a_whole_document_is_read_with_its_hash_and_size() -> None:
    collected = INTAKE.check(WHOLE, "835", None)
    assert (collected.kind, collected.size, len(collected.sha256)) == ("835", len(WHOLE), 64)
    assert [one.trace for one in collected.remittances] == ["TRACE1"]


@pytest.mark.parametrize("cut", [b"", WHOLE[:-30], b"<html>Service unavailable</html>", b"%PDF-1.7 half of"])
def test_what_is_not_whole_is_to_be_fetched_again(cut: bytes) -> None:
    with pytest.raises(NotWhole):
        INTAKE.check(cut, "835", None)


def test_a_document_of_another_kind_than_promised_is_not_taken() -> None:
    with pytest.raises(NotWhole, match="another kind"):
        INTAKE.check(WHOLE, "eob", None)


@pytest.mark.parametrize("password", [None, "wrong"])
def test_a_password_that_does_not_open_is_a_persons(password: str | None) -> None:
    with pytest.raises(PasswordWrong) as told:
        INTAKE.check(protected(), "eob", password)
    assert "wrong" not in told.value.what.lower().split()
    assert INTAKE.check(protected(), "eob", "right").kind == "eob"
