"""What these pages need of the application."""

from typing import Protocol


class AppealNeeds(Protocol):
    """What only the application can do with an appeal."""
