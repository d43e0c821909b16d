"""How one payer hands out its remittances: over how many days it lets one look, and when it puts them away."""

from typing import Annotated

from pydantic import ConfigDict, Field

from flows.values import Frozen


class RemittanceRules(Frozen):
    """How one payer hands out its remittances."""

    model_config = ConfigDict(strict=False, use_attribute_docstrings=True)

    longest_days: Annotated[int, Field(ge=1)] | None = None
    """A search takes so many days at most, the first and the last included; a longer period is asked for in parts."""
    archived_after_days: Annotated[int, Field(ge=1)] | None = None
    """The documents of payments that are older are no longer on the list: the form `payment-archive` leads to them."""
    building_minutes: Annotated[int, Field(ge=1)] = 15
    """How long a report takes to be built, at most, where the portal does not say when it is ready."""
