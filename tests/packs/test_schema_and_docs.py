"""The schema for editors and the documentation say what the models say."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from packs.load import PACK_FILE, RECORDED, load_pack, shipped_folder
from packs.models import Pack
from packs.schema import BEGIN, DOCUMENT, END, LAYER_FILE, SCHEMA_FILE, layer_schema, portal_schema, with_tables
from tests.packs.conftest import EXAMPLE, EXAMPLE_FOLDER, GOOD, write, write_pack

DOCUMENTATION = DOCUMENT.read_text(encoding="utf-8")


def test_the_schemas_beside_the_packs_are_up_to_date() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == portal_schema(), "run: python -m packs.schema"
    assert LAYER_FILE.read_text(encoding="utf-8") == layer_schema(), "run: python -m packs.schema"


def test_the_tables_of_keys_in_the_documentation_are_up_to_date() -> None:
    assert DOCUMENTATION.count(BEGIN) == DOCUMENTATION.count(END) == 1
    assert with_tables(DOCUMENTATION) == DOCUMENTATION, "run: python -m packs.schema"


def test_every_example_in_the_documentation_is_part_of_a_pack_that_loads() -> None:
    examples = [text for text in _blocks("yaml") if not text.startswith("# selectors/")]
    assert len(examples) > 15
    for example in examples:
        assert example in EXAMPLE or example in GOOD, example


def test_every_page_in_the_documentation_is_one_that_is_read() -> None:
    recorded = [page.read_text(encoding="utf-8") for page in (EXAMPLE_FOLDER / RECORDED).glob("*.html")]
    assert _blocks("html")
    assert [text for text in _blocks("html") if not any(text in page for page in recorded)] == []


def test_the_family_and_the_overlay_of_the_documentation_do_what_it_says(tmp_path: Path) -> None:
    for text in _blocks("yaml"):
        if text.startswith("# selectors/"):
            write(tmp_path, text.partition("\n")[0].removeprefix("# selectors/"), text)
    national = load_pack("practice-national", tmp_path)
    assert "+office." in national.version
    assert national.limits.lookups_a_minute == 30
    assert "Referred for review" in {row.text for row in national.maps["status"]}
    write_pack(tmp_path, EXAMPLE.replace("title:", "extends: midwest\ntitle:"), "prairie-health")
    assert "Sent back" in {row.text for row in load_pack("prairie-health", tmp_path).maps["states"]}


def test_every_key_and_every_kind_of_row_is_explained() -> None:
    tables = DOCUMENTATION.partition(BEGIN)[2]
    unexplained = re.findall(r"^\| `(\w+)` \|[^|]*\| (?:yes|no[^|]*) \| *\|$", tables, re.MULTILINE)
    assert unexplained == []
    for kind in ("signed-in", "user-name", "password", "code", "choose", "question", "terms", "pass", "stop"):
        assert f"| `{kind}` |" in DOCUMENTATION.partition(BEGIN)[0]


def test_every_link_inside_the_page_leads_to_a_heading() -> None:
    headings = {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", DOCUMENTATION, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", DOCUMENTATION)) <= headings


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", DOCUMENTATION, re.DOTALL)


def test_every_key_of_a_pack_is_in_the_schema_with_what_it_means() -> None:
    schema = json.loads(portal_schema())
    assert set(schema["properties"]) == set(Pack.model_fields)
    assert schema["additionalProperties"] is False
    assert "from" in schema["$defs"]["Fill"]["properties"]
    assert schema["$defs"]["Element"]["properties"]["find"]["minItems"] == 2
    assert "description" in schema["$defs"]["Table"]["properties"]["opens"]


def test_every_reference_in_the_schema_leads_somewhere() -> None:
    schema = json.loads(portal_schema())
    references = set(re.findall(r'"\$ref": "#/\$defs/(\w+)"', portal_schema()))
    assert references == set(schema["$defs"])


def test_a_layer_may_leave_out_any_key_but_not_a_part_of_a_list() -> None:
    schema = json.loads(layer_schema())
    assert "required" not in schema
    assert {name for name, part in schema["$defs"].items() if "required" in part} == {
        "Choice", "ChooseRow", "CodeRow", "Hours", "Interruption", "More", "NewPasswordRow", "PassRow", "PasswordRow",
        "QuestionRow", "SignedInRow", "StopRow", "TermsRow", "TextRow", "UserNameRow",
    }  # fmt: skip


@pytest.mark.parametrize("file", sorted(shipped_folder().glob(f"*/{PACK_FILE}")), ids=lambda file: file.parent.name)
def test_every_shipped_pack_names_the_schema_in_its_first_line(file: Any) -> None:
    text = file.read_text(encoding="utf-8")
    schema = "layer" if "\nextends: " in text else "portal"
    assert text.splitlines()[0] == f"# yaml-language-server: $schema=../{schema}.schema.json"
