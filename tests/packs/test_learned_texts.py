"""A text that two people have confirmed goes into the office's own file: checked first, and nothing else is touched."""

from pathlib import Path

import pytest

from packs import learned_texts, load
from packs.learned_texts import TextRefused, learn, meaning, place_of
from packs.load import load_pack
from packs.problems import PackError
from tests.packs.conftest import GOOD, write, write_pack

SHIPPED = "practice-national"
NEW = "Suspended - clinical desk"

OVERLAY = """\
# What Lakeside says otherwise of this portal.
maps:
  status:   # dana keeps this list
    # Heard on the phone, March
    - {text: 'Sent to "the desk"', code: P2}
    - text: "On its way"
      code: P1   # for now
# Names of other claims
  relation:
    - {text: "Twin", code: split}
limits:
  lookups_a_minute: 3
"""


@pytest.fixture(autouse=True)
def _shipped(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The product comes with one small pack."""
    root = tmp_path_factory.mktemp("shipped")
    (root / SHIPPED).mkdir()
    (root / SHIPPED / load.PACK_FILE).write_text(GOOD)
    monkeypatch.setattr(load, "shipped_folder", lambda: root)


def test_the_first_text_of_a_portal_makes_an_overlay(tmp_path: Path) -> None:
    (tmp_path / "selectors").mkdir()
    file = learn(tmp_path, SHIPPED, "status", NEW, "P2")
    assert file == tmp_path / "selectors" / SHIPPED / "overlay.yaml"
    assert file.stat().st_mode & 0o777 == 0o600
    assert meaning(load_pack(SHIPPED, tmp_path), "status", NEW) == "P2"
    assert [path.name for path in (tmp_path / "selectors").iterdir()] == [SHIPPED]


def test_one_line_is_added_and_every_other_byte_stays(tmp_path: Path) -> None:
    file = write(tmp_path, f"{SHIPPED}/overlay.yaml", OVERLAY)
    learn(tmp_path, SHIPPED, "status", NEW, "P2")
    added = f'    - {{text: "{NEW}", code: "P2"}}\n'
    assert file.read_text() == OVERLAY.replace("# for now\n", "# for now\n" + added)


@pytest.mark.parametrize("text", ['Say "no"', "a: b # c", "'single'", "Nein \\ niemals", "50% - {x}", "Dépassé"])
def test_what_a_text_holds_is_written_so_that_it_is_read_back(tmp_path: Path, text: str) -> None:
    (tmp_path / "selectors").mkdir()
    learn(tmp_path, SHIPPED, "status", text, "P2")
    assert meaning(load_pack(SHIPPED, tmp_path), "status", f"  {text.upper()} ") == "P2"


def test_a_list_in_one_line_and_a_file_without_the_list_keep_their_comments(tmp_path: Path) -> None:
    written = '# ours\nmaps:\n  status: [{text: "On its way", code: P1}] # one\n'
    file = write(tmp_path, f"{SHIPPED}/overlay.yaml", written)
    learn(tmp_path, SHIPPED, "status", NEW, "P2")
    learn(tmp_path, SHIPPED, "relation", "Twin", "split")
    pack = load_pack(SHIPPED, tmp_path)
    assert (meaning(pack, "status", NEW), meaning(pack, "status", "on its way")) == ("P2", "P1")
    assert meaning(pack, "relation", "twin") == "split"
    assert "# ours" in file.read_text()
    assert "# one" in file.read_text()


def test_lines_that_end_in_the_way_of_windows_go_on_so(tmp_path: Path) -> None:
    file = write(tmp_path, f"{SHIPPED}/overlay.yaml", "")
    file.write_bytes(OVERLAY.replace("\n", "\r\n").encode())
    learn(tmp_path, SHIPPED, "status", NEW, "P2")
    assert file.read_bytes().replace(b"\r\n", b"").count(b"\n") == 0
    assert meaning(load_pack(SHIPPED, tmp_path), "status", NEW) == "P2"


def test_a_pack_of_the_offices_own_gets_the_line_and_a_new_version(tmp_path: Path) -> None:
    file = write_pack(tmp_path, GOOD)
    before = load_pack(SHIPPED, tmp_path)
    learn(tmp_path, SHIPPED, "status", NEW, "P2")
    after = load_pack(SHIPPED, tmp_path)
    assert meaning(after, "status", NEW) == "P2"
    assert after.version != before.version
    changed = [line for line in file.read_text().splitlines() if line not in GOOD.splitlines()]
    assert len(changed) == 2  # the line, and the version


def test_a_line_with_which_the_pack_would_not_load_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    file = write(tmp_path, f"{SHIPPED}/overlay.yaml", OVERLAY)
    with pytest.raises(PackError) as refused:
        learn(tmp_path, SHIPPED, "status", NEW, "no-such-code")
    assert refused.value.problems[0].file == str(file)
    assert "must be one of" in refused.value.problems[0].what
    assert file.read_text() == OVERLAY
    assert [path.name for path in (tmp_path / "selectors").iterdir()] == [SHIPPED]


def test_somebody_who_saves_the_file_at_the_same_moment_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path, f"{SHIPPED}/overlay.yaml", OVERLAY)
    theirs = OVERLAY.replace("minute: 3", "minute: 2")
    read = load.read_layers

    def while_checked(folder: Path, office: Path | None) -> object:
        if office != tmp_path:
            file.write_text(theirs)
        return read(folder, office)

    monkeypatch.setattr(learned_texts, "read_layers", while_checked)
    with pytest.raises(TextRefused, match="try again"):
        learn(tmp_path, SHIPPED, "status", NEW, "P2")
    assert file.read_text() == theirs


def test_a_text_that_the_pack_knows_by_now_is_not_written_twice(tmp_path: Path) -> None:
    file = write(tmp_path, f"{SHIPPED}/overlay.yaml", OVERLAY)
    assert learn(tmp_path, SHIPPED, "status", "on  its WAY", "P1") == file
    with pytest.raises(TextRefused, match="P1"):
        learn(tmp_path, SHIPPED, "status", "On its way", "P2")
    assert file.read_text() == OVERLAY


@pytest.mark.parametrize("text", ["", "  ", "Pa\u200bid", "Paid\u202e", "x" * 301])
def test_a_text_of_which_a_person_cannot_see_all_is_not_written(tmp_path: Path, text: str) -> None:
    (tmp_path / "selectors").mkdir()
    with pytest.raises(TextRefused):
        learn(tmp_path, SHIPPED, "status", text, "P2")
    assert not list((tmp_path / "selectors").iterdir())


def test_the_place_says_by_which_map_a_text_is_read_and_which_codes_it_may_stand_for(tmp_path: Path) -> None:
    pack = load_pack(SHIPPED, None)
    status = place_of(pack, "claim.status")
    assert status is not None
    assert status.map == "status"
    assert {"F1", "F2", "P1", "R17"} <= set(status.codes)
    relation = place_of(pack, "claim.related_claims[3].role")
    assert relation is not None
    assert (relation.map, "replacement" in relation.codes, "F1" in relation.codes) == ("relation", True, False)
    assert place_of(pack, "claim.billed") is None
    assert place_of(pack, "nowhere.status") is None
    assert place_of(pack, "claim.related_claims[0].nothing") is None
