"""The practice portals by name. Each is imported only when it is served, so that one never disturbs another."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from starlette.types import ASGIApp

from sandbox.quirks import CONTRACTOR, MEDICAID, MULTIPAYER, NATIONAL
from sandbox.side import Archetype, PortalSide


@dataclass(frozen=True)
class Portal:
    """Where a portal lives. Its module has `ARCHETYPE` and the named function, which makes its application."""

    title: str
    module: str
    function: str

    def load(self) -> tuple[Archetype, Callable[[PortalSide], ASGIApp]]:
        """The portal's description and the function that makes its application over a given state."""
        module = import_module(self.module)
        archetype: Archetype = module.ARCHETYPE
        application: Callable[[PortalSide], ASGIApp] = getattr(module, self.function)
        return archetype, application


PORTALS: dict[str, Portal] = {
    MULTIPAYER: Portal("Practice Exchange", "sandbox.portals.multipayer.app", "multipayer_portal"),
    NATIONAL: Portal("Practice National Health", "sandbox.portals.national.app", "national_portal"),
    CONTRACTOR: Portal("Practice Contractor Services", "sandbox.portals.contractor.app", "contractor_portal"),
    MEDICAID: Portal("Practice State Medical Assistance", "sandbox.portals.medicaid.app", "medicaid_portal"),
}
