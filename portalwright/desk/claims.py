"""What only the application knows of a claim."""

from dataclasses import dataclass

from portalwright.office import Desk


@dataclass(frozen=True)
class Claims:
    """See `console.claims.needs`."""

    desk: Desk
