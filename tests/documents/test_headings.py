"""A file's headings are understood, or explained once and then known; a slip loses no column in silence."""

import json
import re
from pathlib import Path

import pytest

from documents.headings import HeadingsUnknown, places
from documents.layouts import Layouts
from documents.table import FileUnreadable
from documents.work_list import COLUMNS, MAY_BE_LEFT_OUT
from tests.documents.work_lists import GOOD

THEIRS = [
    "Tax ID",
    "NPI",
    "Payer site",
    "Subscriber ID",
    "Last",
    "First",
    "DOB",
    "Acct #",
    "From",
    "To",
    "Charge",
    "Fax",
]
SAID = dict(
    zip((name for name in COLUMNS if name not in ("payer_claim_number", "first_procedure")), THEIRS[:-1], strict=True)
)


def test_columns_may_stand_in_any_order_with_capitals_spaces_and_dashes() -> None:
    headings = [name.replace("_", " ").title() for name in reversed(COLUMNS)]
    headings[0] = "first-procedure "
    found = places(headings, None)
    assert {name: COLUMNS[::-1][place] for name, place in found.items()} == {name: name for name in COLUMNS}


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        (["practice_tin", "portal"], "lacks billing_npi, member_id, last_name, first_name and 5 more"),
        ([*COLUMNS, "Canary"], "column 14 has a heading that is not known"),
        ([*COLUMNS, "payer_claim_no"], "column 14 has a heading that is not known"),
        ([*COLUMNS, "Billed"], "two columns billed"),
        (list(GOOD.values()), "lacks practice_tin"),
    ],
    ids=["missing", "unknown", "slip", "doubled", "a patient's row"],
)
def test_headings_that_do_not_say_all_are_told_without_quoting_them(headings: list[str], said: str) -> None:
    with pytest.raises(FileUnreadable, match=said) as told:
        places(headings, None)
    assert not any(value in str(told.value) for value in (*GOOD.values(), "Canary", "payer_claim_no") if value)


def test_what_the_office_knows_itself_is_not_missed() -> None:
    headings = [name for name in COLUMNS if name not in ("portal", "practice_tin")]
    with pytest.raises(HeadingsUnknown) as told:
        places(headings, None, ["practice_tin"])
    assert told.value.missing == ("portal",)
    assert "portal" not in places(headings, None, ["portal", "practice_tin"])


def test_headings_of_another_system_are_explained_and_columns_that_nobody_asked_for_are_passed_over() -> None:
    assert places(THEIRS, SAID)["member_id"] == 3
    assert len(places(THEIRS, SAID)) == len(SAID)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"member": "Subscriber ID"}, "a column that is not known"),
        ({**SAID, "billed": "Amount"}, "no column with the heading that was said to be billed"),
        ({**SAID, "first_name": "Last"}, "last_name, first_name cannot be the same column"),
        ({name: SAID[name] for name in list(SAID)[:-1]}, "lacks billed"),
    ],
)
def test_an_explanation_that_does_not_fit_is_told(said: dict[str, str], told: str) -> None:
    with pytest.raises(FileUnreadable, match=told):
        places(THEIRS, said)


def test_a_layout_that_was_explained_is_known_again_by_its_headings_and_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "layouts.json"
    assert Layouts(path).find(THEIRS, None) is None
    assert Layouts(path).remember("our-system", THEIRS, SAID) == "our-system"
    by_headings, by_name = Layouts(path).find([*map(str.upper, THEIRS)], None), Layouts(path).find([], "our-system")
    assert by_headings is not None
    assert by_headings == by_name
    assert by_headings.columns == SAID
    assert Layouts(path).find(THEIRS[:-1], None) is None
    with pytest.raises(FileUnreadable, match="known: our-system"):
        Layouts(path).find(THEIRS, "other")


def test_the_newest_word_about_a_layout_counts(tmp_path: Path) -> None:
    path = tmp_path / "layouts.json"
    assert Layouts(path).remember(None, THEIRS, SAID) == "layout-1"
    assert Layouts(path).remember(None, THEIRS[:-1], SAID) == "layout-2"
    assert Layouts(path).remember(None, THEIRS, SAID | {"payer_claim_number": "Fax"}) == "layout-1"
    found = Layouts(path).find(THEIRS, None)
    assert found is not None
    assert found.columns["payer_claim_number"] == "Fax"
    assert Layouts(path).remember("ours", THEIRS, SAID) == "ours"
    assert set(json.loads(path.read_text())["layouts"]) == {"ours", "layout-2"}


def test_of_headings_that_nobody_explained_nothing_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "layouts.json"
    Layouts(path).remember("ours", [*SAID.values(), "Ocanarylast"], SAID)
    assert "canary" not in path.read_text().lower()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_of_layouts_that_was_spoiled_is_told_and_left(tmp_path: Path) -> None:
    path = tmp_path / "layouts.json"
    path.write_text('{"layouts": {"ours": 7}}')
    with pytest.raises(FileUnreadable, match="cannot be used"):
        Layouts(path)
    assert path.read_text() == '{"layouts": {"ours": 7}}'
    with pytest.raises(FileUnreadable, match="name is letters"):
        Layouts(tmp_path / "other.json").remember("../x", THEIRS, SAID)


def test_the_documentation_names_every_column_and_says_which_may_be_blank() -> None:
    page = (Path(__file__).parents[2] / "docs" / "files.md").read_text(encoding="utf-8")
    section = page.partition("### Columns")[2].partition("###")[0]
    told = dict(re.findall(r"^\| `(\w+)`(?: to `diagnosis_12`)? \|.*\| (yes|no) \|$", section, re.MULTILINE))
    assert list(told) == [*COLUMNS, "diagnosis_1"]
    assert {name for name, blank in told.items() if blank == "yes"} == MAY_BE_LEFT_OUT | {"diagnosis_1"}
