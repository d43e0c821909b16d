"""What these pages need of the application."""

from typing import Protocol


class ClaimNeeds(Protocol):
    """What only the application knows of a claim."""
