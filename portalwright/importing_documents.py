"""Brings remittances and acknowledgements that came another way into the ledger: a file, or every file of a folder.

Each file is taken whole or not at all, and says what became of it. It is sealed before the ledger takes note of it, so
that a crash leaves nothing half-known.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Generic, TypeVar

from documents.acknowledgements import acknowledgements
from documents.not_read import NotRead
from documents.not_whole import NotWhole
from documents.remittance_835 import remittances
from documents.remittance_files import read_remittance_file
from documents.table import FileUnreadable
from documents.x12 import is_x12
from ledger import acknowledgements as ledger_acknowledgements
from ledger.document_files import Source, kept_as, seal, sweep
from ledger.remittances import Kept, keep
from portalwright.logs import Event
from portalwright.office import Desk, utc_now

_HEAD = 1 << 16
_ACKNOWLEDGEMENT = "acknowledgement"
_MOST_BYTES = 1 << 30
"""A file is sealed in one piece; no payer's is nearly as long."""

T = TypeVar("T")


class Became(StrEnum):
    """What became of a file."""

    LOADED = "loaded"
    FLAGGED = "flagged"
    """Loaded, and something in it needs a person: a case says what."""
    DUPLICATE = "duplicate"
    """This content was here before."""
    REFUSED = "refused"
    """Nothing of it was taken."""


@dataclass(frozen=True)
class FileImported:
    """What became of one file. `why` says it where it was flagged or refused; it quotes nothing from the file.

    `new` payments (or acknowledgements) were not known, `again` are further copies; `amount` is what the new ones come
    to, in dollars.
    """

    file: Path
    became: Became
    new: int = 0
    again: int = 0
    amount: Decimal = Decimal("0.00")
    why: str = ""


def files_in(place: Path) -> list[Path]:
    """The file itself, or every file of the folder and the folders in it, in the order of their names.

    Raises FileUnreadable when there is none.
    """
    if place.is_file():
        return [place]
    if not place.is_dir():
        raise FileUnreadable(f"There is no file or folder {place}. Nothing was taken.")
    found = sorted(path for path in place.rglob("*") if path.is_file() and not path.name.startswith("."))
    if not found:
        raise FileUnreadable(f"There is no file in {place}. Nothing was taken.")
    return found


def import_remittances(
    desk: Desk, files: Iterable[Path], *, portal: str | None = None, password: str | None = None
) -> Iterator[FileImported]:
    """Import each file as it is asked for: an 835, an EOB as PDF, a ZIP of them. `password` opens protected ones."""

    def take(content: bytes, source: Source) -> FileImported:
        if is_x12(content[:_HEAD]):
            return _take_835(desk, content, source)
        return _take_other(desk, content, source, password)

    return _each(desk, files, portal, take)


def import_acknowledgements(desk: Desk, files: Iterable[Path]) -> Iterator[FileImported]:
    """Import each file as it is asked for: 999s and 277CAs."""

    def take(content: bytes, source: Source) -> FileImported:
        if not is_x12(content[:_HEAD]):
            raise NotWhole("There is no 999 or 277CA in the file.")
        reading = _Reading(acknowledgements(content), "999 or 277CA")
        document = seal(desk.evidence, content, _ACKNOWLEDGEMENT)
        kept = ledger_acknowledgements.keep(document, reading.taken(), reading.unread, source)
        if kept.duplicate:
            return FileImported(Path(), Became.DUPLICATE)
        why = [f"{kept.rejected} rejected"] if kept.rejected else []
        why += kept.unread
        return FileImported(Path(), Became.FLAGGED if why else Became.LOADED, new=kept.total, why="; ".join(why))

    return _each(desk, files, None, take, acknowledged=True)


def _each(
    desk: Desk,
    files: Iterable[Path],
    portal: str | None,
    take: Callable[[bytes, Source], FileImported],
    *,
    acknowledged: bool = False,
) -> Iterator[FileImported]:
    sweep(desk.evidence, utc_now())
    told = dict.fromkeys(Became, 0)
    for file in files:
        imported = _one(desk, file, portal, take, acknowledged=acknowledged)
        told[imported.became] += 1
        yield imported
    desk.log.log(
        Event.DOCUMENTS_IMPORTED,
        created=told[Became.LOADED] + told[Became.FLAGGED],
        unchanged=told[Became.DUPLICATE],
        rejected=told[Became.REFUSED],
    )


def _one(
    desk: Desk, file: Path, portal: str | None, take: Callable[[bytes, Source], FileImported], *, acknowledged: bool
) -> FileImported:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise NotWhole("The file is longer than any payer's.")
        content = file.read_bytes()
        if not content.strip():
            raise NotWhole("The file is empty.")
        kind = kept_as(desk.actor.practice_id, hashlib.sha256(content).hexdigest())
        if kind is not None and (kind == _ACKNOWLEDGEMENT) != acknowledged:
            other = "an acknowledgement" if kind == _ACKNOWLEDGEMENT else "a remittance"
            raise NotWhole(f"This content was imported before, as {other}.")
        if kind is not None:
            return FileImported(file, Became.DUPLICATE)
        took = take(content, Source(actor=desk.actor, now=utc_now(), portal=portal or ""))
    except NotWhole as broken:
        return FileImported(file, Became.REFUSED, why=str(broken))
    except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
        return FileImported(file, Became.REFUSED, why=f"It cannot be read ({error.strerror}).")
    return replace(took, file=file)


def _take_835(desk: Desk, content: bytes, source: Source) -> FileImported:
    """One payment at a time, so that memory holds the file itself and the longest payment in it."""
    reading = _Reading(remittances(content), "835")
    document = seal(desk.evidence, content, "835")
    return _became(keep(document, source, reading.taken(), reading.unread))


def _take_other(desk: Desk, content: bytes, source: Source, password: str | None) -> FileImported:
    read = read_remittance_file(content, password=password)
    document = seal(desk.evidence, content, read.kind, remittances=read.remittances, unread=read.unread)
    return _became(keep(document, source))


def _became(kept: Kept) -> FileImported:
    if kept.duplicate:
        return FileImported(Path(), Became.DUPLICATE)
    counted = (
        (kept.unbalanced, "does not add up", "do not add up"),
        (kept.differing, "contradicts an earlier copy", "contradict earlier copies"),
        (kept.not_ours, "was made to another payee", "were made to another payee"),
    )
    why = [f"1 payment {one}" if count == 1 else f"{count} payments {more}" for count, one, more in counted if count]
    return FileImported(
        Path(),
        Became.FLAGGED if kept.flagged else Became.LOADED,
        kept.new,
        kept.again,
        kept.amount,
        "; ".join([*why, *kept.unread]),
    )


class _Reading(Generic[T]):
    """What a reader gives, on its way into the ledger: what was read goes on, what was not is told in `unread`."""

    def __init__(self, read: Iterator[T | NotRead], what: str) -> None:
        """`what` is the kind of thing that must be in the file."""
        self._read = read
        self._what = what
        self.unread: list[str] = []

    def taken(self) -> Iterator[T]:
        """What was read. Raises NotWhole at the end when there was nothing at all."""
        met = False
        for one in self._read:
            met = True
            if isinstance(one, NotRead):
                self.unread.append(str(one))
            else:
                yield one
        if not met:
            raise NotWhole(f"There is no {self._what} in the file.")
