"""Payments that an office fetches from a practice portal: permitted, asked for, and as the ledger has them then."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sandbox.process import PracticePortal
from tests.whole.office import Commands


def permit_payments(office: Commands, portal: PracticePortal) -> None:
    """The office may ask this portal about its payments."""
    office.done(
        "permit", portal.name, "--flow", "remittances", "--status", "simulator-only", "--basis", "own test system",
        "--document", "our own",
    )  # fmt: skip


def ask_for_payments(office: Commands, portal: PracticePortal, days: int) -> list[tuple[str, Decimal, int]]:
    """Ask for those of so many days up to today; what `payments` gives when all came, each as two papers."""
    today = datetime.now(UTC).date()
    first = today - timedelta(days=days)
    office.done("remits", "ask", portal.name, "--from", str(first), "--to", str(today))
    paid = [one for one in portal.truth()["remittances"] if one["paid_on"] >= str(first)]
    return sorted((one["trace"], Decimal(one["amount"]), 2) for one in paid)


def payments(office: Commands) -> list[tuple[str, Decimal, int]]:
    """What the ledger has: trace, amount and number of papers of each payment."""
    records = [json.loads(line) for line in office.done("remits", "--json").splitlines()]
    return sorted((record["trace"], Decimal(record["amount"]), record["copies"]) for record in records)
