"""Every command in one small office: no canary lies in the clear.

Runs of one portal are in `tests.whole.test_canary`. The sister that runs each time is `test_coverage`, which knows
whether a command is left out.
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.canary import commands, values
from tests.canary.tally import Tally
from tests.practice_portal import PracticePortal
from tests.whole.office import make_office


@pytest.mark.long
def test_no_command_writes_a_canary_in_the_clear(tmp_path: Path) -> None:
    tally, began = Tally(), datetime.now(UTC)
    with PracticePortal(seed=41, claims=4, appointments=2) as portal:
        office = make_office(tmp_path / "made", portal)
        numbers = commands.numbers_of(portal, tmp_path)
        commands.walk(office, numbers, values.search_of([portal], began), tally, tmp_path)
    assert tally.hits == []
    assert tally.wrong == []
    assert tally.places >= 6
