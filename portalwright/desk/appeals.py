"""What only the application can do with an appeal."""

from dataclasses import dataclass

from portalwright.office import Desk


@dataclass(frozen=True)
class Appeals:
    """See `console.appeals.needs`."""

    desk: Desk
