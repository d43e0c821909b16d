"""Questions, answers and endings of a small office, for the ledger's tests."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from django.db import connection

from flows.answers import Answer, ClaimNotFound, ClaimState, PatientResponsibility, Payment, Shown
from flows.outcomes import Code, Ending, Outcome, Reason
from flows.questions import Claim, ClaimStatus, Patient, Provider
from ledger import models, work
from ledger.accounts import Actor
from ledger.postgresql.address import PostgresAddress, read_address
from ledger.start import open_ledger, open_on_server
from tests.django_settings import database_key, no_password

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PORTAL = "practice-national"
ALIAS = "front-desk"
LATER = timedelta(hours=1)
"""Longer than any lease lasts without a heartbeat."""


def question(number: int, *, billed: str = "120.50", last_name: str = "Quillfeather") -> ClaimStatus:
    """The claim with this number."""
    return ClaimStatus(
        portal=PORTAL,
        provider=Provider(tin="123456789", npi="1234567893"),
        patient=Patient(
            member_id=f"MBR{number:07}", last_name=last_name, first_name="Ottoline", birth_date=date(1961, 5, 17)
        ),
        claim=Claim(
            patient_account_number=f"ACCT-{number:06}",
            service_from=date(2026, 1, 12),
            service_to=date(2026, 1, 12),
            billed=Decimal(billed),
            first_procedure="99213",
        ),
    )


def digest(text: str) -> str:
    """Stands for the vault's keyed hash."""
    return hashlib.sha256(b"pepper" + text.encode()).hexdigest()


def bring_in(numbers: Iterable[int], actor: Actor, now: datetime = NOW) -> None:
    """Import the claims with these numbers."""
    work.import_claims(map(question, numbers), actor, now, digest=digest)


def paid(at: datetime = NOW, *, amount: str = "80.10", in_all: str = "512.00", portal: str = PORTAL) -> Outcome:
    """The portal says: paid, in a payment of so much."""
    state = ClaimState(
        category="F1",
        status_codes=("65",),
        portal_text="Processed - Paid",
        payer_claim_number="2026012345",
        billed=Decimal("120.50"),
        allowed=Decimal("100.10"),
        paid=Decimal(amount),
        patient_responsibility=PatientResponsibility(total=Decimal("20.00"), copay=Decimal("20.00")),
        finalised_date=date(2026, 2, 1),
        payment=Payment(method="EFT", number="E7788", paid_on=date(2026, 2, 3), amount=Decimal(in_all)),
    )
    shown = (Shown(where="claim.status", text="Processed - Paid"),)
    return Outcome(
        ending=Ending.ANSWERED,
        answer=Answer(portal=portal, pack_version="1", observed_at=at, normalised=state, extracted=shown),
    )


def not_found(at: datetime = NOW) -> Outcome:
    """The portal's own marker says that it has no such claim."""
    return Outcome(
        ending=Ending.NEGATIVE,
        answer=Answer(
            portal=PORTAL,
            pack_version="1",
            observed_at=at,
            normalised=ClaimNotFound(searched=("by member", "by claim number")),
            extracted=(),
        ),
    )


def ended(ending: Ending, code: Code, *, view: str | None = None, element: str | None = None) -> Outcome:
    """An ending with a reason."""
    return Outcome(ending=ending, reason=Reason(code=code, what="A sentence of ours.", view=view, element=element))


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of the work tables, to see that nothing changed."""
    tables = (
        models.WorkItem, models.Attempt, models.AnswerVersion, models.Case, models.Press, models.Lane, models.Run,
        models.AuditEntry, models.EvidenceBlob,
    )  # fmt: skip
    return {table.__name__: list(table._default_manager.order_by("pk").values_list()) for table in tables}


def place() -> str:
    """Where the ledger of this test is, for another process: its file or its server's address."""
    here = connection.settings_dict
    if connection.vendor == "sqlite":
        return str(here["NAME"])
    return PostgresAddress(here["USER"], here["HOST"], int(here["PORT"]), here["NAME"], "disable").line


def open_place(place: str) -> None:
    """Open the ledger that another process made."""
    if place.startswith("postgresql:"):
        open_on_server(read_address(place), no_password, migrate=False)
    else:
        open_ledger(Path(place), database_key, migrate=False)
