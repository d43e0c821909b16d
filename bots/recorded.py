"""Reads a pack's recorded pages in a real browser and compares them with the answers that a person has reviewed."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, Route

from bots.allowed_hosts import NOWHERE
from bots.browser import BrowserHost
from bots.engine import PageEngine
from bots.faults import no_browser_text
from bots.reader import ViewRead, read_view
from bots.way_out import WayOut
from flows.outcomes import Stop
from flows.portal import Normal, Value
from flows.values import Frozen
from packs.models import Pack

_ADDRESS = "https://recorded.invalid/"


class Difference(Frozen):
    """What a recorded page gave that its expected answer does not say. Recorded pages hold made-up people only."""

    page: str
    what: str


async def check_recorded(pack: Pack, folder: Path, host: BrowserHost) -> list[Difference]:
    """Read every `recorded/*.html` below the pack's folder; an empty list means that all read as expected.

    The view is the `view` of the JSON file beside the page; for a new page, the part of the file's name before the
    first dot. A missing JSON is written from what was read, and told, so that a person reviews it.
    """
    pages = sorted((folder / "recorded").glob("*.html"))
    async with WayOut(NOWHERE) as way_out:
        async with no_browser_text():
            context = await host.new_context(proxy=way_out.address)
            await context.route("**/*", lambda route: route.abort())
        differences: list[Difference] = []
        try:
            for page in pages:
                differences += await _check_page(pack, page, context)
        finally:
            async with no_browser_text():
                await context.close()
    return differences


async def _check_page(pack: Pack, recorded: Path, context: BrowserContext) -> list[Difference]:
    html, expected = _files(recorded)
    view = expected["view"] if expected else recorded.name.partition(".")[0]
    if view not in pack.views:
        return [Difference(page=recorded.name, what=f"the pack has no view '{view}'")]
    try:
        found = as_json(await _read(pack, view, html, context))
    except Stop as stopped:
        reason = stopped.outcome.reason
        where = f" ({reason.view}.{reason.element})" if reason and reason.element else ""
        return [Difference(page=recorded.name, what=f"{reason.what if reason else 'stopped'}{where}")]
    if expected is None:
        return [Difference(page=recorded.name, what=f"new: please review {_write_expected(recorded, found)}")]
    return [Difference(page=recorded.name, what=what) for what in _differences("", expected, found)]


def _files(recorded: Path) -> tuple[str, dict[str, Any] | None]:
    """The page, and its expected answer where there is one."""
    expected = recorded.with_suffix(".json")
    answer = json.loads(expected.read_text(encoding="utf-8")) if expected.exists() else None
    return recorded.read_text(encoding="utf-8"), answer


def _write_expected(recorded: Path, found: Mapping[str, Any]) -> str:
    expected = recorded.with_suffix(".json")
    expected.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return expected.name


async def _read(pack: Pack, view: str, html: str, context: BrowserContext) -> ViewRead:
    async def answer(route: Route) -> None:
        # The page as it stood when it was recorded: its scripts ran then, and must not run again.
        headers = {"Content-Security-Policy": "script-src 'none'"}
        await route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)

    async with no_browser_text():
        page = await context.new_page()
        await page.route(_ADDRESS, answer)
    engine = await PageEngine.attach(page)
    await engine.go(_ADDRESS, 10)
    # What was recorded of a view in a frame is the frame's own document.
    described = pack.views[view].model_copy(update={"frame": None})
    await engine.wait_for({view: described}, timeout=10, settle=0)
    try:
        return read_view(await engine.read(described), pack, view)
    finally:
        async with no_browser_text():
            await page.close()


def as_json(read: ViewRead) -> dict[str, Any]:
    """The reading as its expected answer is kept: `{"view", "fields", "tables", "weak"}`.

    A field is `{"text", "normal"}`, with `"unmapped": true` where the text is not in the pack's map; amounts and dates
    are text. `weak` names elements that some of their ways did not find, and is left out when there are none.
    """
    reading = read.reading
    answer: dict[str, Any] = {
        "view": reading.view,
        "fields": _values(reading.fields),
        "tables": {name: [_values(row.cells) for row in rows] for name, rows in reading.tables.items()},
    }
    if read.warnings:
        answer["weak"] = [warning.element for warning in read.warnings]
    return answer


def _values(values: Mapping[str, Value]) -> dict[str, Any]:
    return {
        name: {
            "text": value.shown.text,
            "normal": _plain(value.normal),
            **({"unmapped": True} if value.unmapped else {}),
        }
        for name, value in values.items()
    }


def _plain(normal: Normal | None) -> str | int | bool | list[str] | None:
    match normal:
        case tuple():
            return list(normal)
        case date():
            return normal.isoformat()
        case Decimal():
            return str(normal)
        case _:
            return normal


def _differences(where: str, expected: object, found: object) -> list[str]:
    if isinstance(expected, dict) and isinstance(found, dict):
        return [
            line
            for key in dict.fromkeys((*expected, *found))
            for line in _differences(f"{where}.{key}" if where else str(key), expected.get(key), found.get(key))
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [
            line
            for index, pair in enumerate(zip(expected, found, strict=True))
            for line in _differences(f"{where}[{index}]", *pair)
        ]
    return [] if expected == found else [f"{where}: expected {json.dumps(expected)}, read {json.dumps(found)}"]
