"""Exceptions: the list of what waits for a person, what is due first standing first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpResponse
from django.urls import reverse

from console.access import record_look
from console.exceptions import filters
from console.exceptions.clocks import Clock, day_of, due_clock, limit_clock
from console.exceptions.filters import Filters
from console.exceptions.may import incidents_only, sees
from console.exceptions.views_case import DONE
from console.exceptions.words import CODES, FAMILIES, STOPS
from console.request import DeskRequest
from console.templating import render
from flows.outcomes import Code, Family
from ledger import case_work, cases_counted, cases_listed, work_rules
from ledger.cases_values import MOST_COUNTED, MOST_OF_A_PART, CaseLine, Counts, Order, Standing

PAGE = 50


@dataclass(frozen=True)
class Shown:
    """A line of the list as it is shown."""

    line: CaseLine
    means: str
    due: Clock | None
    limit: Clock | None
    age: timedelta
    stops: str


@dataclass(frozen=True)
class Option:
    """One choice of a filter."""

    value: str
    words: str
    chosen: bool


def show(request: DeskRequest) -> HttpResponse:
    """One page of the list."""
    who, asked = request.who, filters.read(request.GET)
    hidden = incidents_only(who)
    practice_id = who.practice.id
    people = {name: account_id for account_id, name in case_work.people(practice_id)}
    wanted = asked.wanted(who.actor.account_id, people, incidents_only=hidden)
    today = day_of(request.now, request.application.zone)
    found = cases_listed.page(practice_id, wanted, today, after=filters.place_of(request.GET), most=PAGE)
    routing = work_rules.in_force(practice_id).routing
    counted = cases_counted.counts(practice_id, who.actor.account_id, routing.queues, today, incidents_only=hidden)
    if not hidden and found.rows:
        record_look(
            request, "cases.view", "cases", "list",
            portal=wanted.portal or "", result=f"{len(found.rows)} shown", fields=("number", "money"),
        )  # fmt: skip
    families = [family for family in Family if sees(who, family)]
    return render(
        request,
        "exceptions/list.html",
        {
            "asked": asked,
            "wanted": wanted,
            "hidden": hidden,
            "done": DONE.get(request.GET.get("done", ""), ""),
            "shown": [_shown(line, request, today) for line in found.rows],
            "next": filters.written(found.next) if found.next is not None else "",
            "begins": filters.place_of(request.GET) is None,
            "tabs": _tabs(asked, counted),
            "in_all": counted_words(counted.in_all, MOST_COUNTED),
            "choices": {
                "family": _families(families, counted, asked),
                "code": _codes(families, counted, asked),
                "queue": _queues(sorted(routing.queues), counted, asked),
                "role": _plain(sorted(routing.roles), asked.get("role")),
                "portal": _plain(sorted(request.application.packs.names()), asked.get("portal")),
                "owner": _plain(sorted(people), asked.get("owner")),
            },
            "orders": [(order.value, words, wanted.order is order) for order, words in _ORDERS.items()],
            "elsewhere": cases_listed.stopped_by_others(practice_id),
            "stops_words": STOPS,
            "code_words": CODES,
            "list_address": reverse("exceptions"),
            "Standing": Standing,
        },
    )


_ORDERS: Mapping[Order, str] = {
    Order.DUE: "what is due first",
    Order.MONEY: "most money",
    Order.AGE: "oldest",
}


def _shown(line: CaseLine, request: DeskRequest, today: date) -> Shown:
    return Shown(
        line=line,
        means=CODES[line.code],
        due=due_clock(line.due, today),
        limit=limit_clock(line.limit, today),
        age=request.now - line.opened_at,
        stops=STOPS[line.stops],
    )


def counted_words(number: int, most: int) -> str:
    """A number that was counted up to a limit."""
    return f"{number:,}" if number <= most else f"more than {most:,}"


def _short(number: int) -> str:
    return str(number) if number <= MOST_OF_A_PART else f"{MOST_OF_A_PART}+"


def _tabs(asked: Filters, counted: Counts) -> list[tuple[str, str, str, bool]]:
    """The parts of the list, one of which one is on: address, title, how many, is it this one?"""
    state, owner = asked.get("state"), asked.get("owner")
    is_open = state not in (Standing.SNOOZED, Standing.CLOSED)
    return [
        (asked.but(state="", owner=""), "All open", counted_words(counted.in_all, MOST_COUNTED), is_open and not owner),
        (asked.but(state="", owner=filters.MINE), "Mine", _short(counted.mine), is_open and owner == filters.MINE),
        (
            asked.but(state="", owner=filters.NOBODYS),
            "Nobody's",
            _short(counted.nobodys),
            is_open and owner == filters.NOBODYS,
        ),
        (asked.but(state=Standing.SNOOZED, owner=""), "Put off", _short(counted.snoozed), state == Standing.SNOOZED),
        (asked.but(state=Standing.CLOSED, owner=""), "Closed", "", state == Standing.CLOSED),
    ]


def _families(families: list[Family], counted: Counts, asked: Filters) -> list[Option]:
    found = []
    for family in families:
        numbers = [number for code, number in counted.by_code.items() if code.family is family]
        more = "+" if any(number > MOST_OF_A_PART for number in numbers) else ""
        how_many = sum(min(number, MOST_OF_A_PART) for number in numbers)
        found.append(Option(family, f"{FAMILIES[family]} ({how_many}{more})", asked.get("family") == family))
    return found


def _codes(families: list[Family], counted: Counts, asked: Filters) -> list[Option]:
    """The codes that there are open exceptions of, and the chosen one."""
    chosen = asked.get("code")
    return [
        Option(code, f"{code.value}: {CODES[code]} ({_short(counted.by_code.get(code, 0))})", code == chosen)
        for code in Code
        if code.family in families and (code in counted.by_code or code == chosen)
    ]


def _queues(queues: list[str], counted: Counts, asked: Filters) -> list[Option]:
    chosen = asked.get("queue")
    return [
        Option(queue, f"{queue} ({_short(counted.by_queue.get(queue, 0))})", queue == chosen)
        for queue in queues
        if queue in counted.by_queue or queue == chosen
    ]


def _plain(values: list[str], chosen: str) -> list[Option]:
    return [Option(value, value, value == chosen) for value in values]
