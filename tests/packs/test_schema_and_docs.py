"""The schema for editors and the documentation say what the models say."""

import json
import re
from typing import Any

import pytest

from packs.load import PACK_FILE, shipped_folder
from packs.models import Pack
from packs.schema import BEGIN, DOCUMENT, END, SCHEMA_FILE, portal_schema, with_tables
from tests.packs.conftest import GOOD

DOCUMENTATION = DOCUMENT.read_text(encoding="utf-8")


def test_the_schema_beside_the_packs_is_up_to_date() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == portal_schema(), "run: python -m packs.schema"


def test_the_tables_of_keys_in_the_documentation_are_up_to_date() -> None:
    assert DOCUMENTATION.count(BEGIN) == DOCUMENTATION.count(END) == 1
    assert with_tables(DOCUMENTATION) == DOCUMENTATION, "run: python -m packs.schema"


def test_every_example_in_the_documentation_is_part_of_a_shipped_pack() -> None:
    examples = re.findall(r"```yaml\n(.*?)```", DOCUMENTATION, re.DOTALL)
    assert len(examples) > 5
    for example in examples:
        assert example in GOOD


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


@pytest.mark.parametrize("file", sorted(shipped_folder().glob(f"*/{PACK_FILE}")), ids=lambda file: file.parent.name)
def test_every_shipped_pack_names_the_schema_in_its_first_line(file: Any) -> None:
    first = file.read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=../portal.schema.json"
