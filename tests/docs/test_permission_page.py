"""The page about permissions is true: its positions are those of the program, and its options those of the command."""

import re

from flows.positions import published
from ledger.breakers import WAITS
from ledger.permissions import WARN_AHEAD, Basis, Status
from tests.docs.pages import ROOT

TEXT = (ROOT / "docs" / "permission.md").read_text(encoding="utf-8")


def test_the_published_positions_are_all_named_with_their_status() -> None:
    shown = re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", TEXT, re.MULTILINE)
    assert shown == [
        (one.id, f"{one.status}: lets robots in by {one.needs}" if one.needs else one.status)
        for one in published().positions
    ]


def test_the_statuses_the_bases_and_the_numbers_are_the_programs_own() -> None:
    assert set(Status) <= set(re.findall(r"`([a-z-]+)`", TEXT))
    assert set(Basis) - {Basis.NONE} <= set(re.findall(r"`([a-z ]+)`", TEXT))
    assert "{}, {}, {} and {} days".format(*WARN_AHEAD) in TEXT
    minutes = [int(wait.total_seconds()) // 60 for wait in WAITS]
    assert "{} minutes, then {}, {} and {} as long".format(*minutes) in TEXT
