"""What the chaos prints: the line of JSON that was promised, and a line for whatever is not as it should be."""

import pytest

from tests.chaos.table import print_table
from tests.chaos.toll import FIGURES, Toll, failures, summary

SOUND = Toll(name="file", questions=30, kills=6, stops=2, found=dict.fromkeys(FIGURES, ()), answered=28, parked=2)


def test_the_last_line_has_the_figures_that_were_promised_of_all_nights_together() -> None:
    spoilt = Toll(name="server", questions=40, kills=3, found={"lost": ("one", "two"), "browsers_left": ("chrome",)})
    assert summary([SOUND, spoilt]) == {
        "kills": 9,
        "questions": 70,
        "lost": 2,
        "double": 0,
        "lanes_twice": 0,
        "presses_over_budget": 0,
        "appeals_twice": 0,
        "leases_left": 0,
        "browsers_left": 1,
    }


@pytest.mark.parametrize(
    "toll",
    [
        *(Toll(name="file", questions=1, found={name: ("something",)}) for name in FIGURES),
        Toll(name="file", questions=1, wrong=("an answer",)),
        Toll(name="file", questions=1, missed=("signed in",)),
    ],
)
def test_whatever_is_not_as_promised_is_told(toll: Toll) -> None:
    assert failures([SOUND]) == []
    assert len(failures([SOUND, toll])) == 1


def test_a_toll_goes_from_process_to_process_unchanged() -> None:
    spoilt = Toll(name="server", questions=40, found={"lost": ("one",)}, wrong=("x",), missed=("y",))
    assert Toll.from_json(spoilt.as_json()) == spoilt


def test_the_table_has_a_line_for_each_night() -> None:
    lines: list[str] = []
    print_table([SOUND, SOUND], lines.append)
    assert sum(line.startswith("file") for line in lines) == 2
    assert len({len(line) for line in lines if line}) == 1
