"""What became of the claims that were sent: acknowledgements by syntax (999) and by claim (277CA), from their files."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from documents.not_read import NotRead
from documents.remittance_835_values import day, dollars
from documents.x12 import Content, FileBytes, Segment, segments
from flows.acknowledgement import AcknowledgedStatus, Acknowledgement, SyntaxFault

Level = Literal["claim", "provider", "batch"]

_LEVELS: dict[str, Level] = {"21": "batch", "19": "provider", "PT": "claim"}
_TAKEN_IN = frozenset({"A2", "A5"})
_TURNED_AWAY = frozenset({"A3", "A4", "A6", "A7", "A8"})
_SYNTAX_ACCEPTED = {"A": True, "E": True, "M": False, "R": False, "W": False, "X": False}
_CUT_OFF = "it breaks off before its end (SE)"


def acknowledgements(content: bytes | Path) -> Iterator[Acknowledgement | NotRead]:
    """Every acknowledgement of every 999 and 277CA, in order; a file without one gives nothing.

    Other transactions, answers to status requests (277 of X212) among them, are passed over. What is said about a
    claim that cannot be told (no TRN02) or whose amount is none is one NotRead, the others are read on. So is the last
    claim of a transaction that breaks off.

    Raises OSError when the file cannot be read.
    """
    if isinstance(content, Path):
        with content.open("rb") as file:
            yield from _acknowledgements(FileBytes(file))
    else:
        yield from _acknowledgements(content)


def _acknowledgements(content: Content) -> Iterator[Acknowledgement | NotRead]:
    reading: _Claims | _Syntax | None = None
    guide, began = "", 0
    for segment in segments(content):
        match segment.id:
            case "GS":
                guide = segment.element(8)
            case "ISA" | "ST" | "SE" | "GE" | "IEA":
                if reading is not None:
                    if segment.id == "SE":
                        yield from reading.finish()
                    else:
                        yield NotRead(f"transaction at segment {began}", _CUT_OFF)
                began, reading = segment.number, _begin(segment, guide) if segment.id == "ST" else None
            case _ if reading is not None:
                yield from reading.take(segment)
    if reading is not None:
        yield NotRead(f"transaction at segment {began}", _CUT_OFF)


def _begin(start: Segment, group_guide: str) -> "_Claims | _Syntax | None":
    match start.element(1):
        case "999":
            return _Syntax()
        case "277":
            named = re.search(r"X[0-9]{3}", start.element(3) or group_guide)
            return _Claims(is_acknowledgement=named[0] == "X214" if named else None)
        case _:
            return None


@dataclass(repr=False)
class _Claims:
    """A 277CA. `is_acknowledgement` is None while neither ST nor GS have said which guide it follows."""

    is_acknowledgement: bool | None
    level: Level | None = None
    received: date | None = None
    about: "_About | None" = None

    def take(self, segment: Segment) -> Iterator[Acknowledgement | NotRead]:
        """Go on by one segment; gives what ends with it."""
        if segment.id == "BHT" and self.is_acknowledgement is None:
            # The structure of the 277CA; answers to status requests have 0010.
            self.is_acknowledgement = segment.element(1) == "0085"
        if not self.is_acknowledgement:
            return
        match segment.id:
            case "HL":
                yield from self.finish()
                self.level = _LEVELS.get(segment.element(3))
            case "TRN":
                # A patient's level has one TRN for each of his claims.
                yield from self.finish()
                if self.level is not None:
                    self.about = _About(self.level, segment.number, segment.element(2).strip() or None)
            case "STC" if self.about is not None:
                self.about.status(segment)
            case "REF" if self.about is not None and not self.about.in_line:
                self.about.numbers.setdefault(segment.element(1), segment.element(2).strip())
            case "DTP" if segment.element(1) == "050" and self.level is None:
                self.received = _days(segment.element(3))[0]
            case "DTP" if segment.element(1) == "472" and self.about is not None and not self.about.in_line:
                self.about.service = _days(segment.element(3))
            case "SVC" if self.about is not None:
                self.about.in_line = True

    def finish(self) -> Iterator[Acknowledgement | NotRead]:
        """The claim (or batch) that was being read, if anything is said about it."""
        about, self.about = self.about, None
        if about is not None and about.statuses:
            yield about.made(self.received)


@dataclass(repr=False)
class _About:
    """What is said about one claim, one provider's claims or one batch."""

    level: Level
    segment: int
    trace: str | None
    statuses: list[AcknowledgedStatus] = field(default_factory=list)
    effective: date | None = None
    rejected: bool = False
    amount: str = ""
    numbers: dict[str, str] = field(default_factory=dict)
    service: tuple[date | None, date | None] = (None, None)
    in_line: bool = False

    def status(self, segment: Segment) -> None:
        """An STC: up to three statuses; the first one's day and amount are the claim's."""
        if not self.statuses:
            self.effective, self.amount = day(segment.element(2).encode()), segment.element(4).strip()
        self.rejected |= segment.element(3) == "U"
        for place in (1, 10, 11):
            category = segment.component(place, 1).strip()
            if category:
                status, entity = segment.component(place, 2).strip(), segment.component(place, 3).strip()
                self.statuses.append(AcknowledgedStatus(category=category, status=status, entity=entity or None))

    def made(self, received: date | None) -> Acknowledgement | NotRead:
        """The acknowledgement, or why it cannot be taken."""
        where = f"{self.level} at segment {self.segment}"
        if self.level == "claim" and self.trace is None:
            return NotRead(where, "it does not say which claim it is about (TRN02)")
        amount: Decimal | None = dollars(self.amount.encode()) if self.amount else None
        if self.amount and amount is None:
            return NotRead(where, "STC04, the charge, is no amount in dollars and cents")
        is_claim = self.level == "claim"
        return Acknowledgement(
            kind="277CA",
            level=self.level,
            accepted=self._accepted(),
            statuses=tuple(self.statuses),
            patient_account_number=self.trace if is_claim else None,
            payer_claim_number=self.numbers.get("1K") or None,
            clearinghouse_claim_number=self.numbers.get("D9") or None,
            trace=None if is_claim else self.trace,
            effective_date=self.effective,
            received_date=received,
            service_from=self.service[0],
            service_to=self.service[1],
            amount=amount,
        )

    def _accepted(self) -> bool | None:
        categories = {status.category for status in self.statuses}
        if self.rejected or categories & _TURNED_AWAY:
            return False
        return True if categories & _TAKEN_IN else None


@dataclass(repr=False)
class _Syntax:
    """A 999: one transaction after another, and the group as a whole."""

    group: str | None = None
    transaction: str | None = None
    answered: bool = False
    """Has a transaction (AK2) of the group been answered?"""
    accepted: bool | None = None
    codes: tuple[str, ...] = ()
    faults: list[SyntaxFault] = field(default_factory=list)

    def take(self, segment: Segment) -> Iterator[Acknowledgement]:
        """Go on by one segment; gives what ends with it."""
        match segment.id:
            case "AK1":
                self.group = segment.element(2).strip() or None
            case "AK2":
                yield from self.finish()
                self.transaction, self.answered = segment.element(2).strip(), True
            case "IK3":
                self._fault(segment, segment.element(4))
            case "IK4" if self.faults:
                self._fault_of_element(self.faults[-1], segment)
            case "IK5":
                self.accepted, self.codes = _SYNTAX_ACCEPTED.get(segment.element(1)), _codes(segment, 2)
            case "AK9":
                yield from self.finish()
                if not self.answered:
                    self.accepted, self.codes = _SYNTAX_ACCEPTED.get(segment.element(1)), _codes(segment, 5)
                    yield self._made("group")

    def finish(self) -> Iterator[Acknowledgement]:
        """The transaction that was being read."""
        if self.transaction is not None:
            yield self._made("transaction")
        self.transaction, self.accepted, self.codes, self.faults = None, None, (), []

    def _made(self, level: Literal["transaction", "group"]) -> Acknowledgement:
        return Acknowledgement(
            kind="999",
            level=level,
            accepted=self.accepted,
            codes=self.codes,
            faults=tuple(self.faults),
            trace=self.group,
            transaction=self.transaction,
        )

    def _fault(self, segment: Segment, code: str) -> None:
        place = _count(segment.element(2))
        loop = segment.element(3).strip() or None
        self.faults.append(SyntaxFault(segment=segment.element(1), position=place, loop=loop, code=code))

    def _fault_of_element(self, of: SyntaxFault, segment: Segment) -> None:
        self.faults.append(
            of.model_copy(update={"code": segment.element(3), "element": _count(segment.component(1, 1))})
        )


def _codes(segment: Segment, first: int) -> tuple[str, ...]:
    return tuple(code for place in range(first, first + 5) if (code := segment.element(place)))


def _count(written: str) -> int | None:
    return int(written) if re.fullmatch(r"[0-9]{1,9}", written) else None


def _days(written: str) -> tuple[date | None, date | None]:
    """First and last day of CCYYMMDD or CCYYMMDD-CCYYMMDD."""
    days: Iterable[date | None] = [day(one.encode()) for one in written.split("-")[:2]]
    first, *others = days
    return first, others[0] if others else first
