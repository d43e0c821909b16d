"""The made-up office's patients, claims and visits."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from flows.questions import Claim, ClaimStatus, Eligibility, Held, Patient, Provider, Service

NATIONAL, CONTRACTOR = "practice-national", "practice-contractor"
MEDICAID, MULTIPAYER = "practice-medicaid", "practice-multipayer"
PORTALS = (NATIONAL, CONTRACTOR, MEDICAID, MULTIPAYER)

_LAST = (
    "Quillfeather", "Thistlewood", "Abernethy", "Marchbanks", "Okonkwo-Lund", "Pemberley", "Vasquez-Holt",
    "Winterbourne", "Castellane", "Drinkwater", "Fairweather", "Goldenrod", "Hollowell", "Ingleby", "Juniper",
    "Kestrelmann",
)  # fmt: skip
_FIRST = (
    "Ottoline", "Barnaby", "Clementine", "Desmond", "Eudora", "Fitzgerald", "Guinevere", "Horatio", "Imogen",
    "Jocasta", "Leopold", "Marguerite", "Nathaniel",
)  # fmt: skip
_PROCEDURES = (("99213", "128.00"), ("99214", "186.50"), ("93000", "64.25"), ("80053", "41.80"), ("11102", "312.40"))


def number_of(place: int) -> str:
    """The patient account number of the claim at this place."""
    return f"LFM-{place:06}"


def portal_of(place: int) -> str:
    """Most are of one payer."""
    return PORTALS[place % 4] if place % 8 < 4 else NATIONAL


def patient(place: int) -> Patient:
    """Each patient has two claims."""
    who = place // 2
    return Patient(
        member_id=f"MBR{7000000 + who * 37}",
        last_name=_LAST[who % len(_LAST)],
        first_name=_FIRST[who % len(_FIRST)],
        birth_date=date(1938, 1, 9) + timedelta(days=211 * (who % 140)),
    )


def claim(place: int, today: date) -> ClaimStatus:
    """The claim at this place of the work list, of a visit one to four months ago."""
    procedure, charge = _PROCEDURES[place % len(_PROCEDURES)]
    on = today - timedelta(days=34 + place % 100)
    return ClaimStatus(
        portal=portal_of(place),
        provider=Provider(tin="123456789", npi="1234567893"),
        patient=patient(place),
        claim=Claim(
            patient_account_number=number_of(place),
            service_from=on,
            service_to=on,
            billed=Decimal(charge) * (1 + place % 3),
            first_procedure=procedure,
        ),
    )


def visit(place: int, today: date) -> tuple[str, Eligibility]:
    """A visit of the next days, with the office's number."""
    on = today + timedelta(days=1 + place % 9)
    return f"VISIT-{place:05}", Eligibility(
        portal=portal_of(place),
        provider=Provider(tin="123456789", npi="1234567893"),
        patient=patient(place),
        service=Service(service_from=on, service_to=on),
        held=Held(plan_name="Silver 70", group_number="G-7"),
    )


def day_of(now: datetime) -> date:
    """The day (UTC)."""
    return now.date()
