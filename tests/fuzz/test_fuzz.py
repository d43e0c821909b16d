"""Whatever is sent to us is read as it stands or refused in our own words: the short part of `make fuzz`."""

import warnings

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.fuzz.choices import Choices
from tests.fuzz.engines import RECIPES
from tests.fuzz.judge import Judge
from tests.fuzz.targets import all_targets

TARGETS = all_targets(samples=False)
OTHERS = 30
EXAMPLES = {"pack": 6, "pack-overlay": 6, "pack-family": 6, "pack-parts": 4, "pack-text": 2, "pdf": 6, "xlsx": 10}
"""Those that take longer."""
LONGER = 20


@pytest.fixture(autouse=True)
def _quiet() -> None:
    # Python's own archive writer complains about the names that we give it.
    warnings.filterwarnings("ignore", "Duplicate name", UserWarning)


def check(name: str, examples: int) -> None:
    """Read what nobody has spoilt, then so many spoilt ones, the same each time."""
    target, judge = TARGETS[name], Judge()
    unspoilt = judge.judged(target, target.make(Choices(b"")))
    assert (unspoilt.crash, unspoilt.refused) == (None, False)

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        # Without the search for a smaller one, which would read it a thousand times more.
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(RECIPES)
    def spoilt(recipe: bytes) -> None:
        judged = judge.judged(target, target.make(Choices(recipe)))
        assert judged.crash is None, (judged.crash, judged.crash.content)

    spoilt()


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_sent_to_us_is_read_as_it_stands_or_refused_in_our_words(name: str) -> None:
    check(name, EXAMPLES.get(name, OTHERS))


@pytest.mark.long
@pytest.mark.parametrize("name", TARGETS)
def test_and_so_is_much_more_of_it(name: str) -> None:
    check(name, LONGER * EXAMPLES.get(name, OTHERS))
