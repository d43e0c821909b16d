"""Pages of the Medicaid portal on which a visitor chooses a way to search, and a grid below shows what was found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from sandbox.portals.medicaid.paging import turned
from sandbox.portals.medicaid.viewstate import PostBack
from sandbox.portals.medicaid.visit import Visit
from sandbox.sessions import Session

BLANK_FOR = (600, 1100, 1800)
"""For how many milliseconds a window may stay blank."""


@dataclass(frozen=True)
class Asked:
    """What such a page shows: the way to search that is chosen, the fields as typed, the page of the grid."""

    by: str = ""
    entered: Mapping[str, str] = field(default_factory=dict)
    searched: bool = False
    number: int = 1


class _Show(Protocol):
    def __call__(
        self, visit: Visit, request: Request, session: Session, asked: Asked, *, announced: bool = False
    ) -> Response: ...


@dataclass(frozen=True)
class Inquiry:
    """One such page."""

    path: str
    show: _Show
    search: Callable[[Visit, Request, Session, PostBack], Response]
    opening: tuple[str, ...]
    """The links in the rows of its grid."""
    open: Callable[[Visit, Request, Session, PostBack, Asked], Response]

    async def page(self, visit: Visit, request: Request) -> Response:
        """The page as it is before anything was chosen: no fields yet."""
        session = visit.open_session(request)
        if session is None:
            return visit.over(request)
        return self.show(visit, request, session, Asked(), announced=True)

    async def post_back(self, visit: Visit, request: Request) -> Response:
        """The page came back: a way to search was chosen, a button pressed, the grid paged or a row opened."""
        session = visit.open_session(request)
        if session is None:
            return visit.over(request)
        back = await visit.take_back(request, session, self.path)
        if isinstance(back, Response):
            return back
        asked = back.state
        assert isinstance(asked, Asked)
        match back.target.control:
            case "btnReset":
                return self.show(visit, request, session, Asked())
            case "ddlSearchBy":
                return self.show(visit, request, session, Asked(by=back.values["ddlSearchBy"]))
            case "btnSearch":
                return self.search(visit, request, session, back)
            case link if link in self.opening:
                return self.open(visit, request, session, back, asked)
            case _:
                return self.show(visit, request, session, replace(asked, number=turned(asked.number, back.target)))


def blank_for(visit: Visit, request: Request) -> int:
    """For how many milliseconds the window that is opened now stays blank."""
    quirks = visit.side.quirks
    happens = quirks.happens("popup-blank-first", visit.agent(request))
    return quirks.pick("popup-blank-first", BLANK_FOR) if happens else 0
