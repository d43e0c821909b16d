"""What the reports need of the application."""

from collections.abc import Callable
from decimal import Decimal
from typing import Protocol

from flows.questions import Flow


class Minutes(Protocol):
    """How long things take a person in this office; for the report that says what the robot spared."""

    @property
    def exception(self) -> Decimal:
        """Minutes for one exception."""

    def by_hand(self, flow: Flow) -> Decimal | None:
        """Minutes for one question of this flow, by hand at the portal; None where nobody has said."""


class ReportNeeds(Protocol):
    """What only the application knows and can do."""

    @property
    def savings(self) -> Minutes:
        """The office's minutes (office.toml)."""

    def beside(self, work: Callable[[], None], gone_wrong: Callable[[], None]) -> None:
        """Do this beside the pages, one thing after another, and return at once.

        When it raises, that is logged and `gone_wrong` is done instead.
        """
