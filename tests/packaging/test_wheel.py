"""Our own wheel: the same bytes from the same source, and nothing in it but the program."""

import hashlib
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.packaging.pinned import ROOT


def build(folder: Path, **environment: str) -> Path:
    """The wheel of this checkout, made in a process of its own. `environment` goes beside what is there."""
    asked = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(asked, cwd=ROOT, check=True, capture_output=True, env={**os.environ, **environment})
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("wheel"), SOURCE_DATE_EPOCH="1767225600")


def test_the_same_source_makes_the_same_wheel_wherever_and_whoever(wheel: Path, tmp_path: Path) -> None:
    again = build(tmp_path, SOURCE_DATE_EPOCH="1767225600", TZ="Asia/Tokyo", PYTHONHASHSEED="7", USER="sam")
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(wheel.read_bytes()).digest()


def test_nothing_but_the_rooms_of_the_program_is_in_it(wheel: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    rooms = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names} == {
        *rooms,
        f"portalwright-{project['project']['version']}.dist-info",
    }
    # Recorded pages are of the practice portals; a real portal's are the office's and never lie here.
    packs = {name.split("/")[2] for name in names if name.startswith("packs/shipped/")}
    assert {one for one in packs if not one.startswith("practice-")} <= {
        "families",
        "portal.schema.json",
        "layer.schema.json",
    }
    endings = {Path(name).suffix for name in names}
    assert endings <= {".py", ".typed", ".html", ".js", ".json", ".yaml", ".toml", ".css", ".svg", ".txt", "", ".jinja"}


def test_no_test_key_or_secret_file_is_in_it(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    names = archive.namelist()
    assert [name for name in names if Path(name).name.startswith(("test_", "conftest", ".env", ".git", "crash-"))] == []
    assert [name for name in names if Path(name).suffix in {".key", ".pem", ".db", ".sqlite3", ".log", ".pyc"}] == []
    assert [name for name in names if b"PRIVATE KEY-----\n" in archive.read(name)] == []


def test_what_is_in_it_imports_nothing_from_the_tests(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    strange = re.compile(rb"^\s*(?:from|import) (?:tests|bench)\b", re.MULTILINE)
    assert [name for name in archive.namelist() if name.endswith(".py") and strange.search(archive.read(name))] == []
