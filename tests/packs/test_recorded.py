"""Each pack's recorded pages are read, in a real browser, as the expected answers beside them say."""

import json
import re
from pathlib import Path

import pytest

from bots.browser import BrowserHost
from bots.installed_browser import NoBrowser, find_browser
from bots.recorded import check_recorded
from packs.load import RECORDED, pack_folders, read_pack
from tests.packs.conftest import EXAMPLE_FOLDER

FOLDERS = {**pack_folders(None), EXAMPLE_FOLDER.name: EXAMPLE_FOLDER}


@pytest.mark.browser
@pytest.mark.parametrize("name", FOLDERS)
async def test_every_recorded_page_is_read_as_expected(name: str, tmp_path: Path) -> None:
    browser = find_browser()
    if browser is None:
        raise NoBrowser("This test drives a real browser: run 'portalwright browser' first.")
    async with BrowserHost(tmp_path, browser, "office@example.org") as host:
        differences = await check_recorded(read_pack(FOLDERS[name]), FOLDERS[name], host)
    assert [f"{difference.page}: {difference.what}" for difference in differences] == []


@pytest.mark.parametrize("name", FOLDERS)
def test_every_view_has_a_recorded_page_and_no_answer_is_without_its_page(name: str) -> None:
    recorded = FOLDERS[name] / RECORDED
    pages = {page.stem for page in recorded.glob("*.html")}
    answers = {answer.stem: json.loads(answer.read_text(encoding="utf-8")) for answer in recorded.glob("*.json")}
    assert pages == set(answers)
    views = {answer["view"] for answer in answers.values()}
    pack = read_pack(FOLDERS[name])
    assert views <= set(pack.views)
    assert set(pack.views) - views <= _NEVER_SEEN.get(name, set())


_NEVER_SEEN = {"practice-national": {"too-many", "code-used"}}
"""Views that the portal shows too rarely to have been recorded."""


@pytest.mark.parametrize("name", FOLDERS)
def test_no_recorded_page_holds_a_password(name: str) -> None:
    for page in (FOLDERS[name] / RECORDED).glob("*.html"):
        html = page.read_text(encoding="utf-8")
        fields = re.findall(r"<input\b[^>]*\btype=[\"']?password\b[^>]*>", html, re.IGNORECASE)
        assert [field for field in fields if re.search(r"\bvalue=[\"']?[^\"'\s>]", field)] == []
