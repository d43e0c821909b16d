"""The search for canaries can fail: leaks of each form in each place are found, and what is innocent is not."""

import random
from pathlib import Path

from tests.canary import planted
from tests.canary.search import Search
from tests.canary.tally import Place, Tally

IN_THE_LONG_RUN = {Place.SERVER, Place.ENGINE, Place.DESK_SECRETS}
"""These responses are searched by the call that the other responses are; servers are not made here."""


def test_a_planted_leak_of_each_form_in_each_place_is_found(tmp_path: Path) -> None:
    tally = Tally()
    planted.plant(tmp_path, tally)
    assert tally.missed == []
    assert tally.planted_found == tally.planted > 200
    assert tally.hits == []


def test_leaks_are_planted_in_every_place_and_every_form(tmp_path: Path) -> None:
    values = planted.plant(tmp_path, Tally())
    places = {place for place, _ in values.known.values()}
    assert places == set(Place) - IN_THE_LONG_RUN
    for place in (Place.OFFICE, Place.LEDGER, Place.PROFILE):
        assert {form for at, form in values.known.values() if at is place} == {*planted.WRITTEN, *planted.PACKED}


def test_what_is_sealed_or_innocent_is_no_hit() -> None:
    search = Search({"Kanarienvogelhaus", "PA770615243", "07/17/1931"}, {"428190"})
    sealed = random.Random(9).randbytes(3_000_000)
    counts = b'{"time": "2026-11-03T02:11:09.428190Z", "answered": 1428190, "done": 4281905} Kanarien vogel haus' * 50
    assert search.hits(sealed, "sealed") == []
    assert search.hits(counts, "log") == []


def test_a_short_number_is_found_but_not_as_a_part_of_a_longer_one_or_of_a_hash() -> None:
    search = Search({"8638687"})
    for leak in (b"check 8638687.", b"000008638687", b"8638687000", b"=7868368,", b"EFT8638687", b"face8638687bed"):
        assert search.hits(leak, "log"), leak
    hashed = b'"hash": "9f86d081884c7d659a2feaa8638687fbf4f1b2b0b822cd15"'
    for chance in (b"--handle=4,i,31786836841,2621", b"1786386872", b"--ticks=86386870012", b"140086386870", hashed):
        assert search.hits(chance, "arguments") == []
