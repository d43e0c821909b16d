"""Good packs as text, in an office folder of its own, to be spoilt by one small edit at a time."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from packs.load import PACK_FILE, load_pack
from packs.problems import PackError, Problem

GOOD = (Path(__file__).parent / "good_portal.yaml").read_text(encoding="utf-8")
"""A pack for claim status alone, such as offices have that were there before the other jobs."""
EXAMPLE_FOLDER = Path(__file__).parents[2] / "docs" / "example-portal" / "prairie-health"
EXAMPLE = (EXAMPLE_FOLDER / PACK_FILE).read_text(encoding="utf-8")
"""The pack that the documentation walks through; it uses most of what a pack can say."""

Spoil = Callable[[str, str], list[Problem]]

OUR_TOOLS = re.compile(r"pydantic|https?://(?!portal\.example|,)|Input should|Value error|dict|tuple|NoneType|Ending\.")
"""Words that only somebody who knows Python, or our libraries, would understand."""


class Mistake(NamedTuple):
    """One edit of a good pack, and where and how it is complained of; `at` is text that begins on the named line."""

    old: str
    new: str
    at: str
    key: str
    what: str


def name_of(mistake: Mistake) -> str:
    """How a mistake is called in the list of tests."""
    return mistake.key + ": " + mistake.new[:30]


def check_told(mistake: Mistake, good: str, problems: list[Problem]) -> None:
    """The mistake is told with its line, its key, what is wrong and what is allowed, in words for people."""
    told = [problem for problem in problems if problem.key == mistake.key and mistake.what in problem.what]
    assert told, [str(problem) for problem in problems]
    if mistake.at:
        assert told[0].line == line_of(good.replace(mistake.old, mistake.new), mistake.at), str(told[0])
    assert str(told[0]).startswith(f"{told[0].file}, line {told[0].line}, {mistake.key}: ")
    assert not OUR_TOOLS.search(" ".join(problem.what for problem in problems))


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """An office with a pack of its own for the practice portal."""
    write_pack(tmp_path, GOOD)
    return tmp_path


def write_pack(office_folder: Path, text: str, name: str = "practice-national") -> Path:
    """Write the text as this office's pack; returns the file."""
    return write(office_folder, f"{name}/{PACK_FILE}", text)


def write(office_folder: Path, file: str, text: str) -> Path:
    """Write a file below the office's folder of packs; returns it."""
    path = office_folder / "selectors" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def spoil(tmp_path: Path) -> Spoil:
    """Replaces one text, which must stand in the good pack exactly once, and gives what loading then complains of."""
    return _spoiler(tmp_path, GOOD, "practice-national")


@pytest.fixture
def spoil_example(tmp_path: Path) -> Spoil:
    """As `spoil`, with the documentation's example."""
    return _spoiler(tmp_path, EXAMPLE, "prairie-health")


def _spoiler(office_folder: Path, good: str, name: str) -> Spoil:
    def spoilt(old: str, new: str) -> list[Problem]:
        assert good.count(old) == 1, f"{old!r} stands {good.count(old)} times in the good pack"
        write_pack(office_folder, good.replace(old, new), name)
        try:
            load_pack(name, office_folder)
        except PackError as error:
            return list(error.problems)
        return []

    return spoilt


def line_of(text: str, sought: str) -> int:
    """The line, from 1, on which this text begins; it must stand in it exactly once."""
    assert text.count(sought) == 1, f"{sought!r} stands {text.count(sought)} times"
    return text[: text.index(sought)].count("\n") + 1
