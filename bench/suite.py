"""The whole comparison (`make bench`): every side at a practice portal with heavy pages, memory, lanes, starts.

The product by browser and by direct reading, a bare Playwright script, the naive robot that starts a browser for each
claim, Selenium, Robot Framework's Browser library, and a bare HTTP client. What is not installed is said and left out,
never guessed. Writes all figures with the machine's facts as JSON, and charts as SVG. The last line that it prints is
JSON with the ratios of processor time to the bare script's, and the memory of eight lanes in one worker.
"""

import argparse
import json
from pathlib import Path

from bench.lanes import many_lanes
from bench.look_up import compare, most_memory, say
from bench.report import Report
from bench.session_start import measure
from bench.sides import CANDIDATES, absent
from bench.talk import ROOT

LANES = 8
_LEFT_OUT = frozenset({"field_by_field"})
"""Part of `python -m bench.look_up` alone."""


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=5, help="blocks of each side (default: 5)")
    parser.add_argument("--look-ups", type=int, default=10, help="look-ups in a block (default: 10)")
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench.json", help="where the figures go")
    parser.add_argument("--pictures", type=Path, default=ROOT / "build" / "bench", help="where the charts go")
    given = parser.parse_args()
    sides = [side for side in CANDIDATES if side.key not in _LEFT_OUT]
    missing = {side: why for side in sides if (why := absent(side))}
    present = [side for side in sides if side not in missing]
    report = Report(
        compared=compare(present, pairs=given.pairs, look_ups=given.look_ups, heavy=True),
        missing=missing,
        memory={side: most_memory(side, given.look_ups, heavy=True) for side in present if side.key != "noise"},
        lanes=many_lanes(LANES, LANES * given.look_ups, heavy=True),
        starts=measure(given.pairs),
    )
    say("\n".join(report.lines()))
    report.write_json(given.json)
    report.write_pictures(given.pictures)
    say(f"figures: {_shown(given.json)}; charts: {_shown(given.pictures)}")
    say(json.dumps(report.last_line()))


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


if __name__ == "__main__":
    main()
