"""What each page of the desk costs in a small office and in a very large one: server time and number of queries.

The office is the made-up one of the tests (300 claims with all that belongs to them), copied until it has as many
claims as asked for; open cases are one to fifty claims. Each page is asked for by somebody who may see all, signed in,
through Django and all of its layers, but not over a line. Time is processor time, of the server's process for our
connection too where the ledger is on PostgreSQL; of several rounds the fastest counts. Each size is a process of its
own. The promise is that 1,000,000 claims cost at most twice what 10,000 do, in time and in queries.

`python -m bench.desk_pages --engine postgresql` prints a table and, as its last line, JSON.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

if TYPE_CHECKING:
    from django.test import Client

    from console.access import Page
    from portalwright.office import Desk

_ROUNDS = 5
_LEAST_SECONDS = 0.002
"""Below this a page is as cheap as its frame, and a ratio would say nothing."""


def main() -> None:
    """Measure and print; or, with `--size`, be one of the measured processes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--claims", default="10000,1000000", help="claims (default: 10000,1000000)")
    parser.add_argument("--page", default="", help="only pages whose name begins so")
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.size is not None:
        sys.stdout.write(json.dumps(_measure(given.engine, given.size, given.page)) + "\n")
        return
    sizes = [int(size) for size in given.claims.split(",")]
    _print(given.engine, sizes, [_size(given.engine, size, given.page) for size in sizes])


def _size(engine: str, size: int, page: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.desk_pages", "--engine", engine, "--size", str(size), "--page", page]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 # our own
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _print(engine: str, sizes: list[int], measured: list[dict[str, Any]]) -> None:
    first, last = measured[0]["pages"], measured[-1]["pages"]
    open_cases = ", ".join(
        f"{size:,} claims with {one['cases']:,} open cases" for size, one in zip(sizes, measured, strict=True)
    )
    lines = [
        f"{engine}: {open_cases}",
        f"{'page':<22}{'ms':>9}{'ms':>9}{'ratio':>7}{'queries':>9}{'queries':>9}{'bytes':>10}",
    ]
    ratios: dict[str, float] = {}
    for name, large in sorted(last.items(), key=lambda one: -_ratio(first[one[0]], one[1])):
        small = first[name]
        ratios[name] = _ratio(small, large)
        lines.append(
            f"{name:<22}{small['seconds'] * 1000:>9.1f}{large['seconds'] * 1000:>9.1f}{ratios[name]:>7.2f}"
            f"{small['queries']:>9}{large['queries']:>9}{large['bytes']:>10,}"
            + ("" if large["status"] == 200 else f"  ({large['status']})")
        )
    worst = max(ratios, key=lambda name: ratios[name])
    told = {
        "engine": engine,
        "claims": sizes,
        "open_cases": [one["cases"] for one in measured],
        "pages": len(ratios),
        "worst_ratio": round(ratios[worst], 2),
        "worst_page": worst,
        "not_shown": sorted(name for name, one in last.items() if one["status"] != 200),
    }
    sys.stdout.write("\n".join([*lines, json.dumps(told)]) + "\n")


def _ratio(small: Mapping[str, Any], large: Mapping[str, Any]) -> float:
    seconds = max(large["seconds"], _LEAST_SECONDS) / max(small["seconds"], _LEAST_SECONDS)
    return float(max(seconds, large["queries"] / max(small["queries"], 1)))


def _measure(engine: str, size: int, page: str) -> dict[str, Any]:
    from bench.desk_office import open_cases, opened_office

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portalwright-bench-")))
        desk, filled = stack.enter_context(opened_office(engine, folder, size, stack))
        client = _signed_in(desk)
        pages = {
            name: _asked(client, address) for name, address in _addresses(desk, client, filled) if name.startswith(page)
        }
        return {"claims": size, "cases": open_cases(), "pages": pages}


def _signed_in(desk: "Desk") -> "Client":
    from django.conf import settings
    from django.test import Client

    from console import sessions
    from console.settings import configure
    from ledger import console_accounts
    from portalwright.desk.application import application
    from portalwright.office import utc_now
    from tests.console_office.people import actor_of

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


def _asked(client: "Client", address: str) -> dict[str, Any]:
    """The fastest of some rounds, after one that nobody counts."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    asked = []
    for _ in range(2):  # every few seconds one look at the night is new, and others are of what it found
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        asked.append(len(queries))
    backend = _backend()
    seconds = []
    for _ in range(_ROUNDS):
        before = _used(backend)
        answer = client.get(address)
        size = sum(map(len, answer)) if answer.streaming else len(answer.content)
        seconds.append(_used(backend) - before)
    return {"status": answer.status_code, "seconds": min(seconds), "queries": min(asked), "bytes": size}


def _backend() -> psutil.Process | None:
    from django.db import connection

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


def _addresses(desk: "Desk", client: "Client", filled: Any) -> Iterator[tuple[str, str]]:
    """Every page that is asked for by GET, with the address of a thing that is there."""
    from bench.desk_office import parts_of
    from console.urls import PAGES

    parts = parts_of(desk, filled)
    parts["found_id"] = _search(client, parts)
    parts["made"] = _report(client, str(parts["report"]))
    for page in PAGES:
        if page.live or (page.get is None and not page.public):
            continue
        yield page.name, _address(page, parts)


def _address(page: "Page", parts: Mapping[str, object]) -> str:
    def part(found: re.Match[str]) -> str:
        return str(parts.get(f"{page.name}.{found[1]}", parts.get(found[1], 0)))

    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", part, page.path)


def _search(client: "Client", parts: Mapping[str, object]) -> str:
    """Search a patient's name as a person does; the name of what was found."""
    form = {"by": "name", "text": str(parts["last_name"])}
    found = client.post("/claims/", form)
    match = re.search(r"/claims/found/([^/]+)/", found.headers.get("Location", ""))
    return match[1] if match else "none"


def _report(client: "Client", report: str) -> int:
    """Have a report made as a person does; its number, once it is there."""
    from ledger import models

    client.post(f"/reports/{report}/make/", {"since": "2020-01-01", "until": "2020-01-31"})
    for _ in range(100):
        made = models.ReportMade.objects.exclude(made_at=None).first()
        if made is not None:
            return made.pk
        time.sleep(0.1)
    return 0


if __name__ == "__main__":
    main()
