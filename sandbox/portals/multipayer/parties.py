"""What each application of Practice Exchange asks first: which payer, which provider, which way to search."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.portals.multipayer.directory import OWN_PAYER, PAYERS, Payer, find_payers, find_providers
from sandbox.portals.multipayer.exchange import Exchange, read_json, text_of
from sandbox.portals.multipayer.words import option_caption
from sandbox.sessions import Session
from sandbox.truth.model import BillingProvider

Give = Callable[[Exchange, Request, Session], Awaitable[Response]]


@dataclass(frozen=True)
class SearchForm:
    """The ways to search that an application offers, each with its fields."""

    options: Mapping[str, tuple[str, tuple[str, ...]]]
    """By id: the caption in the list, and the fields."""
    other_payers: tuple[str, ...]
    """The options of payers that know fewer ways."""
    captions: Mapping[str, str]
    dates: frozenset[str]
    hints: Mapping[str, str]

    def read(self, fields: Any, option: str) -> tuple[dict[str, Any], list[str]]:
        """The filled form as the search takes it, texts as typed; and what is wrong with its dates."""
        typed: dict[str, Any] = fields if isinstance(fields, dict) else {}
        values: dict[str, Any] = {}
        messages: list[str] = []
        for field in self.options[option][1] if option in self.options else ():
            text = text_of(typed, field)
            if field not in self.dates:
                values[field] = text
            elif text:
                values[field] = read_day(text)
                if values[field] is None:
                    messages.append(f"{self.captions[field]}: enter the date as MM/DD/YYYY.")
        return values, messages


def read_day(text: str) -> date | None:
    """A day written as MM/DD/YYYY; None when it is none."""
    try:
        return datetime.strptime(text, "%m/%d/%Y").date() if len(text) == 10 else None  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None


async def payers(exchange: Exchange, request: Request, session: Session) -> Response:
    """POST: payers of the chosen region that fit what was typed."""
    typed = text_of(await read_json(request), "typed")
    found = find_payers(typed, str(session.own.get("region", "")))
    rows = [{"id": one.id, "name": one.name, "code": one.code} for one in found]
    return exchange.answer(session, {"payers": rows})


async def providers(exchange: Exchange, request: Request, session: Session) -> Response:
    """POST: providers of the chosen organization that fit what was typed."""
    typed = text_of(await read_json(request), "typed")
    found = find_providers(typed, exchange.side.truth.practice, str(session.own.get("organization", "")))
    return exchange.answer(session, {"providers": [{"name": one.name, "code": one.npi} for one in found]})


def options_of(form: SearchForm) -> Give:
    """GET: the ways to search that a payer offers, each with its fields."""

    async def options(exchange: Exchange, request: Request, session: Session) -> Response:
        version = exchange.side.layout(session)
        offered = tuple(form.options) if request.path_params["payer"] == OWN_PAYER else form.other_payers
        return exchange.answer(
            session,
            {
                "options": [
                    {
                        "id": name,
                        "name": option_caption(form.options[name][0], version),
                        "fields": [
                            {
                                "name": field,
                                "caption": option_caption(form.captions[field], version),
                                "kind": "date" if field in form.dates else "text",
                                "hint": form.hints.get(field, ""),
                            }
                            for field in form.options[name][1]
                        ],
                    }
                    for name in offered
                ]
            },
        )

    return options


def throttled(exchange: Exchange, request: Request, session: Session) -> Response | None:
    """HTTP 429 for a visitor who searches too fast; None for others."""
    seconds = exchange.side.throttle.wait_before_search(exchange.visitors.agent(request))
    if not seconds:
        return None
    answer = exchange.answer(session, {"error": "too-many-requests"}, 429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def chosen(
    exchange: Exchange, request: Request, session: Session, asked: dict[str, Any], messages: list[str]
) -> tuple[Payer, BillingProvider] | None:
    """The payer and the provider of a filled form; None, and complaints put before the others, where one is missing.

    The session acts for the provider from then on.
    """
    payer = next((one for one in PAYERS if one.id == text_of(asked, "payer")), None)
    offered = exchange.side.truth.practice.providers if session.acting_as else ()
    provider = next((one for one in offered if one.npi == text_of(asked, "provider")), None)
    if provider is None:
        messages.insert(0, "Choose a provider from the list.")
    if payer is None:
        messages.insert(0, "Choose a payer from the list.")
    if payer is None or provider is None or messages:
        return None
    if provider.npi != session.acting_as:
        exchange.side.door.choose(session, provider.npi, exchange.visitors.agent(request))
    return payer, provider
