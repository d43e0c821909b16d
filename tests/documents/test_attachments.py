"""Documents of an appeal: known by their content, within the portal's rules, and harmless."""

from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from documents.attachments import (
    JPEG,
    PDF,
    PNG,
    TEXT,
    TIFF,
    AttachmentRefused,
    as_attachment,
    check,
    check_together,
    kind_of,
    read_attachment,
)
from flows.appeal_rules import UploadRules
from flows.questions import Attachment, AttachmentKind

ANY = UploadRules(content_types=(PDF, PNG, JPEG, TIFF, TEXT), smallest=1, largest=1_000_000, most=3)
A_PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20 + b"IEND\xaeB`\x82"


def pdf(pages: int = 2) -> bytes:
    made = BytesIO()
    canvas = Canvas(made)
    for number in range(1, pages + 1):
        canvas.drawString(72, 720, f"Progress notes, page {number}")
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def changed(change: str) -> bytes:
    """The PDF with something in it that does something."""
    with pikepdf.open(BytesIO(pdf())) as made:
        action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        match change:
            case "script at opening":
                made.Root.OpenAction = action
            case "script in an object of its own":
                made.Root.OpenAction = made.make_indirect(action)
            case "script of a page":
                made.pages[0].obj.AA = pikepdf.Dictionary(O=action)
            case "a form that is a program":
                made.Root.AcroForm = pikepdf.Dictionary(XFA=made.make_stream(b"<xdp/>"))
            case "another file inside":
                made.attachments["x.exe"] = b"MZ"
            case "a program that starts":
                launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("x.exe"))
                annotation = pikepdf.Dictionary(Subtype=pikepdf.Name.Link, A=launch, Rect=[0, 0, 9, 9])
                made.pages[0].obj.Annots = pikepdf.Array([annotation])
        saved = BytesIO()
        made.save(saved)
        return saved.getvalue()


def protected(password: str) -> bytes:
    with pikepdf.open(BytesIO(pdf())) as made:
        saved = BytesIO()
        made.save(saved, encryption=pikepdf.Encryption(user=password, owner="owner"))
        return saved.getvalue()


def test_a_pdf_is_taken_with_its_pages_counted() -> None:
    content = pdf(3)
    checked = check(content, ANY)
    assert (checked.content_type, checked.pages, checked.size) == (PDF, 3, len(content))
    assert checked.sha256 == sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (pdf(), PDF),
        (A_PNG, PNG),
        (b"\xff\xd8\xff\xe0 picture \xff\xd9", JPEG),
        (b"II*\0 picture", TIFF),
        ("Résumé of the visit\r\n".encode(), TEXT),
        (b"MZ\x90\0 a program", None),
        (b"PK\x03\x04 an archive\0", None),
        (A_PNG[:-4], None),
        (b"\xff\xd8\xff\xe0 cut short", None),
        (b"", None),
    ],
)
def test_the_kind_is_read_from_the_content(content: bytes, kind: str | None) -> None:
    assert kind_of(content) == kind


@pytest.mark.parametrize(
    ("content", "rules", "why"),
    [
        (b"MZ\x90\0 a program called records.pdf", ANY, "no kind that can be checked"),
        (A_PNG, UploadRules(), "PNG by its content, and the portal takes PDF"),
        (b"x" * 9, ANY.model_copy(update={"smallest": 10}), "less than 10 bytes"),
        (b"x" * 2048, ANY.model_copy(update={"largest": 1024}), "more than 1 kB"),
        (pdf()[:-200], ANY, "damaged"),
        (b"%PDF-1.7\n%%EOF", ANY, "damaged"),
        (protected("secret"), ANY, "protected"),
        (protected(""), ANY, "protected"),
    ],
)
def test_a_file_that_the_payer_could_not_use_is_refused(content: bytes, rules: UploadRules, why: str) -> None:
    with pytest.raises(AttachmentRefused, match=why):
        check(content, rules)


@pytest.mark.parametrize(
    "change",
    [
        "script at opening", "script in an object of its own", "script of a page", "another file inside",
        "a program that starts", "a form that is a program",
    ],
)  # fmt: skip
def test_a_pdf_that_does_something_is_refused(change: str) -> None:
    assert check(changed("nothing"), ANY).pages == 2
    with pytest.raises(AttachmentRefused, match="scripts, other files or actions"):
        check(changed(change), ANY)


def test_names_are_ours_and_never_come_twice() -> None:
    first = as_attachment(check(pdf(1), ANY), AttachmentKind.MEDICAL_RECORDS, ())
    second = as_attachment(check(pdf(2), ANY), AttachmentKind.MEDICAL_RECORDS, (first,))
    other = as_attachment(check(A_PNG, ANY), AttachmentKind.AUTHORIZATION, (first, second))
    assert [one.filename for one in (first, second, other)] == ["records-1.pdf", "records-2.pdf", "authorization-1.png"]
    # One that was taken out in between leaves its name free, and no other name moves.
    assert as_attachment(check(pdf(3), ANY), AttachmentKind.MEDICAL_RECORDS, (second,)).filename == "records-1.pdf"


def attachment(number: int, size: int = 100, content_type: str = PDF) -> Attachment:
    return Attachment(
        kind=AttachmentKind.OTHER, filename=f"document-{number}.pdf", content_type=content_type,
        sha256=f"{number:064}", size=size, pages=1,
    )  # fmt: skip


def test_files_are_counted_and_weighed_together() -> None:
    rules = ANY.model_copy(update={"most": 2, "most_together": 250})
    assert check_together([attachment(1), attachment(2)], rules) == ()
    assert "3 documents, and the portal takes 2" in check_together([attachment(n) for n in (1, 2, 3)], rules)[0]
    assert "300 bytes together" in check_together([attachment(1), attachment(2, 200)], rules)[0]
    twice = attachment(1).model_copy(update={"filename": "document-2.pdf"})
    assert check_together([attachment(1), twice], rules) == ("one document is there twice",)


def test_what_the_portal_no_longer_takes_is_told() -> None:
    assert "document-1.pdf is of a kind or size" in check_together([attachment(1, content_type=TIFF)], UploadRules())[0]


def test_no_more_is_read_than_the_portal_takes(tmp_path: Path) -> None:
    path = tmp_path / "large.pdf"
    path.write_bytes(b"x" * 101)
    assert read_attachment(path, 101) == b"x" * 101
    with pytest.raises(AttachmentRefused, match="more than 100 bytes"):
        read_attachment(path, 100)
    with pytest.raises(AttachmentRefused, match="cannot be read"):
        read_attachment(tmp_path / "nowhere.pdf", 100)
