"""How long things are kept: a rule for each kind, in days, with what is usual and the least that a rule may say."""

from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """What a rule of retention is about; a closed set."""

    PAGES = "evidence-pages"
    """Pages that a session kept of an attempt, once nothing waits for a person with it."""
    PICTURES = "evidence-pictures"
    FILING_PROOFS = "filing-proofs"
    """Pages and pictures of appeals that were filed, or looked for in the portal's list."""
    DOCUMENTS = "documents"
    """The sealed files themselves: downloads, imported remittances, attachments. What was read in them has its own."""
    REMITTANCES = "remittances"
    """Payments as they were read, with everything that hangs on them."""
    ANSWERS = "earlier-answers"
    """Answers that a newer one has followed."""
    CLAIMS = "closed-claims"
    """Claims about which nothing is left to do, with all that was ever recorded of them, and their patients."""
    VISITS = "past-visits"
    """Visits whose coverage was asked about, in the same way."""
    REPORTS = "reports"
    AUDIT = "audit-log"
    LOGS = "logs"


_YEAR = 366

DAYS = MappingProxyType(
    {
        Kind.PAGES: 90,
        Kind.PICTURES: 90,
        Kind.FILING_PROOFS: 10 * _YEAR,
        Kind.DOCUMENTS: 10 * _YEAR,
        Kind.REMITTANCES: 10 * _YEAR,
        Kind.ANSWERS: 10 * _YEAR,
        Kind.CLAIMS: 10 * _YEAR,
        Kind.VISITS: 10 * _YEAR,
        Kind.REPORTS: 2 * _YEAR,
        Kind.AUDIT: 6 * _YEAR,
        Kind.LOGS: _YEAR,
    }
)
"""So many days each is kept where the office says nothing. Technical evidence 90 days, filing proof long (DOMAIN 4);
audit log six years (45 CFR 164.316(b)(2)(i)); claims and payments ten, the longest of Medicare's (DOMAIN 6)."""

LEAST_DAYS = MappingProxyType({kind: 6 * _YEAR if kind is Kind.AUDIT else 30 for kind in Kind})
"""No rule may keep less: what is younger is still worked with, and the log has its six years."""
