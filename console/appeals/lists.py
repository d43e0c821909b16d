"""Appeals by how far they have come: to approve, drafts, approved, uncertain, filed, decided, not filed."""

from datetime import date

from django.http import HttpResponse

from console.access import record_look
from console.request import DeskRequest
from console.templating import render
from flows.deadlines import Warned, warned
from ledger import appeals_board
from ledger.appeals_board import COUNTED, AppealLine, Place, Shelf

TITLES = {
    Shelf.TO_APPROVE: "To approve",
    Shelf.DRAFTS: "Drafts to go on with",
    Shelf.APPROVED: "Approved, waiting",
    Shelf.UNCERTAIN: "Uncertain",
    Shelf.FILED: "Filed, undecided",
    Shelf.DECIDED: "Decided",
    Shelf.NOT_FILED: "Not filed",
}


def show(request: DeskRequest) -> HttpResponse:
    """One shelf, a page at a time, with how many stand on each."""
    practice_id, today = request.who.practice.id, request.now.date()
    shelf = shelf_named(request.GET.get("shelf", ""))
    portals = sorted(request.application.packs.names())
    portal = request.GET.get("portal") if request.GET.get("portal") in portals else None
    found = appeals_board.page(
        practice_id, shelf, today, portal=portal, after=place_named(request.GET.get("after", ""))
    )
    record_look(
        request, "appeals.view", "list", shelf.value, portal=portal or "", result=f"{len(found.lines)} shown",
        fields=("appeal", "claim"),
    )  # fmt: skip
    counted = appeals_board.counts(practice_id, today, portal=portal)
    return render(
        request,
        "appeals/list.html",
        {
            "shelf": shelf,
            "shelves": [(one, TITLES[one], shown_count(counted[one])) for one in Shelf],
            "portals": portals,
            "portal": portal,
            "lines": [(line, *left(line.deadline, today, open_yet=_open_yet(line))) for line in found.lines],
            "after": place_word(found.lines[-1].place) if found.more else None,
            "is_first": not request.GET.get("after"),
        },
    )


def shelf_named(word: str) -> Shelf:
    """The shelf of this name; what is to be approved for any other word."""
    return Shelf(word) if word in {one.value for one in Shelf} else Shelf.TO_APPROVE


def place_word(place: Place) -> str:
    """A place in the list for an address: a day and the number of an appeal."""
    return f"{place.deadline.isoformat() if place.deadline else 'unknown'}.{place.number}"


def place_named(word: str) -> Place | None:
    """Back from an address; None for what is no place."""
    day, _, number = word.partition(".")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    try:
        return Place(deadline=None if day == "unknown" else date.fromisoformat(day), number=int(number))
    except ValueError:
        return None


def shown_count(count: int) -> str:
    """A number that is counted up to a limit."""
    return f"more than {COUNTED:,}" if count > COUNTED else f"{count:,}"


def left(last_day: date | None, today: date, *, open_yet: bool = True) -> tuple[str, str]:
    """How much time is left, in words, and how near that is: bad, warn or nothing. (DOMAIN 3.5: 30, 14, 7, 3 days)"""
    if last_day is None:
        return ("not known", "warn") if open_yet else ("", "")
    if not open_yet:
        return "", ""
    days = (last_day - today).days
    words = "over" if days < 0 else "today" if days == 0 else f"{days} {'day' if days == 1 else 'days'} left"
    match warned(last_day, today):
        case None:
            return words, ""
        case Warned.OVER | Warned.THREE_DAYS | Warned.SEVEN_DAYS:
            return words, "bad"
        case _:
            return words, "warn"


def _open_yet(line: AppealLine) -> bool:
    return line.stage in {"draft", "approved", "pressing", "uncertain"}
