"""The claims of 837 files, professional, institutional and dental, as they were sent; read however untidy they are."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from documents.x12 import Segment


class Kind(StrEnum):
    """What a transaction is, by the guide that it names (ST03, GS08)."""

    PROFESSIONAL = "837P"
    INSTITUTIONAL = "837I"
    DENTAL = "837D"
    NO_BILL = "837 that bills nobody"
    """A predetermination (X291, X292) or a payer's report of what it has paid (X298, X299, X300)."""


_GUIDES = {
    "X222": Kind.PROFESSIONAL, "X098": Kind.PROFESSIONAL, "X223": Kind.INSTITUTIONAL, "X096": Kind.INSTITUTIONAL,
    "X224": Kind.DENTAL, "X097": Kind.DENTAL, "X291": Kind.NO_BILL, "X292": Kind.NO_BILL, "X293": Kind.NO_BILL,
    "X298": Kind.NO_BILL, "X299": Kind.NO_BILL, "X300": Kind.NO_BILL,
}  # fmt: skip

_CODES_OF_PROCEDURES = frozenset({"HC", "AD"})
"""SV101-1, SV202-1 and SV301-1: HCPCS with CPT, and the dental codes; others (NDC, HIPPS) no portal shows as such."""


@dataclass(frozen=True, repr=False)
class Person:
    """A subscriber or patient, as written."""

    last_name: str = ""
    first_name: str = ""
    member_id: str = ""
    birth_date: str = ""


@dataclass(frozen=True)
class SentClaim:
    """A claim as it stands in the file, unchecked: texts as written, "" for what is not there.

    `segment` is the number of its CLM in the file, `end` the offset in the file up to which it has been read. Dates are
    CCYYMMDD.
    """

    segment: int
    kind: Kind | None
    billing_npi: str
    billing_tin: str
    payer_id: str
    member_id: str
    patient: Person
    account_number: str
    charge: str
    frequency: str
    is_predetermination: bool
    payer_claim_number: str = ""
    statement_dates: tuple[str, ...] = ()
    service_dates: tuple[str, ...] = ()
    first_procedure: str = ""
    end: int = 0

    def __repr__(self) -> str:
        return f"<SentClaim {self.segment}>"

    @property
    def dollars(self) -> Decimal | None:
        """CLM02, the total charge; None when it is no amount."""
        if not re.fullmatch(r"-?[0-9]{0,16}\.?[0-9]{0,2}", self.charge):
            return None
        try:
            return Decimal(self.charge).quantize(Decimal("0.01"))
        except InvalidOperation:
            return None

    @property
    def dates(self) -> tuple[str, ...]:
        """The days of service: an institutional claim's statement dates, else those of its lines."""
        return self.statement_dates or self.service_dates


def sent_claims(segments: Iterable[Segment]) -> Iterator[SentClaim]:
    """Every claim (CLM) of every 837 among these segments; other transactions are passed over."""
    reading = _Reading()
    for segment in segments:
        finished = reading.take(segment)
        if finished is not None:
            yield finished
    if (last := reading.finish()) is not None:
        yield last


@dataclass(repr=False)
class _Reading:
    """What has been said so far about the billing provider, the subscriber, the patient and the claim."""

    kind: Kind | None = None
    group_guide: str = ""
    in_837: bool = False
    npi: str = ""
    tin: str = ""
    payer_id: str = ""
    subscriber: Person = Person()
    patient: Person | None = None
    whose: str = ""
    """The entity (NM101) that REF and DMG speak of before the first claim."""
    claim: SentClaim | None = None
    loop: str = ""
    """Inside a claim: CLM itself, or what came after it (SBR, NM1, LX)."""
    line: int = 0

    def take(self, segment: Segment) -> SentClaim | None:
        """Go on by one segment; gives the claim that ends with it."""
        match segment.id:
            case "GS":
                self.group_guide = segment.element(8)
            case "ST":
                finished = self.finish()
                self._begin(segment)
                return finished
            case "SE" | "GE" | "IEA" | "ISA":
                finished = self.finish()
                self.in_837 = False
                return finished
            case "HL" if self.in_837:
                finished = self.finish()
                self._level(segment.element(3))
                return finished
            case "CLM" if self.in_837:
                finished = self.finish()
                self._claim(segment)
                return finished
            case _ if self.in_837 and self.claim is not None:
                self._of_claim(self.claim, segment)
            case _ if self.in_837:
                self._before_claims(segment)
        return None

    def finish(self) -> SentClaim | None:
        """The claim that was being read, if there is one."""
        finished, self.claim = self.claim, None
        return finished

    def _begin(self, segment: Segment) -> None:
        self.in_837 = segment.element(1) == "837"
        guide = re.search(r"X\d{3}", segment.element(3) or self.group_guide)
        self.kind = _GUIDES.get(guide[0]) if guide else None
        self._level("20")

    def _level(self, level: str) -> None:
        self.whose = ""
        if level == "20":
            self.npi = self.tin = ""
        if level in ("20", "22"):
            self.subscriber, self.payer_id = Person(), ""
        self.patient = Person() if level == "23" else None

    def _before_claims(self, segment: Segment) -> None:
        match segment.id:
            case "NM1":
                self.whose = segment.element(1)
                self._name(segment)
            case "REF" if self.whose == "85" and segment.element(1) in ("EI", "SY"):
                self.tin = segment.element(2)
            case "DMG" if self.whose == "IL":
                self.subscriber = replace(self.subscriber, birth_date=segment.element(2))
            case "DMG" if self.whose == "QC" and self.patient is not None:
                self.patient = replace(self.patient, birth_date=segment.element(2))

    def _name(self, segment: Segment) -> None:
        person = Person(last_name=segment.element(3), first_name=segment.element(4), member_id=segment.element(9))
        match self.whose:
            case "85" if segment.element(8) == "XX":
                self.npi = segment.element(9)
            case "85" if segment.element(8) in ("24", "34"):
                # Before the NPI (4010) the billing provider was known by its tax number.
                self.tin = segment.element(9)
            case "IL":
                self.subscriber = person
            case "QC":
                self.patient = person
            case "PR":
                self.payer_id = segment.element(9)

    def _claim(self, segment: Segment) -> None:
        patient = self.patient or self.subscriber
        self.loop, self.line = "CLM", 0
        self.claim = SentClaim(
            segment=segment.number,
            kind=self.kind,
            billing_npi=self.npi,
            billing_tin=self.tin,
            payer_id=self.payer_id,
            # The card is the subscriber's; only some older files give a dependent a number of his own.
            member_id=patient.member_id or self.subscriber.member_id,
            patient=patient,
            account_number=segment.element(1),
            charge=segment.element(2),
            frequency=segment.component(5, 3),
            is_predetermination=self.kind is Kind.NO_BILL or segment.element(19) == "PB",
            end=segment.end,
        )

    def _of_claim(self, claim: SentClaim, segment: Segment) -> None:
        match segment.id:
            case "SBR" | "NM1" | "LX":
                # Other subscribers, other payers and other providers have numbers and names of their own.
                self.loop = segment.id
                self.line += segment.id == "LX"
            case "REF" if self.loop == "CLM" and segment.element(1) == "F8":
                self.claim = replace(claim, payer_claim_number=segment.element(2))
            case "DTP" if self.loop in ("CLM", "LX") and segment.element(1) in ("434", "472"):
                dates = tuple(segment.element(3).split("-"))
                if segment.element(1) == "434":
                    self.claim = replace(claim, statement_dates=dates)
                else:
                    self.claim = replace(claim, service_dates=(*claim.service_dates, *dates))
            case "SV1" | "SV2" | "SV3" if self.line == 1 and self.loop == "LX":
                place = 2 if segment.id == "SV2" else 1
                if segment.component(place, 1) in _CODES_OF_PROCEDURES:
                    self.claim = replace(claim, first_procedure=segment.component(place, 2))


def day(written: str) -> date:
    """CCYYMMDD as a date; raises ValueError, without the text."""
    if not re.fullmatch(r"[0-9]{8}", written):
        raise ValueError("is not a date as CCYYMMDD")
    try:
        return date(int(written[:4]), int(written[4:6]), int(written[6:]))
    except ValueError:
        raise ValueError("is not a date as CCYYMMDD") from None
