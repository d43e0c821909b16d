"""The payments of an 835 file, each with its claims, lines and adjustments, read to the cent or told as not read."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from documents.not_read import NotRead
from documents.remittance_835_segments import STEPS, Payment
from documents.remittance_835_values import Remembered, Unreadable
from documents.x12 import BLANKS, Content, FileBytes, pieces, text
from flows.remittance import Remittance

_ENVELOPE = frozenset({b"ISA", b"GS", b"ST", b"SE", b"GE", b"IEA"})

_CUT_OFF = "it breaks off before its end (SE)"


def remittances(content: bytes | Path) -> Iterator[Remittance | NotRead]:
    """Every payment (ST*835) of every interchange, in order; a file without one gives nothing.

    A payment that cannot be taken whole is one NotRead, and the others are read on: an amount that balances rest on
    (BPR02, CLP03, CLP04, CAS, PLB) is missing or is no amount in dollars and cents, or the payment has no end (SE), as
    in a download that broke off. One that does not add up, or has a line without its charge or payment (SVC02, SVC03),
    is read, and says so (`Remittance.balance`).
    Amounts keep the signs of the file. A day that is none of the calendar is None. Memory holds one payment at a time.

    Raises OSError when the file cannot be read.
    """
    if isinstance(content, Path):
        with content.open("rb") as file:
            yield from _payments(FileBytes(file))
    else:
        yield from _payments(content)


def _payments(content: Content) -> Iterator[Remittance | NotRead]:
    remembered = Remembered()
    payment: Payment | None = None
    place = began = number = 0
    for piece in pieces(content):
        for segment in piece.segments:
            step = STEPS.get(segment_id := segment.id)
            if step is None:
                segment_id = segment_id.strip(BLANKS)
                if not segment_id:
                    continue
                step = STEPS.get(segment_id)
            number += 1
            try:
                if step is not None:
                    if payment is not None:
                        step(payment, segment.elements)
                elif segment_id in _ENVELOPE:
                    if payment is not None:
                        finished, payment = payment, None
                        if segment_id != b"SE":
                            yield NotRead(f"payment {place} (segment {began})", _CUT_OFF)
                        else:
                            yield finished.finish()
                    if segment_id == b"ST" and _begins_payment(segment.elements):
                        payment, place, began = Payment(text(piece.component), remembered), place + 1, number
            except Unreadable as why:
                payment = None
                yield NotRead(f"payment {place} (segment {number})", str(why))
    if payment is not None:
        yield NotRead(f"payment {place} (segment {began})", _CUT_OFF)


def _begins_payment(elements: Sequence[bytes | list[bytes]]) -> bool:
    """Is it the beginning of an 835? Some write blanks behind the number."""
    first = elements[0] if elements else b""
    return isinstance(first, bytes) and first.strip(BLANKS) == b"835"
