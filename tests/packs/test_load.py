"""Packs are found, read, and refused whole when anything is wrong with them."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from pydantic import ValidationError

from packs.load import load_pack, pack_names, read_pack, shipped_folder
from packs.models import Pack
from packs.problems import PackError
from tests.packs.conftest import GOOD, write_pack


def test_the_shipped_pack_is_without_fault() -> None:
    assert load_pack("practice-national", None).portal == "practice-national"


def test_an_office_pack_comes_before_the_shipped_one(office: Path) -> None:
    write_pack(office, GOOD.replace('version: "1"', 'version: "office"'))
    assert load_pack("practice-national", office).version == "office"
    assert load_pack("practice-national", None).version != "office"


def test_a_new_portal_is_a_folder_and_nothing_else(office: Path) -> None:
    write_pack(office, GOOD.replace("portal: practice-national", "portal: a-new-one"), name="a-new-one")
    assert set(pack_names(office)) == {*pack_names(None), "a-new-one"}
    assert load_pack("a-new-one", office).portal == "a-new-one"


def test_an_unknown_portal_is_told_with_those_that_there_are() -> None:
    with pytest.raises(LookupError, match="practice-national"):
        load_pack("nowhere", None)


@pytest.mark.parametrize("name", ["../practice-national", "practice-national/..", "", ".", "Practice-National"])
def test_a_name_cannot_lead_out_of_the_folder(name: str) -> None:
    with pytest.raises(LookupError):
        load_pack(name, None)


def test_the_office_sets_the_address_and_the_rest_stays() -> None:
    pack = load_pack("practice-national", None, address="http://127.0.0.1:8123/")
    assert pack.address == "http://127.0.0.1:8123"
    assert pack.forms == load_pack("practice-national", None).forms


@pytest.mark.parametrize(
    "address",
    [
        "http://portal.example.com",
        "https://portal.example.com/claims",
        "https://name:word@portal.example.com",
        "http://127.0.0.1.example.com",
        "http://localhost@example.com",
        "ftp://portal.example.com",
        "portal.example.com",
        "https://",
        "https://portal.example.com:port",
        "https://portal.example.com?x=1",
    ],
)
def test_an_address_is_https_and_a_host_alone(address: str) -> None:
    with pytest.raises(PackError, match=r"address: must"):
        load_pack("practice-national", None, address=address)


@pytest.mark.parametrize("address", ["https://portal.example.com", "http://localhost:1", "http://[::1]:8000"])
def test_https_and_this_machine_are_fine(address: str) -> None:
    assert load_pack("practice-national", None, address=address).address == address


def test_a_pack_is_frozen_down_to_its_names() -> None:
    pack = load_pack("practice-national", None)
    with pytest.raises(ValidationError, match="frozen"):
        setattr(pack.views["claim"].elements["paid"].find[0], "near", "something else")  # noqa: B010 - typed read-only
    for names in (pack.views, pack.views["claim"].elements, pack.maps, pack.flows, pack.forms["provider"].echo):
        with pytest.raises(TypeError, match="does not support item assignment"):
            names["paid"] = None  # type: ignore[index]


def test_a_pack_survives_being_written_and_read_again() -> None:
    pack = load_pack("practice-national", None)
    assert Pack.model_validate(pack.model_dump(by_alias=True)) == pack
    assert Pack.model_validate_json(pack.model_dump_json(by_alias=True)) == pack


def test_a_pack_holds_no_python(office: Path) -> None:
    folder = office / "selectors" / "practice-national"
    (folder / "recorded").mkdir()
    (folder / "recorded" / "__init__.py").write_text("raise SystemExit", encoding="utf-8")
    with pytest.raises(PackError, match=r"__init__\.py, line 1, the pack: a pack is data"):
        read_pack(folder)


def test_the_shipped_packs_hold_nothing_that_python_could_import() -> None:
    assert [path.name for path in shipped_folder().rglob("*") if path.suffix.startswith(".py")] == []


def test_a_tag_that_names_python_is_refused_and_not_run(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    text = GOOD.replace("title: Practice", f"extra: !!python/object/apply:os.mkdir ['{marker}']\ntitle: Practice")
    write_pack(tmp_path, text)
    with pytest.raises(PackError, match=r"python/object/apply:os\.mkdir' is not allowed"):
        load_pack("practice-national", tmp_path)
    assert not marker.exists()


def test_the_packs_folder_does_not_hide_pythons_own_selectors() -> None:
    checkout = shipped_folder().parent
    program = "import selectors, asyncio, subprocess; print(selectors.DefaultSelector.__name__)"
    shown = subprocess.run([sys.executable, "-c", program], cwd=checkout, capture_output=True, text=True, check=True)
    assert "Selector" in shown.stdout


def test_packs_load_without_a_browser_and_without_a_database() -> None:
    program = textwrap.dedent("""
        import sys
        from packs.load import load_pack
        load_pack("practice-national", None)
        print([name for name in ("playwright", "django", "cryptography") if name in sys.modules])
    """)
    shown = subprocess.run(
        [sys.executable, "-c", program], cwd=shipped_folder().parent, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "[]"


def test_packs_inside_the_installed_room_are_used_where_there_are_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shipped").mkdir()
    monkeypatch.setattr("packs.load.__file__", str(tmp_path / "load.py"))
    assert shipped_folder() == tmp_path / "shipped"
    (tmp_path / "shipped").rmdir()
    assert shipped_folder() == tmp_path.parent / "selectors"
