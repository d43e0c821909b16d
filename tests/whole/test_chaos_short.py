"""A short excerpt of the chaos: one worker of the real command line, killed again and again while it works a list."""

from dataclasses import asdict

import pytest

from sandbox.quirks import NATIONAL
from tests.chaos.process import RANDOM, Task
from tests.chaos.toll import Toll, failures, summary
from tests.soak.watch import ran

pytestmark = pytest.mark.browser

KILLS = 3
CLAIMS, VISITS = 7, 2
_SECONDS = 900.0


def test_a_worker_that_is_killed_again_and_again_loses_nothing_and_does_nothing_twice() -> None:
    task = Task(
        name="short",
        kind=RANDOM,
        portals=(NATIONAL,),
        claims=CLAIMS,
        visits=VISITS,
        appeals=1,
        kills=KILLS,
        life_steps=30,
        seconds=_SECONDS,
    )
    end = ran("tests.chaos.process", asdict(task), seconds=_SECONDS + 120)
    assert end.answer is not None
    toll = Toll.from_json(end.answer)
    assert failures([toll]) == []
    figures = summary([toll])
    assert figures["kills"] >= KILLS // 2, toll
    assert figures["questions"] >= CLAIMS + VISITS
    assert end.left_over == 0
