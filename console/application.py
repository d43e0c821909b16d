"""What the pages need of the application that serves them: the opened office, and what only it can do.

Each part of the console says in its own `needs.py` what it asks for; the application (`portalwright.desk`) gives it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast

from django.conf import settings

from console.appeals.needs import AppealNeeds
from console.claims.needs import ClaimNeeds
from console.exceptions.needs import ExceptionNeeds
from console.portals.needs import PortalNeeds
from console.remittances.needs import RemittanceNeeds
from console.reports.needs import ReportNeeds
from console.sign_in.needs import SignInRules
from console.tonight.needs import NightNeeds
from packs.models import Pack
from vault.sealed import SealedStore
from vault.vault import Vault


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """This instant, UTC."""


class Packs(Protocol):
    """The portals that the office has packs for."""

    def names(self) -> Sequence[str]:
        """Every portal that there is a pack for."""

    def pack(self, portal: str) -> Pack | None:
        """The portal's pack, None where there is none that can be used."""


@dataclass(frozen=True)
class Application:
    """The opened office. While it is served, a newer one takes its place whenever the office's files change: whoever
    works on for longer than a request asks `current` again.
    """

    clock: Clock
    zone: str
    """The office's time zone (IANA), in which its people read times."""
    vault: Vault
    store: SealedStore
    packs: Packs
    sign_in: SignInRules
    night: NightNeeds
    portals: PortalNeeds
    exceptions: ExceptionNeeds
    appeals: AppealNeeds
    claims: ClaimNeeds
    remittances: RemittanceNeeds
    reports: ReportNeeds


def current() -> Application:
    """The office as it is served now, in this process."""
    return cast(Application, cast(Any, settings).CONSOLE_APPLICATION)
