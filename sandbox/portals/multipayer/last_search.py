"""What a session searched for last in one application: its reference, and rows that perhaps a filter hides."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from sandbox.listing import Paged
from sandbox.portals.multipayer.directory import Payer
from sandbox.portals.multipayer.exchange import Exchange
from sandbox.sessions import Session
from sandbox.truth.model import BillingProvider

L = TypeVar("L", bound=Paged)


@dataclass(frozen=True)
class LastSearch(Generic[L]):
    """The last search of one application (`name`), whose listings are of one `kind`."""

    name: str
    kind: type[L]
    filters: Mapping[str, str]
    """What the page says of each filter."""
    none_left: str
    """What it says when the filter hides all that was found."""
    none_found: str

    def keep(self, session: Session, found: L, payer: Payer, provider: BillingProvider, **more: Any) -> dict[str, Any]:
        """From now on this is the last search; what the page is told of it. `more` is told with it."""
        asked = {"reference": secrets.token_hex(6), "payer": payer.name, "provider": provider.name}
        session.own[self.name] = found, asked
        return self._told(found, {**asked, **more})

    def of(self, request: Request, session: Session) -> L | None:
        """What was found, when it is the last search that is asked about."""
        found, asked = session.own.get(self.name, (None, {}))
        if asked.get("reference") != request.path_params["search"]:
            return None
        return found if isinstance(found, self.kind) else None

    async def clear_filter(self, exchange: Exchange, request: Request, session: Session) -> Response:
        """POST: show all that the search found."""
        found = self.of(request, session)
        if found is None:
            return exchange.answer(session, {"error": "unknown"}, 404)
        exchange.visitors.note(request, "filter_cleared", filter=found.default_filter)
        found.clear_filter()
        return exchange.answer(session, self._told(found, session.own[self.name][1]))

    def _told(self, found: L, asked: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **asked,
            "total": len(found.shown),
            "filter": self.filters.get(found.default_filter, ""),
            "empty": self.none_left if found.found else self.none_found,
        }
