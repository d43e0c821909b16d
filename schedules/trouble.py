"""What a worker can meet that it waits out by itself, as it tells its log."""

from enum import StrEnum


class Trouble(StrEnum):
    """A closed set of words."""

    LEDGER_AWAY = "ledger-away"
    """The ledger cannot be reached, is locked, or has no room to write; nothing is begun until it is back."""
    LEDGER_BACK = "ledger-back"
    CLOCK_SET = "clock-set"
    """This computer's clock was set, by more than some seconds."""
