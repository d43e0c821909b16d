"""The page about the desk is true: its roles, settings and numbers are those of the program."""

import re
import tomllib

from console.rights import RIGHTS, Right
from console.serving import SECONDS_TO_STOP, USUAL_PORT
from console.settings import MOST_BYTES
from ledger.console_accounts import SHORTEST_PASSWORD
from ledger.roles import Role
from portalwright.settings import ConsoleSettings
from tests.docs.pages import ROOT, blocks

PAGE = ROOT / "docs" / "desk.md"
TEXT = PAGE.read_text(encoding="utf-8")
IN_WORDS = {4: "four", 12: "twelve"}


def test_the_table_of_roles_is_the_program_s_own() -> None:
    (heading,) = re.findall(r"^\| may \| (.+) \|$", TEXT, re.MULTILINE)
    assert heading.split(" | ") == list(Role)
    shown = re.findall(r"^\| [^|]+ \(`([a-z-]+)`\) \| (.+) \|$", TEXT, re.MULTILINE)
    assert [right for right, _ in shown] == [right for right in Right if right is not Right.SIGNED_IN]
    for right, cells in shown:
        marked = [cell.strip() for cell in cells.split("|")]
        assert marked == ["yes" if right in RIGHTS[role] else "" for role in Role], right


def test_the_settings_shown_are_those_that_hold_when_nothing_is_said() -> None:
    (block,) = (one for one in blocks(PAGE) if one.language == "toml")
    assert ConsoleSettings.model_validate(tomllib.loads(block.text)["console"]) == ConsoleSettings()
    (tls,) = (one for one in blocks(PAGE) if one.language == "text")
    assert ConsoleSettings.model_validate(tomllib.loads(tls.text)["console"]).names == ("desk.lakeside.example",)


def test_its_numbers_are_the_program_s() -> None:
    text = " ".join(TEXT.split())
    assert f"port {USUAL_PORT} is taken" in text
    assert f"{IN_WORDS[SECONDS_TO_STOP]} seconds to end" in text
    assert f"has {IN_WORDS[SHORTEST_PASSWORD]} characters or more" in text
    assert f"may have {MOST_BYTES >> 20} MB" in text


def test_every_part_of_the_desk_has_a_paragraph() -> None:
    navigation = (ROOT / "console" / "templates" / "nav.html").read_text(encoding="utf-8")
    parts = re.findall(r'^  \("[a-z-]+", "([^"]+)"', navigation, re.MULTILINE)
    assert parts
    assert set(re.findall(r"^- \*\*([^*]+)\*\*: ", TEXT, re.MULTILINE)) == set(parts)
