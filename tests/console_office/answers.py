"""What portals say to the made-up office, and why some of its questions wait for a person."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from flows.answers import (
    Adjustment,
    Answer,
    ClaimNotFound,
    ClaimState,
    Line,
    Normalised,
    PatientResponsibility,
    Payment,
    Request,
    Shown,
)
from flows.outcomes import Candidate, Code, Ending, Outcome, Reason
from flows.questions import ClaimStatus

CENT = Decimal("0.01")


def payer_number(asked: ClaimStatus) -> str:
    """The payer's number of the claim."""
    return "2026" + asked.claim.patient_account_number.removeprefix("LFM-").zfill(8)


def paid(asked: ClaimStatus, at: datetime) -> Outcome:
    """Paid at four fifths, the rest the patient's."""
    billed = asked.claim.billed
    allowed = (billed * Decimal("0.8")).quantize(CENT)
    copay = min(Decimal("20.00"), allowed)
    state = _state(
        asked,
        at,
        category="F1",
        portal_text="Processed - Paid",
        allowed=allowed,
        paid=allowed - copay,
        patient_responsibility=PatientResponsibility(total=copay, copay=copay),
        payment=Payment(method="EFT", number=f"E{at:%m%d}", paid_on=at.date(), amount=Decimal("4120.00")),
    )
    return _said(Ending.ANSWERED, state, asked, at)


def in_process(asked: ClaimStatus, at: datetime) -> Outcome:
    """Not decided yet."""
    return _said(Ending.ANSWERED, _state(asked, at, category="P1", portal_text="In process"), asked, at)


def denied(asked: ClaimStatus, at: datetime, carc: str = "50") -> Outcome:
    """Denied whole."""
    billed = asked.claim.billed
    adjustment = Adjustment(group="CO", carc=carc, amount=billed)
    line = Line(
        number=1, procedure=asked.claim.first_procedure or "99213", billed=billed, allowed=Decimal("0.00"),
        paid=Decimal("0.00"), adjustments=(adjustment,), remark_codes=("N115",),
    )  # fmt: skip
    state = _state(
        asked, at, category="F2", portal_text="Denied", allowed=Decimal("0.00"), paid=Decimal("0.00"), lines=(line,),
        adjustments=(adjustment,), appeal_allowed=True, payer_claim_number=payer_number(asked),
    )  # fmt: skip
    return _said(Ending.ANSWERED, state, asked, at)


def records_wanted(asked: ClaimStatus, at: datetime) -> Outcome:
    """The payer waits for medical records."""
    wanted = (Request(what="Medical records for the date of service", due=(at + timedelta(days=25)).date()),)
    state = _state(asked, at, category="R4", portal_text="Pending - additional information requested", requests=wanted)
    return _said(Ending.ANSWERED, state, asked, at)


def not_found(asked: ClaimStatus, at: datetime) -> Outcome:
    """The portal has no such claim."""
    return _said(Ending.NEGATIVE, ClaimNotFound(searched=("by member", "by claim number")), asked, at)


def shown(asked: ClaimStatus) -> Mapping[str, str]:
    """What the page showed, under its words."""
    who, claim = asked.patient, asked.claim
    return {
        "Member": f"{who.last_name.upper()}, {who.first_name.upper()}",
        "Member ID": who.member_id,
        "Birth date": f"{who.birth_date:%m/%d/%Y}",
        "Claim number": payer_number(asked),
        "Service date": f"{claim.service_from:%m/%d/%Y}",
        "Total charge": f"${claim.billed:,.2f}",
        "Status": "Suspended - special handling",
    }


def case_of(asked: ClaimStatus, code: Code) -> Outcome:
    """The question ends with this code, and a person has to look."""
    ending = Ending.DEFECT if code is Code.TECH_DEFECT else Ending.NEEDS_STAFF
    page = shown(asked)
    named = tuple(Shown(where=f"claim.{word.lower().replace(' ', '-')}", text=text) for word, text in page.items())
    by_code: dict[Code, tuple[str, tuple[Shown, ...], tuple[Candidate, ...]]] = {
        Code.BUS_MULTI: ("Two rows of the list fit the claim equally well.", (), _candidates(asked)),
        Code.BUS_IDCORR: ("The portal shows another member number than the one asked about.", named[:3], ()),
        Code.DATA_UNMAPPED: ("The status text is not in the portal's map.", named[-1:], ()),
        Code.DATA_INCONSISTENT: ("Paid, patient's part and adjustments do not come to the charge.", named[4:], ()),
        Code.DATA_CONFLICT: ("The portal now says otherwise than its own answer of last week.", named[3:], ()),
        Code.DATA_PARTIAL: ("A field that must be on the page was empty.", named[3:4], ()),
        Code.DATA_INPUT: ("The portal does not accept the birth date as the office has it.", named[2:3], ()),
        Code.BUS_COB: ("Another payer is said to come first.", named[:2], ()),
    }
    what, seen, candidates = by_code.get(code, ("The question needs a person's decision.", named[:4], ()))
    reason = Reason(code=code, what=what, view="claim", element="status", seen=seen, candidates=candidates)
    return Outcome(ending=ending, reason=reason)


def _candidates(asked: ClaimStatus) -> tuple[Candidate, ...]:
    numbers = payer_number(asked), payer_number(asked)[:-1] + "X"
    return tuple(
        Candidate(
            cells={
                "payer_claim_number": Shown(where="claims.row.number", text=number),
                "service_from": Shown(where="claims.row.date", text=f"{asked.claim.service_from:%m/%d/%Y}"),
                "billed": Shown(where="claims.row.charge", text=f"${asked.claim.billed:,.2f}"),
                "status": Shown(where="claims.row.status", text=status),
            }
        )
        for number, status in zip(numbers, ("Processed - Paid", "In process"), strict=True)
    )


def _state(asked: ClaimStatus, at: datetime, **of_state: object) -> ClaimState:
    known = {
        "payer_claim_number": payer_number(asked),
        "billed": asked.claim.billed,
        "received_date": (at - timedelta(days=14)).date(),
        "finalised_date": (at - timedelta(days=2)).date() if of_state["category"] in {"F1", "F2"} else None,
        **of_state,
    }
    return ClaimState.model_validate(known)


def _said(ending: Ending, said: Normalised, asked: ClaimStatus, at: datetime) -> Outcome:
    texts = tuple(
        Shown(where=f"claim.{word.lower().replace(' ', '-')}", text=text) for word, text in shown(asked).items()
    )
    text = getattr(said, "portal_text", "")
    extracted = (*texts[:-1], *([Shown(where="claim.status", text=text)] if text else []))
    answer = Answer(portal=asked.portal, pack_version="1", observed_at=at, normalised=said, extracted=extracted)
    return Outcome(ending=ending, answer=answer)
