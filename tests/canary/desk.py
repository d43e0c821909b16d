"""Every page of the desk, asked for by those who may not see patients: no response may hold one, and none a secret.

The addresses are those that somebody finds who may do everything, so that they lead to what is there.
"""

import re
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from console.access import Page
from console.rights import Right, rights_of
from console.urls import PAGES
from ledger.roles import Role
from tests.canary.forms import written_days
from tests.canary.search import Search
from tests.canary.tally import Place, Tally
from tests.canary.values import EMERGENCY_REASON, EMERGENCY_REVIEW, HOLD_REASON, SECRETS
from tests.console_browser.served import Desk, served
from tests.console_office import claims
from tests.console_office.made import PORTAL_PASSWORD
from tests.console_office.people import PASSWORD
from tests.portalwright.test_console_command import Browser
from tests.whole.office import Commands
from tests.whole.watching import Watch

_SEES = {Right.SEE_PATIENTS, Right.SEE_MONEY}
_IN_NEED, _REVIEWER = "olga", "audrey"
"""Who looks at a patient in an emergency, and who reviews it: neither may see patients."""
_SAYS_WHY = {EMERGENCY_REASON, EMERGENCY_REVIEW}
_EACH = 2
"""So many addresses of each page."""
_PATIENTS = 24
"""Whose names are looked for: the office has them in its cases, payments and appeals."""
_LINK = re.compile(r'(?:href|src|action|data-live|data-url)="(/[^"#]*)"')
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def walk(root: Path, tally: Tally) -> None:
    """Serve the made-up office, ask for every page as everybody who may not see it, and search what comes."""
    with served(root / "office") as desk:
        assert desk.process is not None
        watch = Watch(desk.process.pid, ())
        try:
            _hold(desk, root, tally)
            _ask_all(desk, tally)
        finally:
            watch.stop()
        secrets = Search(_secrets(desk))
        for shown in sorted(watch.shown):
            tally.look(secrets, Place.ARGUMENTS, "", shown)
        everything = Search(_secrets(desk) | personal() | {HOLD_REASON, *_SAYS_WHY})
        for path in _sealed_files(desk.folder):
            tally.look(everything, Place.LEDGER, str(path), path.read_bytes())
    tally.look(everything, Place.OUTPUT, "", desk.log.read_bytes())


def _hold(desk: Desk, root: Path, tally: Tally) -> None:
    """Everything of the practice is held for a reason, which no page shows."""
    office = Commands(desk.folder, root / "home", root / "temporary")
    for folder in (office.home, office.temporary):
        folder.mkdir()
    words = ("hold", "add", "practice", "--reason", HOLD_REASON)
    ended = office(*words)
    if ended.code != 0:
        tally.wrong.append(f"a legal hold: {ended.err}")
    tally.output(Search({HOLD_REASON}), ended.out + ended.err, words)


def _sealed_files(office: Path) -> Iterator[Path]:
    """The ledger, with what it has not yet merged."""
    return (path for path in office.rglob("ledger*") if path.is_file())


def _ask_all(desk: Desk, tally: Tally) -> None:
    persons, secrets = Search(personal() | {HOLD_REASON}), Search(_secrets(desk))
    all_seeing = _signed_in(desk, "everything")
    in_need, reviewer = (_signed_in(desk, name) for name in (_IN_NEED, _REVIEWER))
    number = _look_in_need(in_need, persons)
    if number is None or not _review(reviewer, number):
        tally.wrong.append("nobody looked at a patient in an emergency, and had it reviewed")
    addresses = _addresses(all_seeing, tally, secrets)
    missing = {page.name for page in PAGES if page.get and "<" not in page.path} - set(addresses)
    if missing - {"own-everywhere"}:
        tally.wrong.append(f"pages of the desk that nobody came by: {', '.join(sorted(missing))}")
    seen = [hit for listed in addresses.values() for path in listed for hit in persons.hits(_get(all_seeing, path), "")]
    if not seen:
        tally.wrong.append("not even somebody who may do everything saw a patient at the desk")
    for name, person in desk.people.items():
        rights = rights_of(Role(role) for role in person["roles"])
        if not rights & _SEES:
            knows_why = name == _IN_NEED or Right.SEE_AUDIT in rights
            hidden = persons if knows_why else Search(personal() | {HOLD_REASON, *_SAYS_WHY})
            _ask_as(_signed_in(desk, name), addresses, tally, hidden, secrets)
    _ask_as(Browser(f"{desk.address}/"), addresses, tally, Search(personal() | {HOLD_REASON, *_SAYS_WHY}), secrets)


def _look_in_need(browser: Browser, persons: Search) -> int | None:
    """Look at one patient with a reason, and end it; its number when the patient was there to be seen."""
    asked = {"number": claims.number_of(0), "reason": EMERGENCY_REASON}
    shown = browser.open("/emergency/", {**_form(browser, "/emergency/"), **asked})[1]
    ends = re.search(r'action="/emergency/(\d+)/end/"', shown)
    if ends is None or not persons.hits(shown.encode(), ""):
        return None
    browser.open(f"/emergency/{ends[1]}/end/", _form(browser, "/emergency/"))
    return int(ends[1])


def _review(browser: Browser, number: int) -> bool:
    """Say that it was justified; true when the one who reviews was led to it and shown the reason."""
    path = f"/audit/emergency/{number}/"
    led, shown = path in browser.open("/audit/")[1], browser.open(path)[1]
    said = {"justified": "yes", "words": EMERGENCY_REVIEW}
    status, _ = browser.open(path, {**_form(browser, path), **said})
    return led and status == 200 and EMERGENCY_REASON in shown


def _form(browser: Browser, path: str) -> dict[str, str]:
    token = _TOKEN.search(browser.open(path)[1])
    return {"csrfmiddlewaretoken": token[1] if token else ""}


def _ask_as(browser: Browser, addresses: dict[str, list[str]], tally: Tally, persons: Search, secrets: Search) -> None:
    token = _TOKEN.search(browser.open("/account/")[1] + browser.open("/sign-in/")[1])
    for page in PAGES:
        for path in addresses.get(page.name, []) or [made_up(page)]:
            answers = [_get(browser, path)] if page.get else []
            if page.post in _SEES | {Right.WORK_CASES, Right.DRAFT_APPEALS, Right.APPROVE_APPEALS}:
                form = {"csrfmiddlewaretoken": token[1] if token else ""}
                answers.append(browser.open(path, form)[1].encode())
            for answer in answers:
                tally.look(persons, Place.DESK, path, answer)
                tally.look(secrets, Place.DESK_SECRETS, path, answer)


def _addresses(browser: Browser, tally: Tally, secrets: Search) -> dict[str, list[str]]:
    """By name of page, the first addresses that links lead to; whatever they show, no secret stands in it."""
    found: dict[str, list[str]] = {}
    waiting = [f"/{page.path}" for page in PAGES if page.get and "<" not in page.path]
    known = set(waiting)
    while waiting:
        path = waiting.pop(0)
        page = page_of(path)
        if page is None or len(found.setdefault(page.name, [])) >= _EACH:
            continue
        found[page.name].append(path)
        if page.get is None:
            continue
        answer = _get(browser, path)
        tally.look(secrets, Place.DESK_SECRETS, path, answer)
        links = (urlsplit(urljoin(path, link)) for link in _LINK.findall(answer.decode("utf-8", "replace")))
        new = {link.path + (f"?{link.query.replace('&amp;', '&')}" if link.query else "") for link in links} - known
        known |= new
        waiting += sorted(new)
    return found


def page_of(path: str) -> Page | None:
    """The page that has this address."""
    for page in PAGES:
        pattern = re.sub(r"<int:\w+>", "[0-9]+", re.sub(r"<str:\w+>", "[^/]+", page.path.replace(".", r"\.")))
        if re.fullmatch(f"/{pattern}", urlsplit(path).path):
            return page
    return None


def made_up(page: Page) -> str:
    return "/" + re.sub(r"<int:\w+>", "1", re.sub(r"<str:\w+>", claims.NATIONAL, page.path))


def _get(browser: Browser, path: str) -> bytes:
    try:
        with browser.begin(path) as answer:
            # What goes on for as long as somebody looks is read at its beginning.
            if "event-stream" in str(answer.headers.get("Content-Type", "")):
                return answer.read(400)
            return answer.read()
    except urllib.error.URLError as refused:
        return str(refused).encode()


def _signed_in(desk: Desk, name: str) -> Browser:
    browser = Browser(f"{desk.address}/")
    browser.sign_in(name, PASSWORD)
    return browser


def _secrets(desk: Desk) -> set[str]:
    """What opens the desk and the sign-ins of the made-up office. (The ones of `tests.console_office`.)"""
    seeds = {person["seed"] for person in desk.people.values() if person.get("seed")}
    users = {f"lakeside-{portal}" for portal in claims.PORTALS}
    return {PASSWORD, PORTAL_PASSWORD, *seeds, *users, *SECRETS}


def personal() -> set[str]:
    """Names, numbers and birth dates of the made-up office's patients."""
    return {text for place in range(2 * _PATIENTS) for text in _of(claims.patient(place), place)}


def _of(patient: Any, place: int) -> Iterator[str]:
    first, last = patient.first_name, patient.last_name
    yield from (f"{first} {last}", f"{last}, {first}", f"{last} {first}", patient.member_id, claims.number_of(place))
    yield from written_days(patient.birth_date.isoformat())
