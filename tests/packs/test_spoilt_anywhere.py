"""Whatever is wrong with a pack, and wherever, it is told in words for people: the check itself never fails."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from packs.load import PACK_FILE, checked_source
from packs.problems import PackError, Place
from packs.source import Mark, Source, read_source
from tests.packs.conftest import EXAMPLE_FOLDER, OUR_TOOLS

pytestmark = pytest.mark.long  # the example is large, and each mistake loads it anew

FILE = EXAMPLE_FOLDER / PACK_FILE
READ = read_source(FILE)
PLACES = [place for place in READ.marks if place]
OTHERS: list[Any] = ["no such thing", ["no such thing"], {"no_such_key": "x"}, 7, True, None, ""]


def spoilt(place: Place, other: Any) -> Source:
    """The good pack with something else at one place, or with nothing there."""
    data: Any = copy.deepcopy(READ.data)
    around = data
    for step in place[:-1]:
        around = around[step]
    if other is ...:
        del around[place[-1]]
    else:
        around[place[-1]] = other
    return Source(data=data, marks={at: Mark(str(FILE), 1, at) for at in _places(data, ())})


def _places(part: Any, place: Place) -> Iterator[Place]:
    yield place
    for key, below in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        yield from _places(below, (*place, key))


@pytest.mark.parametrize("other", [..., *OTHERS], ids=repr)
def test_a_pack_spoilt_anywhere_loads_or_says_why_not(other: Any) -> None:
    told: set[str] = set()
    for place in PLACES[:: 13 if other is ... else 41]:
        try:
            checked_source(spoilt(place, other), EXAMPLE_FOLDER, own_files={str(FILE)})
        except PackError as error:
            told.update(problem.what for problem in error.problems)
    assert told
    assert [what for what in told if OUR_TOOLS.search(what)] == []
