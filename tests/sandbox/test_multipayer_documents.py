"""The documents and scripts of Practice Exchange: nothing planted for robots, four versions that show the same."""

import json
import re
from typing import Any

import pytest

from sandbox.portals.multipayer.pages import HERE, Pages
from sandbox.portals.multipayer.words import words
from tests.practice_portal import PracticePortal
from tests.sandbox.multipayer_visiting import PORTAL, Exchange

SCRIPTS = sorted(path.name for path in (HERE / "assets").iterdir())
VERSIONS = (1, 2, 3, 4)


def asset(pages: Pages, version: int, name: str) -> str:
    found = pages.asset(pages.build(version), name)
    assert found is not None
    return bytes(found.body).decode()


def test_nothing_in_the_scripts_was_planted_for_robots() -> None:
    for name in SCRIPTS:
        text = (HERE / "assets" / name).read_text(encoding="utf-8")
        assert "testid" not in text
        assert not re.search(r'\bid: "', text), name


def test_every_script_that_is_imported_is_served() -> None:
    pages = Pages()
    for name in SCRIPTS:
        for imported in re.findall(r'from "\./(\w+\.js)"', asset(pages, 1, name)):
            assert asset(pages, 1, imported)
    assert pages.asset("0123456789", "shell.js") is None
    assert pages.asset(pages.build(1), "words.py") is None
    assert pages.asset(pages.build(1), "../app.py") is None


def test_ids_change_with_every_load_and_classes_with_every_start_and_version() -> None:
    with PracticePortal(PORTAL, seed=11, claims=3) as portal, Exchange(portal) as visitor:
        roots = set()
        for _ in range(3):
            visitor.document("/home")
            roots |= set(re.findall(r'<div id="(\w+)"', visitor.page.text))
        assert len(roots) == 3
    builds = [Pages(), Pages()]
    names = [asset(pages, version, "names.js") for pages in builds for version in VERSIONS]
    classes = [set(re.findall(r'"(x\w{6})"', text)) for text in names]
    assert all(len(one) > 40 for one in classes)
    assert len(set().union(*classes)) > 0.99 * sum(map(len, classes))


def test_every_caption_that_the_scripts_use_is_there_in_every_version() -> None:
    scripts = [(HERE / "assets" / name).read_text(encoding="utf-8") for name in SCRIPTS]
    used = {
        name for script in scripts if "./layout.js" in script for name in re.findall(r"(?<!\.)\btext\.(\w+)", script)
    }
    assert len(used) > 60
    for version in VERSIONS:
        assert used <= words(version)["text"].keys(), version


def facts(version: int) -> dict[str, set[str]]:
    """What each part of a claim shows, by the names of the API."""
    layout: dict[str, Any] = words(version)["layout"]
    shown = {name: {key for _, key in pairs} for name, pairs in layout["fields"].items()}
    return shown | {"list": {key for _, key in layout["columns"]}, "parts": {n for _, ns in layout["tabs"] for n in ns}}


@pytest.mark.parametrize("version", VERSIONS[1:])
def test_every_version_shows_the_same_facts_in_another_way(version: int) -> None:
    assert facts(version) == facts(1)
    assert json.dumps(words(version)) != json.dumps(words(1))


def test_versions_change_what_they_say_they_change() -> None:
    first, renamed, moved, rebuilt = (words(version) for version in VERSIONS)
    assert first["layout"]["fields"]["money"] != renamed["layout"]["fields"]["money"]
    assert [key for _, key in first["layout"]["columns"]] == [key for _, key in renamed["layout"]["columns"]]
    assert moved["text"] == first["text"]
    assert sorted(moved["layout"]["columns"]) == sorted(first["layout"]["columns"])
    assert moved["layout"]["columns"] != first["layout"]["columns"]
    assert (rebuilt["layout"]["table"], rebuilt["layout"]["welcome"], len(rebuilt["layout"]["tabs"])) == (
        "table",
        True,
        3,
    )


def test_a_visitor_gets_the_version_that_is_switched_on() -> None:
    with PracticePortal(PORTAL, seed=11, claims=3, layout=2) as portal, Exchange(portal) as visitor:
        assert visitor.get("/sign-in")["heading"] == "Log in"
        portal.faults(layout=1)
        assert visitor.get("/sign-in")["heading"] == "Sign in"
        portal.quirks(**{"layout-change": 1.0})
        with Exchange(portal) as other:
            build = re.findall(r"/assets/(\w+)/", other.page.text)[0]
            visitor.document("/home")
            assert build != re.findall(r"/assets/(\w+)/", visitor.page.text)[0]


def test_the_hostile_script_comes_before_everything_else() -> None:
    with PracticePortal(PORTAL, seed=11, claims=3) as portal, Exchange(portal) as visitor:
        portal.faults(hostile_script=True)
        visitor.document("/home")
        assert visitor.page.text.index("querySelector") < visitor.page.text.index("<title>")
        assert visitor.page.cookies
