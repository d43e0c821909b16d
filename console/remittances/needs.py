"""What these pages need of the application."""

from typing import Protocol


class RemittanceNeeds(Protocol):
    """What only the application can do with a payment."""
