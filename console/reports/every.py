"""Every report there is, by its name: its title, what it says in a sentence, and how it is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from console.reports import build, build_money, build_office, build_work
from console.reports.pieces import Asked
from console.reports.shape import Report


@dataclass(frozen=True)
class ReportKind:
    """One report: what it is called, what it says, and how it is made. `of_days`: it counts what happened in days."""

    title: str
    says: str
    made: Callable[[Asked], Report]
    of_days: bool = True


REPORTS: Mapping[str, ReportKind] = MappingProxyType(
    {
        "touchless": ReportKind(
            "Touchless rate and exceptions", "What ended without a person, and what did not, by week.",
            build_work.touchless,
        ),
        "resolution": ReportKind(
            "Time to resolve", "How fast exceptions are closed, by whom, and who holds the open ones.",
            build_work.resolution,
        ),
        "exceptions": ReportKind(
            "Open exceptions", "Cases that wait, by family, code and age.", build.exceptions, of_days=False
        ),
        "coverage": ReportKind(
            "Status coverage and limits", "Are open claims asked about in time, and which limits passed?",
            build_work.coverage,
        ),
        "deadlines": ReportKind(
            "Deadline radar", "What is lost when its day passes, in the next thirty days.", build.deadlines,
            of_days=False,
        ),
        "denials": ReportKind(
            "Denials", "What payers did not pay, by payer, reason and provider.", build.denials
        ),
        "pending": ReportKind(
            "Pending claims", "What no payer has decided, over 30, 60 and 90 days.", build.pending, of_days=False
        ),
        "money": ReportKind(
            "Money touched and found", "Asked about, newly known denied, recovered; and the denial rate.",
            build_money.money,
        ),
        "receivables": ReportKind(
            "Days in A/R", "How much is open, for how many days, and how much is old.", build_money.receivables,
            of_days=False,
        ),
        "appeals": ReportKind("Appeals", "The pipeline, and how the decided ones ended.", build.appeals),
        "payers": ReportKind("Payer scorecard", "How each payer decides, and how fast it pays.", build.payers),
        "missing": ReportKind(
            "Missing payments", "Deposits without a remittance, remittances without their money.",
            build_office.lacking, of_days=False,
        ),
        "register": ReportKind(
            "Sign-ins and permissions", "How signing in goes, and what the office may do where.",
            build_office.register,
        ),
        "savings": ReportKind("Savings", "Hours spared, with the formula and its numbers.", build.savings),
    }
)  # fmt: skip
"""By the name on the command line and in addresses, in the order in which they are listed."""
