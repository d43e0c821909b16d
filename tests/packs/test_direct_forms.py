"""What cannot be read without opening a page is refused where a pack declares it: writes, files, scripts, frames."""

from typing import Any

import pytest

from packs.check_direct import direct
from packs.load import load_pack
from packs.models import Pack
from packs.moves import HowRead
from packs.problems import key_of
from tests.packs.conftest import Spoil


@pytest.fixture(scope="module")
def national() -> Pack:
    return load_pack("practice-national", None)


def told(pack: Pack) -> dict[str, str]:
    return {key_of(finding.place): finding.what for finding in direct(pack)}


def with_form(pack: Pack, name: str, **changes: Any) -> Pack:
    form = pack.forms[name].model_copy(update={"reading": HowRead.DIRECT, **changes})
    return pack.model_copy(update={"forms": {**pack.forms, name: form}})


def test_the_searches_of_the_shipped_packs_can_be_read_directly(national: Pack) -> None:
    for pack in (national, load_pack("practice-medicaid", None)):
        assert pack.forms["claim-search"].reading is HowRead.DIRECT
        assert told(pack) == {}


def test_a_form_that_files_something_is_never_read_directly(national: Pack) -> None:
    found = [finding.what for finding in direct(with_form(national, "appeal-submit"))]
    assert any("'submit' changes something at the payer" in what for what in found)


@pytest.mark.parametrize(
    ("form", "changes", "what"),
    [
        ("appeal-document", {}, "rows to tick, suggestions and documents"),
        ("appeal-lines", {}, "rows to tick, suggestions and documents"),
        ("appeal-start", {}, "the first step of 'reach' must be 'go'"),
        ("claim-search", {"new_page": False}, "a script answers"),
    ],
)
def test_what_needs_the_page_itself_is_told(national: Pack, form: str, changes: dict[str, Any], what: str) -> None:
    assert any(what in finding.what for finding in direct(with_form(national, form, **changes)))


def test_a_view_in_a_frame_is_told(national: Pack) -> None:
    framed = national.views["claims"].model_copy(update={"frame": "inner"})
    pack = national.model_copy(update={"views": {**national.views, "claims": framed}})
    assert any("'claims' is in a frame" in finding.what for finding in direct(pack))


def test_a_table_that_a_script_turns_is_told(national: Pack) -> None:
    claims = national.views["claims"]
    table = claims.tables["claims"].model_copy(update={"new_page": False})
    scripted = claims.model_copy(update={"tables": {"claims": table}})
    pack = national.model_copy(update={"views": {**national.views, "claims": scripted}})
    assert any("'claims.claims' is changed by a script" in finding.what for finding in direct(pack))


def test_keys_that_mean_nothing_without_direct_reading_are_told(spoil: Spoil) -> None:
    problems = spoil(
        "  claim-search:\n    view: claim-search\n", "  claim-search:\n    view: claim-search\n    keeps_page: true\n"
    )
    assert any("goes with 'reading: direct' alone" in problem.what for problem in problems)
    problems = spoil(
        "        opens: payer_claim_number\n",
        "        opens: payer_claim_number\n        address_in: \"open\\\\('(.+)'\"\n",
    )
    assert any("'address_in' is for portals with a form" in problem.what for problem in problems)
    problems = spoil(
        "        opens: payer_claim_number\n", "        opens: payer_claim_number\n        address_in: x\n"
    )
    assert any("exactly one group" in problem.what for problem in problems)
