"""A remittance as a payer hands it over: an 835, a PDF or a ZIP of both, read whole or refused."""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

from documents.eob_pdf import read_eob
from documents.not_read import NotRead
from documents.not_whole import NotWhole, PasswordNeeded
from documents.remittance_835 import remittances
from documents.x12 import is_x12, other_form, raw_segments
from flows.remittance import Remittance
from flows.values import Frozen

MOST_MEMBERS = 2000
MOST_MEMBER_BYTES = 64 << 20
MOST_BYTES = 256 << 20
"""Of all members together, unpacked."""

MOST_RATIO = 200
"""Unpacked to packed; an 835 packs to a tenth or a twentieth. Small members may pack as well as they like."""

_ENTRY = b"PK\x01\x02"
"""Begins each entry in a ZIP file's list of its members."""

_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_SMALL = 1 << 20
_HEAD = 1 << 16
_MOST_TOLD = 3
Kind = Literal["835", "eob", "zip"]


class RemittanceFile(Frozen):
    """A file that is whole. `sha256` (hex) and `size` (bytes) are of the file as it came.

    `unread` says in our words what in it was not read: work for a person. It quotes nothing and names members of a ZIP
    by their number, because payers put patients' names into file names. The same payment as 835 and as EOB is there
    twice: flows.remittance_differences tells whether they say the same.
    """

    kind: Kind
    sha256: str
    size: int
    remittances: tuple[Remittance, ...]
    unread: tuple[str, ...] = ()


def read_remittance_file(content: bytes, *, password: str | None = None) -> RemittanceFile:
    """Read an 835, an EOB as PDF, or a ZIP of both; what it is, its contents say.

    Raises NotWhole for what is empty, cut short, damaged or none of these, and PasswordNeeded (a NotWhole) for what is
    protected and not opened by `password`. Nothing is written anywhere.
    """
    kind, found, unread = _read(content, password, members=True)
    return RemittanceFile(
        kind=kind,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        remittances=found,
        unread=unread,
    )


Read = tuple[Kind, tuple[Remittance, ...], tuple[str, ...]]


def _read(content: bytes, password: str | None, *, members: bool) -> Read:
    head = content[:_HEAD]
    if not content.strip():
        raise NotWhole("The file is empty.")
    form = other_form(head)
    if form == "ZIP file":
        if not members:
            raise NotWhole("It is a ZIP file inside a ZIP file.")
        return ("zip", *_read_zip(content, password))
    if form == "PDF":
        read = read_eob(content, password)
        return "eob", read.remittances, read.unread
    if is_x12(head):
        return ("835", *_read_835(content))
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise NotWhole("The file is a web page, perhaps an error of the portal's, and no remittance.")
    raise NotWhole("The file is no 835, no PDF and no ZIP file.")


def _read_835(content: bytes) -> tuple[tuple[Remittance, ...], tuple[str, ...]]:
    found: list[Remittance] = []
    unread: list[str] = []
    for each in remittances(content):
        if isinstance(each, NotRead):
            unread.append(str(each))
        else:
            found.append(each)
    if not _has_end(content):
        raise NotWhole("The 835 breaks off before its end.")
    if not found and not unread:
        raise NotWhole("The file is X12, but there is no remittance (835) in it.")
    return tuple(found), tuple(unread)


def _has_end(content: bytes) -> bool:
    """Is every interchange closed that was opened? One that has lost its envelope ends with its last transaction."""
    first, last, whole = b"", b"", False
    for segment_id, elements, _ in raw_segments(content):
        first = first or segment_id
        last, whole = segment_id, len(elements) >= 2
    return whole and last in ((b"IEA",) if first == b"ISA" else (b"IEA", b"GE", b"SE"))


def _read_zip(content: bytes, password: str | None) -> tuple[tuple[Remittance, ...], tuple[str, ...]]:
    found: list[Remittance] = []
    unread: list[str] = []
    refusals: list[NotWhole] = []
    members = 0
    for number, member in enumerate(_members(content, password), start=1):
        members = number
        read = _read_member(member, password)
        if isinstance(read, NotWhole):
            refusals.append(read)
            unread.append(f"Member {number}: {_inside(str(read))}")
        else:
            found += read[0]
            unread += (f"Member {number}: {_inside(text)}" for text in read[1])
    if len(refusals) == members and any(isinstance(refusal, PasswordNeeded) for refusal in refusals):
        raise PasswordNeeded("The ZIP file is protected, or the files in it are, and the password does not open them.")
    if len(refusals) == members:
        first = f" ({'; '.join(unread[:_MOST_TOLD])})" if unread else ""
        raise NotWhole(f"In the ZIP file there is not one file that can be read as a remittance{first}.")
    return tuple(found), tuple(unread)


def _read_member(
    member: bytes | NotWhole, password: str | None
) -> tuple[tuple[Remittance, ...], tuple[str, ...]] | NotWhole:
    if isinstance(member, NotWhole):
        return member
    try:
        _, found, unread = _read(member, password, members=False)
    except NotWhole as refusal:
        return refusal
    return found, unread


def _members(content: bytes, password: str | None) -> Iterator[bytes | NotWhole]:
    """Each file in its turn, or why it was not taken. The limits hold whatever the ZIP file says of itself."""
    # Counted first: the list of the members alone, taken into memory, can be a thousand times the file.
    if content.count(_ENTRY) > 2 * MOST_MEMBERS:
        raise NotWhole(f"The ZIP file holds more than {MOST_MEMBERS} files.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise NotWhole("The ZIP file is damaged or cut short.") from None
    with archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) > MOST_MEMBERS:
            raise NotWhole(f"The ZIP file holds more than {MOST_MEMBERS} files.")
        if _share_bytes(members):
            raise NotWhole("The ZIP file is damaged: two files in it are made of the same bytes.")
        room = MOST_BYTES
        for member in members:
            most = min(room, MOST_MEMBER_BYTES)
            taken = _member(archive, member, password, most)
            # What was unpacked in vain counts too.
            room -= len(taken) if isinstance(taken, bytes) else min(most, member.file_size)
            yield taken


def _share_bytes(members: Sequence[zipfile.ZipInfo]) -> bool:
    """Does one member begin before the one that it stands behind has ended? A few bytes then stand for any number."""
    placed = sorted(members, key=lambda member: member.header_offset)
    return any(
        before.header_offset + before.compress_size >= member.header_offset for before, member in pairwise(placed)
    )


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, password: str | None, most: int) -> bytes | NotWhole:
    if member.compress_type not in _PACKED:
        # Other ways say themselves how much memory unpacking takes, up to gigabytes; no payer packs with them.
        return NotWhole("It is packed in a way that is not known here.")
    if member.flag_bits & 1 and password is None:
        return PasswordNeeded("It is protected, and no password was given.")
    most = min(most, max(_SMALL, member.compress_size * MOST_RATIO))
    try:
        with archive.open(member, pwd=password.encode() if password else None) as file:
            content = file.read(most + 1)
    except RuntimeError:
        return PasswordNeeded("It is protected, and the password that was given does not open it.")
    except NotImplementedError:
        return NotWhole("It is packed in a way that is not known here.")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError):
        return NotWhole("It is damaged.")
    if len(content) > most:
        return NotWhole("It unpacks to more than any remittance.")
    return content


def _inside(sentence: str) -> str:
    """A sentence about a file as a clause behind the member's number."""
    return (sentence[:1].lower() + sentence[1:]).rstrip(".")
