"""Public sample files, when they are there: each is loaded, flagged or refused for a reason; none breaks the reader."""

import pytest

from tests.documents.samples import FOLDER, Sample, samples

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the public sample files are not there")

FLAGGED = {
    "azoner-pyx12__x12testdata.py_835id": "transaction",
    "genformai-edi-cli__sample-835.edi": "line claim",
    "irobayna-stupidedi__3a.edi": "transaction",
    "irobayna-stupidedi__recover.txt": "line",
    "irobayna-stupidedi__split.edi": "claim transaction",
    "jdavisp3-tigershark__835-example-2.txt": "transaction",
    "jdavisp3-tigershark__835-example.txt": "transaction",
    "josephbiagio-openx12__conftest.py_0": "claim",
    "keironstoddart-edi-835-parser__blue_cross_nc_sample.txt": "line",
}
REFUSED = {
    "azoner-pyx12__x12testdata.py_mult_isa": "does not say how much is paid",
    "azoner-pyx12__x12testdata.py_multiple_trn": "does not say how much is paid",
    "jdavisp3-tigershark__sample_835.txt": "BPR02",
    "ryanco-x12-parser__example835NoISA.txt": "BPR02",
    "ryanco-x12-parser__example835One.txt": "BPR02",
    "ryanco-x12-parser__example835SpecialCharsOne.txt": "BPR02",
}
"""Files whose amounts are words, or whose payments are empty."""


@pytest.fixture(scope="module")
def found() -> dict[str, Sample]:
    return {sample.name: sample for sample in samples()}


def test_every_sample_is_loaded_flagged_or_refused_for_a_known_reason(found: dict[str, Sample]) -> None:
    outcomes = {name: sample.outcome for name, sample in found.items()}
    assert {name for name, outcome in outcomes.items() if outcome == "flagged"} == set(FLAGGED) & set(found)
    assert {name for name, outcome in outcomes.items() if outcome == "refused"} == set(REFUSED) & set(found)
    assert "nothing" not in outcomes.values()


def test_a_flagged_sample_says_where_it_does_not_balance(found: dict[str, Sample]) -> None:
    for name, levels in FLAGGED.items():
        if name in found:
            wrong = [one.balance.model_dump() for one in found[name].totals]
            assert {level for one in wrong for level, holds in one.items() if not holds} == set(levels.split()), name


def test_a_refused_sample_says_why(found: dict[str, Sample]) -> None:
    for name, why in REFUSED.items():
        if name in found:
            assert all(why in one.what for one in found[name].refused), name


def test_a_file_of_nine_claims_comes_to_what_the_check_says(found: dict[str, Sample]) -> None:
    nine = found["irobayna-stupidedi__multiple-claims-single-check.edi"].totals[0]
    assert (str(nine.payment), str(nine.paid), nine.claims, nine.lines) == ("810.80", "810.80", 9, 33)
