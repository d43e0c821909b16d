"""How costs grow (`make bench-curve`): with sessions in one worker, and with items in one session.

Sessions work by browser at a practice portal with heavy pages (`bench.lanes`). Items go through the real worker and a
real ledger in a session that is scripted (`bench.many_items`), because a hundred thousand of them by browser take most
of a day. Growth is the processor time of the most for each look-up or item, to that of the fewest: 1 is flat.

`python -m bench.curve` prints tables and, as its last line, JSON; `--full` takes 16 sessions and 100,000 items too, and
more look-ups of each session.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.facts import machine
from bench.lanes import LanesCost, many_lanes
from bench.look_up import say
from bench.many_items import ItemsCost, many_items
from bench.picture import write_picture
from bench.talk import ROOT
from console.charts import Lines, Series

_LANES, _ITEMS, _LOOK_UPS = (1, 2, 4, 8), (1_000, 4_000), 6
_FULL_LANES, _FULL_ITEMS, _FULL_LOOK_UPS = (1, 2, 4, 8, 16), (1_000, 10_000, 100_000), 20


def main() -> None:
    """Measure, print, and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="1 to 16 sessions, 1,000 to 100,000 items (hours)")
    parser.add_argument("--lanes", type=int, nargs="*", help="these numbers of sessions instead")
    parser.add_argument("--items", type=int, nargs="*", help="these numbers of items instead")
    parser.add_argument("--look-ups", type=int, help="look-ups of each session instead")
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "curve.json", help="where the figures go")
    parser.add_argument("--pictures", type=Path, default=ROOT / "build" / "bench", help="where the charts go")
    given = parser.parse_args()
    lanes_wanted = (_FULL_LANES if given.full else _LANES) if given.lanes is None else given.lanes
    items_wanted = (_FULL_ITEMS if given.full else _ITEMS) if given.items is None else given.items
    look_ups = given.look_ups or (_FULL_LOOK_UPS if given.full else _LOOK_UPS)
    lanes = [many_lanes(count, count * look_ups, heavy=True) for count in lanes_wanted]
    say("\n".join((*_lanes_table(lanes), "")))
    items = [many_items(count) for count in items_wanted]
    say("\n".join((*_items_table(items), "")))
    _draw(given.pictures, lanes, items)
    growth = {"lanes_cpu_growth": _growth(lanes), "items_cpu_growth": _growth(items)}
    told = {"machine": machine(), "lanes": [asdict(one) for one in lanes], "items": [asdict(one) for one in items]}
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(json.dumps({**told, **growth}, indent=2) + "\n", encoding="utf-8")
    say(json.dumps(growth))


def _growth(costs: Sequence[LanesCost] | Sequence[ItemsCost]) -> float | None:
    return round(costs[-1].cpu_ms / costs[0].cpu_ms, 3) if costs else None


def _lanes_table(costs: Sequence[LanesCost]) -> list[str]:
    lines = [f"{'sessions':>10}{'look-ups':>10}{'cpu ms':>10}{'wall ms':>10}{'MiB':>10}   (cpu and wall for a look-up)"]
    for one in costs:
        most = f"{one.memory['total']:>10.1f}" if one.memory else f"{'not told':>10}"
        lines.append(f"{one.lanes:>10}{one.look_ups:>10}{one.cpu_ms:>10.1f}{one.wall_ms:>10.1f}{most}")
    return lines


def _items_table(costs: Sequence[ItemsCost]) -> list[str]:
    lines = [f"{'items':>10}{'cpu ms':>10}{'wall ms':>10}{'MiB':>10}   (cpu and wall for an item)"]
    return lines + [f"{one.items:>10,}{one.cpu_ms:>10.2f}{one.wall_ms:>10.2f}{one.memory_mib:>10.1f}" for one in costs]


def _draw(folder: Path, lanes: Sequence[LanesCost], items: Sequence[ItemsCost]) -> None:
    if lanes:
        labels = [str(one.lanes) for one in lanes]
        _draw_cost(folder / "curve-lanes.svg", "A look-up, by sessions in one worker", labels, lanes)
        if all(one.memory for one in lanes):
            held = [Series("most memory", [one.memory["total"] for one in lanes])]
            title = "Memory, by sessions in one worker"
            write_picture(folder / "curve-memory.svg", Lines(title, labels, held, unit="MiB"))
    if items:
        labels = [f"{one.items:,}" for one in items]
        _draw_cost(folder / "curve-items.svg", "An item, by items in one session", labels, items)


def _draw_cost(file: Path, title: str, labels: Sequence[str], costs: Sequence[Any]) -> None:
    series = [
        Series("processor time", [one.cpu_ms for one in costs]),
        Series("on the clock", [one.wall_ms for one in costs]),
    ]
    write_picture(file, Lines(title, labels, series, unit="ms"))


if __name__ == "__main__":
    main()
