"""The desk of one office, for the benchmark: asked for its pages one at a time, a round of each when it is told to.

Each page is asked for by somebody who may see all, signed in (but for the page to sign in), through Django and all of
its layers, but not over a line. Time is processor time, of the server's process for our connection too where the ledger
is on PostgreSQL.
"""

import json
import re
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.desk_office import PARTS, open_cases
from bench.talk import answer, read_order
from console import sessions
from console.access import Page
from console.settings import configure
from console.urls import PAGES
from ledger import console_accounts, models
from portalwright.desk.application import application
from portalwright.office import Desk, utc_now
from tests.console_office.made import opened
from tests.console_office.people import actor_of


def main() -> None:
    """Open the office, then answer until there are no more orders: `page`, and whether its queries are `counted`."""
    order = read_order()
    if order is None:
        raise SystemExit("A side of the benchmark is started by the benchmark: python -m bench.desk_pages")
    folder = Path(order["folder"])
    with opened(folder / "office") as desk:
        client, outside = _signed_in(desk), Client(SERVER_NAME="localhost")
        parts = json.loads((folder / PARTS).read_text(encoding="utf-8"))
        addresses = dict(_addresses(client, parts))
        answer(cases=open_cases(), pages=[*addresses])
        backend = _backend()
        while (order := read_order()) is not None:
            name = order["page"]
            visitor, address = outside if name == "sign-in" else client, addresses[name]
            answer(**(_counted(visitor, address) if order["counted"] else _timed(visitor, address, backend)))


def _counted(client: Client, address: str) -> dict[str, Any]:
    """How many queries it asks: of two visits the fewer, for now and then one looks at the night anew."""
    client.get(address)
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        asked.append(len(queries))
    return {"queries": min(asked)}


def _timed(client: Client, address: str, backend: psutil.Process | None) -> dict[str, Any]:
    before = _used(backend)
    page = client.get(address)
    size = sum(map(len, page)) if page.streaming else len(page.content)
    return {"status": page.status_code, "seconds": _used(backend) - before, "bytes": size}


def _signed_in(desk: Desk) -> Client:
    configure(application(desk), "k" * 50)
    found = console_accounts.entered(actor_of(desk, "everything", utc_now()).account_id)
    if found is None:
        raise AssertionError("the made-up office has an account that may do everything")
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)  # such a page is told, and the others too
    session = client.session
    sessions.begin(session, found, utc_now())
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    return client


def _backend() -> psutil.Process | None:
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return psutil.Process(cursor.fetchone()[0])


def _used(backend: psutil.Process | None) -> float:
    used = time.process_time()
    if backend is not None:
        times = backend.cpu_times()
        used += times.user + times.system
    return used


def _addresses(client: Client, parts: dict[str, object]) -> Iterator[tuple[str, str]]:
    """Every page that is asked for by GET, with the address of a thing that is there."""
    parts["found_id"] = _search(client, parts)
    parts["made"] = _report(client, str(parts["report"]))
    bulk = _bulk(client)
    for page in PAGES:
        if page.live or (page.get is None and not page.public):
            continue
        yield page.name, _address(page, parts) + (bulk if page.name == "exceptions-bulk" else "")


def _address(page: Page, parts: Mapping[str, object]) -> str:
    def part(found: re.Match[str]) -> str:
        return str(parts.get(f"{page.name}.{found[1]}", parts.get(found[1], 0)))

    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", part, page.path)


def _search(client: Client, parts: Mapping[str, object]) -> str:
    """Search a patient's name as a person does; the name of what was found."""
    form = {"by": "name", "text": str(parts["last_name"])}
    found = client.post("/claims/", form)
    match = re.search(r"/claims/found/([^/]+)/", found.headers.get("Location", ""))
    return match[1] if match else "none"


def _report(client: Client, report: str) -> int:
    """Have a report made as a person does; its number, once it is there."""
    client.post(f"/reports/{report}/make/", {"since": "2020-01-01", "until": "2020-01-31"})
    for _ in range(100):
        made = models.ReportMade.objects.exclude(made_at=None).first()
        if made is not None:
            return made.pk
        time.sleep(0.1)
    return 0


def _bulk(client: Client) -> str:
    """Put an exception off as a person does who marks it; the query of the page that asks how."""
    case = models.Case.objects.filter(state="open").order_by("-id")[0]
    until = (utc_now() + timedelta(days=1)).date().isoformat()
    client.post(
        "/exceptions/bulk/",
        {"act": "snooze", "seen": f"{case.pk}-{case.changes}", "until": until, "why": "The payer calls back."},
    )
    return f"?act=snooze&case={case.pk}"


if __name__ == "__main__":
    main()
