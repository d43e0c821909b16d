"""What only the application can do with an exception."""

from dataclasses import dataclass

from portalwright.office import Desk


@dataclass(frozen=True)
class Exceptions:
    """See `console.exceptions.needs`."""

    desk: Desk
