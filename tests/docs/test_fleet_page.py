"""The page about several computers is true where it gives numbers."""

from bots import lane
from ledger.postgresql.base import CLOCK_TOLERANCE
from schedules.fleet import FleetTimes
from tests.docs.pages import ROOT

TEXT = " ".join((ROOT / "docs" / "fleet.md").read_text(encoding="utf-8").split())


def test_its_times_are_the_program_s() -> None:
    assert f"with a sign of life every {lane._BEAT_SECONDS:.0f} seconds" in TEXT
    assert f"free {lane.LEASE_SECONDS:.0f} seconds after their last sign of life" in TEXT
    assert f"no sign of life through for {lane._SILENCE_SECONDS:.0f} seconds" in TEXT
    assert f"within {CLOCK_TOLERANCE.total_seconds():.0f} seconds" in TEXT


def test_a_dead_worker_s_jobs_are_gone_when_its_lanes_are_free() -> None:
    times = FleetTimes()
    assert times.silent + lane._BEAT_SECONDS <= lane.LEASE_SECONDS
    assert times.silent > 3 * times.beat
