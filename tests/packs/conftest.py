"""The good pack as text, in an office folder of its own, to be spoilt by one small edit at a time."""

from collections.abc import Callable
from pathlib import Path

import pytest

from packs.load import PACK_FILE, load_pack, shipped_folder
from packs.problems import PackError, Problem

GOOD = (shipped_folder() / "practice-national" / PACK_FILE).read_text(encoding="utf-8")

Spoil = Callable[[str, str], list[Problem]]


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """An office with a pack of its own for the practice portal."""
    write_pack(tmp_path, GOOD)
    return tmp_path


def write_pack(office_folder: Path, text: str, name: str = "practice-national") -> Path:
    """Write the text as this office's pack; returns the file."""
    file = office_folder / "selectors" / name / PACK_FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def spoil(tmp_path: Path) -> Spoil:
    """Replaces one text, which must stand in the good pack exactly once, and gives what loading then complains of."""

    def spoilt(old: str, new: str) -> list[Problem]:
        assert GOOD.count(old) == 1, f"{old!r} stands {GOOD.count(old)} times in the good pack"
        write_pack(tmp_path, GOOD.replace(old, new))
        try:
            load_pack("practice-national", tmp_path)
        except PackError as error:
            return list(error.problems)
        return []

    return spoilt


def line_of(text: str, sought: str) -> int:
    """The line, from 1, on which this text begins; it must stand in it exactly once."""
    assert text.count(sought) == 1, f"{sought!r} stands {text.count(sought)} times"
    return text[: text.index(sought)].count("\n") + 1
