"""Documents that go with an appeal: checked by their content, against what the portal takes, before anything is kept.

What a file is called proves nothing: its kind is read from its bytes. A PDF has to open without a password, be whole,
and do nothing by itself (no scripts, nothing hidden inside, nothing that starts or sends).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from documents.eob_pdf_pages import pages
from documents.not_whole import NotWhole, PasswordNeeded
from flows.appeal_rules import MIB, UploadRules
from flows.questions import Attachment, AttachmentKind

if TYPE_CHECKING:
    from pikepdf import Object

PDF, PNG, JPEG, TIFF, TEXT = "application/pdf", "image/png", "image/jpeg", "image/tiff", "text/plain"

_ENDINGS = MappingProxyType({PDF: "pdf", PNG: "png", JPEG: "jpg", TIFF: "tif", TEXT: "txt"})
_NAMES = MappingProxyType(
    {
        AttachmentKind.MEDICAL_RECORDS: "records",
        AttachmentKind.AUTHORIZATION: "authorization",
        AttachmentKind.PROOF_OF_TIMELY_FILING: "timely-filing",
        AttachmentKind.REMITTANCE: "remittance",
        AttachmentKind.LETTER: "letter",
        AttachmentKind.OTHER: "document",
    }
)
_ACTIVE = frozenset(
    {"/JS", "/JavaScript", "/Launch", "/EmbeddedFiles", "/EmbeddedFile", "/RichMedia", "/XFA", "/SubmitForm",
     "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/Movie", "/Sound"}
)  # fmt: skip
_DEEPEST = 40


class AttachmentRefused(Exception):
    """A file cannot go with this appeal. The text is for a person and quotes nothing of the file."""


@dataclass(frozen=True)
class Checked:
    """A file that is what the portal takes: its bytes' kind and hash; `pages` of a PDF."""

    content_type: str
    sha256: str
    size: int
    pages: int | None


def read_attachment(path: Path, largest: int) -> bytes:
    """The file's content, never more than one byte over `largest`. Raises AttachmentRefused."""
    try:
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except OSError as error:
        raise AttachmentRefused(f"The file cannot be read: {error.strerror or 'an error of the disk'}.") from None
    if len(content) > largest:
        raise AttachmentRefused(f"The file has more than {_size(largest)}, which is the most that the portal takes.")
    return content


def check(content: bytes, rules: UploadRules) -> Checked:
    """Check one file by itself. Raises AttachmentRefused."""
    if len(content) < rules.smallest:
        raise AttachmentRefused(f"The file has less than {_size(rules.smallest)}, which the portal does not take.")
    if len(content) > rules.largest:
        raise AttachmentRefused(
            f"The file has more than {_size(rules.largest)}, which is the most that the portal takes."
        )
    content_type = kind_of(content)
    if content_type is None:
        raise AttachmentRefused("The file is of no kind that can be checked (PDF, PNG, JPEG, TIFF or plain text).")
    if content_type not in rules.content_types:
        taken = ", ".join(_word(one) for one in rules.content_types)
        raise AttachmentRefused(f"The file is {_word(content_type)} by its content, and the portal takes {taken}.")
    return Checked(
        content_type=content_type,
        sha256=sha256(content).hexdigest(),
        size=len(content),
        pages=_checked_pdf(content) if content_type == PDF else None,
    )


def check_together(attachments: Sequence[Attachment], rules: UploadRules) -> tuple[str, ...]:
    """What is wrong with these files as a whole: too many, too large together, one twice, no longer taken. Clauses."""
    problems = []
    if len(attachments) > rules.most:
        problems.append(f"there are {len(attachments)} documents, and the portal takes {rules.most} with one appeal")
    together = sum(one.size for one in attachments)
    if rules.most_together is not None and together > rules.most_together:
        problems.append(
            f"the documents have {_size(together)} together, and the portal takes {_size(rules.most_together)}"
        )
    hashes = [one.sha256 for one in attachments]
    if len(set(hashes)) < len(hashes):
        problems.append("one document is there twice")
    for one in attachments:
        if one.content_type not in rules.content_types or not rules.smallest <= one.size <= rules.largest:
            problems.append(f"{one.filename} is of a kind or size that the portal does not take")
    return tuple(problems)


def as_attachment(checked: Checked, kind: AttachmentKind, before: Sequence[Attachment]) -> Attachment:
    """The attachment under a name of ours, `records-2.pdf`, that none of those `before` has."""
    ending, taken = _ENDINGS[checked.content_type], {one.filename for one in before}
    numbered = (f"{_NAMES[kind]}-{number}.{ending}" for number in range(1, len(before) + 2))
    return Attachment(
        kind=kind,
        filename=next(name for name in numbered if name not in taken),
        content_type=checked.content_type,
        sha256=checked.sha256,
        size=checked.size,
        pages=checked.pages,
    )


def kind_of(content: bytes) -> str | None:
    """What the bytes are, whatever the file is called; None for what is not known, broken off, or mixed."""
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG if content.endswith(b"IEND\xaeB`\x82") else None
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG if content.rstrip(b"\0").endswith(b"\xff\xd9") else None
    if content.startswith((b"II*\0", b"MM\0*")):
        return TIFF
    return TEXT if _is_text(content) else None


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return bool(text) and all(letter.isprintable() or letter in "\r\n\t\f" for letter in text)


def _checked_pdf(content: bytes) -> int:
    """How many pages the PDF has. Raises AttachmentRefused for one that is protected, damaged or does something."""
    import pikepdf

    try:
        with pikepdf.open(BytesIO(content), suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise AttachmentRefused(_PROTECTED)
            if any(_does_something(one, 0) for one in pdf.objects):
                raise AttachmentRefused(
                    "The PDF holds scripts, other files or actions, which payers refuse and which do not belong into "
                    "an appeal. Print it into a new PDF."
                )
            count = len(pdf.pages)
        pages(content, None)
    except (PasswordNeeded, pikepdf.PasswordError):
        raise AttachmentRefused(_PROTECTED) from None
    except (NotWhole, pikepdf.PdfError, ValueError, TypeError, AttributeError, KeyError, RecursionError):
        raise AttachmentRefused("The PDF is damaged, cut short or has no pages. Make it anew.") from None
    return count


_PROTECTED = "The PDF is protected, so that the payer could not open it. Save it without protection."


def _does_something(part: "Object", depth: int) -> bool:
    import pikepdf

    if depth > _DEEPEST:
        return True
    inside: Iterator[Object]
    if isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
        entries = dict(part.items())
        if _ACTIVE & set(entries) or any(str(entries.get(key)) in _ACTIVE for key in ("/S", "/Type", "/Subtype")):
            return True
        inside = iter(entries.values())
    elif isinstance(part, pikepdf.Array):
        inside = iter(list(part))
    else:
        return False
    # What is written apart from its owner is one of the file's own objects, and comes by itself.
    return any(_does_something(one, depth + 1) for one in inside if not getattr(one, "is_indirect", False))


def _word(content_type: str) -> str:
    return {PDF: "PDF", PNG: "PNG", JPEG: "JPEG", TIFF: "TIFF", TEXT: "plain text"}.get(content_type, content_type)


def _size(count: int) -> str:
    """`60 MB`, `3 kB`, `12 bytes`: the largest unit in which it is a number of a few digits."""
    for unit, factor in (("MB", MIB), ("kB", 1024)):
        if count >= factor:
            return f"{count / factor:.1f}".removesuffix(".0") + f" {unit}"
    return f"{count} bytes"
