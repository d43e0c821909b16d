"""What kind of payer a portal belongs to: it decides about deadlines, cadence and what may be appealed."""

from enum import StrEnum


class PayerType(StrEnum):
    """The kinds of payer that rules tell apart (DOMAIN 3.1, 3.5)."""

    MEDICARE = "medicare"
    """Fee for service."""
    MEDICARE_ADVANTAGE = "medicare-advantage"
    MEDICAID = "medicaid"
    """Fee for service."""
    MEDICAID_MANAGED = "medicaid-managed"
    COMMERCIAL = "commercial"
    WORKERS_COMPENSATION = "workers-compensation"
    UNKNOWN = "unknown"
    """Nobody has said: of every rule that might hold, the one that asks most of us counts."""
