"""What the office has decided about signing in."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class SignInRules:
    """`second_factor`: nobody gets in without an authenticator app. `idle`: so long without an act, and one is out."""

    second_factor: bool = False
    idle: timedelta = timedelta(minutes=15)
    failures: int = 5
    """After so many in a row the account is locked for `locked`."""
    locked: timedelta = timedelta(minutes=15)
    emergency: timedelta = timedelta(minutes=30)
    """So long a look in an emergency is open."""
