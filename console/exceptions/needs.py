"""What these pages need of the application."""

from typing import Protocol


class ExceptionNeeds(Protocol):
    """What only the application can do with an exception."""
