"""How pages are made: Jinja2 with every value escaped, and nothing that is missing shown as if it were empty."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from console.application import current
from console.rights import Right

STATIC = Path(__file__).parent / "static"


def environment(**options: Any) -> Environment:
    """For Django's Jinja2 back end: the functions and filters that every page has."""
    wanted = {**options, "autoescape": True, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    made = Environment(**wanted)  # noqa: S701 - it escapes, see the line above
    made.globals.update(url=_url, static=_static, Right=Right)
    made.filters.update(dollars=dollars, moment=moment, day=day, ago=ago)
    return made


def render(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """The page; `who` is None for somebody who is not signed in."""
    given = {"who": getattr(request, "who", None), "here": request.path, **(context or {})}
    return HttpResponse(render_to_string(template, given, request=request), status=status)


def _url(name: str, **parts: object) -> str:
    return reverse(name, kwargs=parts or None)


@cache
def _static(name: str) -> str:
    """The address of a file that comes with the console; it changes with the file, so that it may be kept for long."""
    return f"/static/{name}?{hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


def dollars(amount: Decimal | None) -> str:
    """Money for people: 1,234.50; nothing where it is not known."""
    return "" if amount is None else f"{amount:,.2f}"


def moment(at: datetime | None, zone: str | None = None) -> str:
    """A time for people, in the office's time zone where no other is given, with the zone's letters; kept on a line."""
    if at is None:
        return ""
    return _time(at.isoformat(), f"{at.astimezone(ZoneInfo(zone or current().zone)):%Y-%m-%d %H:%M %Z}")


def day(on: date | None) -> str:
    """A day for people: 2026-03-02; kept on a line. Within an attribute write `isoformat()` instead."""
    return "" if on is None else _time(on.isoformat(), on.isoformat())


def _time(machine: str, words: str) -> str:
    return Markup('<time datetime="{}">{}</time>').format(machine, words)


def ago(length: timedelta | None) -> str:
    """A length of time in its largest unit: 3 d, 2 h, 5 min."""
    if length is None:
        return ""
    seconds = max(0, int(length.total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
