"""What only the application can do with a payment."""

from dataclasses import dataclass

from portalwright.office import Desk


@dataclass(frozen=True)
class Remittances:
    """See `console.remittances.needs`."""

    desk: Desk
