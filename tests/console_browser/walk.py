"""Goes to every page of the desk that somebody with all roles can see, and says which were not to be found."""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from django.urls.resolvers import RoutePattern
from playwright.sync_api import Page as Tab
from playwright.sync_api import Response

from console.access import Page
from console.urls import PAGES
from tests.console_browser.browser import sign_in
from tests.console_office.claims import number_of

_PATTERNS = tuple((page, RoutePattern(page.path, is_endpoint=True)) for page in PAGES)

_PART = re.compile(r"<\w+:(\w+)>")

_MORE = {"night-questions": 8}
"""Of these pages more examples are looked at: only some lead on."""
_DOWNLOADS = {"appeal-document"}
"""Files, which are there only where somebody has enclosed one."""

Look = Callable[[str, Tab], None]
"""What is done at each page: it gets the page's name."""


def page_of(path: str) -> tuple[Page | None, dict[str, object]]:
    """Which page of the desk an address is of, and what its parts are called."""
    for page, pattern in _PATTERNS:
        found = pattern.match(path.lstrip("/"))
        if found is not None:
            return page, dict(found[2])
    return None, {}


def walk(
    tab: Tab, address: str, people: dict[str, dict[str, Any]], look: Look, *, each: int = 1
) -> tuple[int, tuple[str, ...]]:
    """Look at up to `each` examples of every page; returns how many, and the pages that were not to be had.

    It begins before signing in, then follows links as a person would. A download counts as seen and is not looked at.
    """
    seen: Counter[str] = Counter()
    parts: dict[str, object] = {}
    refused: list[str] = []
    looked = 0

    def at(name: str) -> None:
        nonlocal looked
        looked += 1
        look(name, tab)

    tab.goto(f"{address}/sign-in/")
    at("sign-in")
    seen["sign-in"] += 1
    sign_in(tab, address, people["everything"])
    waiting, known = deque(_links(tab, address)), set[str]()

    def follow() -> None:
        while waiting:
            path = waiting.popleft()
            page, given = page_of(urlsplit(path).path)
            if (
                page is None
                or path in known
                or seen[page.name] >= _MORE.get(page.name, each)
                or page.live
                or page.get is None
            ):
                continue
            known.add(path)
            parts.update(given)
            answer = _open(tab, f"{address}{path}")
            if answer is None or not answer.headers.get("content-type", "").startswith("text/html"):
                seen[page.name] += 1
                continue
            if answer.status != 200 or urlsplit(tab.url).path != urlsplit(path).path:
                refused.append(f"{page.name}: {answer.status}")
                continue
            seen[page.name] += 1
            _made(tab)
            at(page.name)
            waiting.extend(_links(tab, address))
            if page.name == "claims":
                waiting.extend(_searched(tab, address))
            if page.name == "exceptions" and not seen["exceptions-bulk"]:
                waiting.extend(_marked(tab, address))
            if page.name == "exceptions-bulk":
                waiting.extend(_sent(tab, address))

    follow()
    # What links lead to only at times (to resume what is paused) is asked for by its address.
    for page in PAGES:
        names = _PART.findall(page.path)
        if not seen[page.name] and page.get is not None and all(name in parts for name in names):
            waiting.append("/" + _PART.sub(lambda part: str(parts[part[1]]), page.path))
    follow()
    tab.goto(f"{address}/exceptions/999999999/")
    at("not-there")
    wanted = {page.name for page in PAGES if (page.get is not None or page.public) and not page.live}
    return looked, tuple(sorted((wanted - set(seen) - _DOWNLOADS) | set(refused)))


def _open(tab: Tab, address: str) -> Response | None:
    """None for a download, which the browser does not show."""
    from playwright.sync_api import Error

    try:
        return tab.goto(address, wait_until="load")
    except Error as error:
        if "Download is starting" in str(error) or "ERR_ABORTED" in str(error):
            return None
        raise


def _marked(tab: Tab, address: str) -> Iterable[str]:
    """What can be done to the exception that is marked."""
    tab.get_by_role("checkbox", name=re.compile("^Mark exception")).last.check()
    tab.get_by_role("button", name="Send to a queue").click()
    tab.wait_for_url("**/exceptions/bulk/**")
    return [tab.url.removeprefix(address)]


def _sent(tab: Tab, address: str) -> Iterable[str]:
    """It is done, and told of."""
    form = tab.get_by_role("main").locator("form.stacked")
    form.locator("select").select_option(index=1)
    form.get_by_role("button").first.click()
    tab.wait_for_url("**/exceptions/done/**")
    return [tab.url.removeprefix(address)]


def _links(tab: Tab, address: str) -> Iterable[str]:
    found = tab.evaluate("() => [...document.querySelectorAll('a[href]')].map((one) => one.href)")
    # A page without a query before the same with one.
    return sorted(
        {one.removeprefix(address).split("#")[0] for one in found if one.startswith(f"{address}/")},
        key=lambda one: ("?" in one, len(one), one),
    )


def _made(tab: Tab) -> None:
    """A report that nobody has asked for yet is made first."""
    make = tab.get_by_role("button", name="Make it now")
    if make.count():
        make.click()
        tab.get_by_role("button", name="Make it anew").wait_for(timeout=60_000)


def _searched(tab: Tab, address: str) -> Iterable[str]:
    """What a search leads to; whom it is for stands in no link."""
    searching = tab.get_by_role("search")
    searching.locator("[name=text]").fill(number_of(1))
    searching.get_by_role("button", name="Search").click()
    tab.wait_for_url("**/found/**")
    return [tab.url.removeprefix(address), *_links(tab, address)]
