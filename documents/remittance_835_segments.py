"""One payment of an 835 as it is being read: each segment goes to where it belongs, in the words of the ledger.

Which loop a segment belongs to follows from what came before it (TR3 005010X221A1, section 2): a line once there is an
SVC, else the claim once there is a CLP, else the payment. Segments that this product has no use for are passed over.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from documents.balance import balance
from documents.remittance_835_values import (
    Element,
    Elements,
    Remembered,
    Unreadable,
    blank,
    joined_parts,
    maker,
)
from documents.x12 import text
from flows.remittance import (
    Method,
    Party,
    ProviderAdjustment,
    Reference,
    RemitAdjustment,
    RemitClaim,
    RemitLine,
    RemitPerson,
    Remittance,
)

_reference, _person = maker(Reference), maker(RemitPerson)
_line, _claim = maker(RemitLine), maker(RemitClaim)
_BLANK_LINE, _BLANK_CLAIM = blank(RemitLine), blank(RemitClaim)

_METHODS = {"ACH": Method.ACH, "CHK": Method.CHECK, "NON": Method.NON_PAYMENT, "FWT": Method.WIRE}
_PERSONS = {
    "QC": "patient", "IL": "insured", "74": "corrected_insured", "82": "rendering_provider",
    "TT": "crossover_payer", "PR": "corrected_payer",
}  # fmt: skip
_OTHERS = frozenset({"rendering_provider", "crossover_payer", "corrected_payer"})
_PARTIES = {"PR": "payer", "PE": "payee"}
_CLAIM_DAYS = {"232": "service_from", "233": "service_to", "050": "received_date", "036": "coverage_ends"}
_LINE_DAYS = {"150": "service_from", "151": "service_to", "472": "service_from"}
_REMARKS = {"MIA": (5, 20, 21, 22, 23), "MOA": (3, 4, 5, 6, 7)}


class Payment:
    """What has been said so far about one payment. `component` parts the components of a composite element."""

    def __init__(self, component: str, remembered: Remembered) -> None:
        self._component = component
        self._amounts, self._numbers = remembered.amounts, remembered.numbers
        self._days, self._codes, self._others = remembered.days, remembered.codes, remembered.others
        self._procedures, self._adjustments_as_written = remembered.procedures, remembered.adjustments
        self._amount: Decimal | None = None
        self._header: dict[str, Any] = {"method": Method.OTHER, "trace": ""}
        self._parties: dict[str, dict[str, str | None]] = {}
        self._party = ""
        self._provider_adjustments: list[ProviderAdjustment] = []
        self._claims: list[RemitClaim] = []
        self._claim: dict[str, Any] | None = None
        self._lines: list[RemitLine] = []
        self._line: dict[str, Any] | None = None
        self._header_references: list[Reference] = []
        # Of the line that is being read, else of the claim:
        self._adjustments: list[RemitAdjustment] = []
        self._remarks: list[str] = []
        self._references = self._header_references

    def finish(self) -> Remittance:
        """The payment as it was read, and whether it balances. Raises Unreadable when no amount was said."""
        self._close_claim()
        if self._amount is None:
            raise Unreadable("it does not say how much is paid (BPR)")
        claims, provider_adjustments = tuple(self._claims), tuple(self._provider_adjustments)
        balanced, unbalanced = balance(claims, provider_adjustments, self._amount)
        return Remittance(
            source="835",
            amount=self._amount,
            payer=self._made_party("payer", "2U"),
            payee=self._made_party("payee", None),
            references=tuple(self._header_references),
            claims=claims,
            provider_adjustments=provider_adjustments,
            balance=balanced,
            unbalanced=unbalanced,
            **self._header,
        )

    def bpr(self, elements: Elements) -> None:
        """The amount, how and when it is paid. A debit (BPR03 D) takes the amount away from the provider."""
        if self._amount is not None:
            raise Unreadable("it says twice how much is paid (BPR)")
        amount = self._required(elements, 2, "BPR02, the amount that is paid,")
        self._amount = -amount if self._code(elements, 3) == "D" else amount
        self._header["method"] = _METHODS.get(self._code(elements, 4), Method.OTHER)
        self._header["paid_on"] = self._day(elements, 16)

    def trn(self, elements: Elements) -> None:
        """The number by which the payment and its money find each other again, and who gave it."""
        if not self._header["trace"]:
            self._header["trace"] = self._text(elements, 2) or ""
            self._header["originator"] = self._text(elements, 3)

    def n1(self, elements: Elements) -> None:
        """Payer or payee. One that is named again, between the claims, does not replace the first."""
        self._party = _PARTIES.get(self._code(elements, 1), "")
        if self._party and self._party not in self._parties:
            identifier = self._text(elements, 4)
            is_tin = self._code(elements, 3) == "FI"
            self._parties[self._party] = {
                "name": self._text(elements, 2),
                "identifier": identifier,
                "tin": identifier if is_tin else None,
            }

    def ref(self, elements: Elements) -> None:
        """A number of the payment, of payer or payee, of the claim or of the line."""
        written = self._text(elements, 2)
        if written is None:
            return
        qualifier = self._code(elements, 1)
        self._references.append(_reference({"qualifier": qualifier, "number": written}))
        if self._claim is None and qualifier == "TJ" and self._party == "payee":
            payee = self._parties["payee"]
            payee["tin"] = payee["tin"] or written

    def dtm(self, elements: Elements) -> None:
        """A day. A period that names its first day only is that one day (TR3, 2100 and 2110 DTM)."""
        qualifier = self._code(elements, 1)
        if self._line is not None and qualifier in _LINE_DAYS:
            self._line[_LINE_DAYS[qualifier]] = self._day(elements, 2)
        elif self._claim is not None and qualifier in _CLAIM_DAYS:
            self._claim[_CLAIM_DAYS[qualifier]] = self._day(elements, 2)
        elif self._claim is None and qualifier == "405":
            self._header["production_date"] = self._day(elements, 2)

    def clp(self, elements: Elements) -> None:
        """A claim begins."""
        self._close_claim()
        self._claim = claim = _BLANK_CLAIM.copy()
        claim["number"] = len(self._claims) + 1
        claim["patient_account_number"] = self._text(elements, 1) or ""
        claim["status"] = self._code(elements, 2)
        if not claim["status"]:
            raise Unreadable(f"CLP02, the status, of {self._place()} is not there")
        claim["billed"] = self._required(elements, 3, "CLP03, the charge,")
        claim["paid"] = self._required(elements, 4, "CLP04, what is paid,")
        claim["patient_responsibility"] = self._optional(elements, 5, "CLP05, the patient's part,")
        claim["filing_indicator"] = self._code(elements, 6) or None
        claim["payer_claim_number"] = self._text(elements, 7)
        claim["facility_code"] = self._code(elements, 8) or None
        claim["frequency"] = self._code(elements, 9) or None

    def cas(self, elements: Elements) -> None:
        """Why charge and payment differ, of the line or of the claim."""
        if self._claim is None:
            raise Unreadable("an adjustment (CAS) stands outside of any claim")
        try:
            self._adjustments += self._adjustments_as_written[tuple(elements)]  # type: ignore[arg-type] # lists: TypeError
        except Unreadable as why:
            raise Unreadable(f"in {self._place()} {why}") from None
        except TypeError:
            raise Unreadable(f"in {self._place()} an adjustment (CAS) has parts where none belong") from None

    def nm1(self, elements: Elements) -> None:
        """A person or organisation of the claim."""
        role = _PERSONS.get(self._code(elements, 1))
        if role is None or self._claim is None:
            return
        if role in _OTHERS:
            try:
                self._claim[role] = self._others[tuple(elements)]  # type: ignore[arg-type] # lists: TypeError
                return
            except TypeError:
                pass
        said = self._text
        last_name, first_name, identifier = said(elements, 3), said(elements, 4), said(elements, 9)
        self._claim[role] = _person({"last_name": last_name, "first_name": first_name, "identifier": identifier})

    def mia(self, elements: Elements) -> None:
        """Remark codes of an inpatient claim."""
        self._take_remarks(elements, _REMARKS["MIA"])

    def moa(self, elements: Elements) -> None:
        """Remark codes of any other claim."""
        self._take_remarks(elements, _REMARKS["MOA"])

    def amt(self, elements: Elements) -> None:
        """What the payer allows. Other amounts (interest, sequestration, tax) only say again what CAS or PLB hold."""
        qualifier = self._code(elements, 1)
        if qualifier == "B6" and self._line is not None:
            self._line["allowed"] = self._optional(elements, 2, "the allowed amount (AMT)")
        elif qualifier == "AU" and self._line is None and self._claim is not None:
            self._claim["allowed"] = self._optional(elements, 2, "the allowed amount (AMT)")

    def svc(self, elements: Elements) -> None:
        """A service line begins."""
        claim = self._claim
        if claim is None:
            raise Unreadable("a service line (SVC) stands outside of any claim")
        if self._line is None:
            self._take_lists(claim)
        else:
            self._close_line(self._line)
        self._line = line = _BLANK_LINE.copy()
        line["number"] = len(self._lines) + 1
        qualifier, procedure, modifiers = self._procedure(elements, 1)
        revenue_code = self._code(elements, 4) or (procedure if qualifier == "NU" else None)
        if not procedure and not revenue_code:
            raise Unreadable(f"SVC01, the procedure, of {self._place()} is not there")
        line["procedure"] = procedure or revenue_code
        line["modifiers"] = modifiers
        line["revenue_code"] = revenue_code
        line["billed"] = self._optional(elements, 2, "SVC02, the charge,")
        line["paid"] = self._optional(elements, 3, "SVC03, what is paid,")
        line["units"] = self._units(elements, 5, "SVC05, the units,")
        if len(elements) > 5:
            line["billed_procedure"] = self._procedure(elements, 6)[1] or None
            line["billed_units"] = self._units(elements, 7, "SVC07, the units that were billed,")

    def lq(self, elements: Elements) -> None:
        """A remark code of the line (HE; rejections of pharmacies, RX, are numbers of another list)."""
        code = self._code(elements, 2)
        if code and self._code(elements, 1) == "HE":
            self._remarks.append(code)

    def plb(self, elements: Elements) -> None:
        """What the payer takes or gives beyond the claims: up to six times reason, reference and dollars."""
        self._close_claim()
        fiscal_year_end = self._day(elements, 2)
        for place in range(3, len(elements) + 1, 2):
            reason, reference = self._reason(elements[place - 1])
            amount = self._optional(elements, place + 1, "an amount of a provider-level adjustment (PLB)")
            if reason and amount is not None:
                self._provider_adjustments.append(
                    ProviderAdjustment(
                        reason=reason, reference=reference, amount=amount, fiscal_year_end=fiscal_year_end
                    )
                )
            elif reason or amount is not None:
                raise Unreadable("a provider-level adjustment (PLB) lacks its reason or its amount")

    def _close_line(self, line: dict[str, Any]) -> None:
        if line["service_to"] is None:
            line["service_to"] = line["service_from"]
        self._take_lists(line)
        self._lines.append(_line(line))

    def _take_lists(self, target: dict[str, Any]) -> None:
        """What was gathered goes to the line or claim that it was said of, and gathering begins again."""
        if self._adjustments:
            target["adjustments"], self._adjustments = tuple(self._adjustments), []
        if self._remarks:
            target["remark_codes"], self._remarks = tuple(self._remarks), []
        if self._references:
            target["references"], self._references = tuple(self._references), []

    def _close_claim(self) -> None:
        claim = self._claim
        if claim is None:
            # From here on numbers belong to claims.
            self._references = []
            return
        if self._line is None:
            self._take_lists(claim)
        else:
            self._close_line(self._line)
            self._line = None
        if claim["service_to"] is None:
            claim["service_to"] = claim["service_from"]
        claim["lines"], self._lines = tuple(self._lines), []
        self._claims.append(_claim(claim))
        self._claim = None

    def _made_party(self, party: str, instead: str | None) -> Party:
        """`instead`: the qualifier of the number that stands for an identifier that N1 leaves out."""
        said = self._parties.get(party, {})
        numbers = (one.number for one in self._header_references if one.qualifier == instead)
        return Party(
            name=said.get("name"), identifier=said.get("identifier") or next(numbers, None), tin=said.get("tin")
        )

    def _take_remarks(self, elements: Elements, places: tuple[int, ...]) -> None:
        if self._claim is not None:
            said = len(elements)
            self._remarks += [code for at in places if at <= said and (code := self._code(elements, at))]

    def _procedure(self, elements: Elements, place: int) -> tuple[str, str, tuple[str, ...]]:
        """Qualifier, code and modifiers."""
        if place > len(elements):
            return "", "", ()
        written = elements[place - 1]
        return self._procedures[tuple(written) if isinstance(written, list) else (written,)]

    def _reason(self, written: Element) -> tuple[str, str | None]:
        """PLB03: the reason, and the number that it refers to."""
        parts = joined_parts(self._codes[written]) if isinstance(written, bytes) else [text(one) for one in written]
        return parts[0].strip(), ("".join(parts[1:2])).strip() or None

    def _text(self, elements: Elements, place: int) -> str | None:
        """The element, None when it is blank. A composite where none belongs is put together again as it was."""
        if place > len(elements):
            return None
        written = elements[place - 1]
        if not written:
            return None
        if isinstance(written, list):
            return self._component.join(map(text, written)).strip() or None
        # As `text` does it; this saves a call for each of the texts, which all differ.
        try:
            return written.decode().strip() or None
        except UnicodeDecodeError:
            return text(written).strip() or None

    def _code(self, elements: Elements, place: int) -> str:
        """A short text of a closed list, "" when it is blank."""
        if place > len(elements):
            return ""
        written = elements[place - 1]
        if isinstance(written, list):
            return self._text(elements, place) or ""
        return self._codes[written]

    def _day(self, elements: Elements, place: int) -> Any:
        """The day, None when it is blank or no day."""
        written = elements[place - 1] if place <= len(elements) else b""
        return self._days[written] if isinstance(written, bytes) else None

    def _required(self, elements: Elements, place: int, what: str) -> Decimal:
        """Dollars. Raises Unreadable when they are not there, or are no amount."""
        written = elements[place - 1] if place <= len(elements) else b""
        amount = None if isinstance(written, list) else self._amounts[written]
        if amount is None:
            # Where something stands there, this says that it is no amount.
            self._optional(elements, place, what)
            raise Unreadable(f"{what} of {self._place()} is not there")
        return amount

    def _optional(self, elements: Elements, place: int, what: str) -> Decimal | None:
        """Dollars; None when the element is blank. Raises Unreadable when it is no amount."""
        if place > len(elements):
            return None
        written = elements[place - 1]
        if not written:
            return None
        amount = None if isinstance(written, list) else self._amounts[written]
        if amount is None and (isinstance(written, list) or written.strip()):
            raise Unreadable(f"{what} of {self._place()} is no amount in dollars and cents")
        return amount

    def _units(self, elements: Elements, place: int, what: str) -> Decimal | None:
        if place > len(elements):
            return None
        written = elements[place - 1]
        if not written:
            return None
        units = None if isinstance(written, list) else self._numbers[written]
        if units is None and (isinstance(written, list) or written.strip()):
            raise Unreadable(f"{what} of {self._place()} is no number")
        return units

    def _place(self) -> str:
        if self._claim is None:
            return "the payment"
        claim = f"claim {len(self._claims) + 1}"
        return claim if self._line is None else f"line {len(self._lines) + 1} of {claim}"


STEPS: dict[bytes, Callable[[Payment, Elements], None]] = {
    b"BPR": Payment.bpr, b"TRN": Payment.trn, b"N1": Payment.n1, b"REF": Payment.ref, b"DTM": Payment.dtm,
    b"CLP": Payment.clp, b"CAS": Payment.cas, b"NM1": Payment.nm1, b"MIA": Payment.mia, b"MOA": Payment.moa,
    b"AMT": Payment.amt, b"SVC": Payment.svc, b"LQ": Payment.lq, b"PLB": Payment.plb,
}  # fmt: skip
"""What each segment does to the payment that is being read."""
