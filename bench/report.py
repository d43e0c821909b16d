"""What the whole comparison found, as tables, JSON, charts, and the line of ratios."""

import json
import statistics
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.facts import machine
from bench.lanes import LanesCost
from bench.look_up import Compared, milliseconds, table
from bench.picture import write_picture
from bench.session_start import Starts
from bench.sides import Candidate
from console.charts import Bar, Bars

_ASKED = ("browser", "direct", "naive", "http")
"""The sides whose ratios stand in the last line."""
_KINDS = ("total", "python", "driver", "browser")


@dataclass(frozen=True)
class Report:
    """All of it. `missing` says of each side that this machine has not why; `memory` is `MostMemory`'s, by side."""

    compared: Compared
    missing: Mapping[Candidate, str]
    memory: Mapping[Candidate, Mapping[str, float]]
    lanes: LanesCost
    starts: Starts

    def last_line(self) -> dict[str, float | None]:
        """The ratios to the bare script (None: not there), and the most MiB of many lanes in one worker."""
        by_key = {side.key: self.compared.ratio(side) for side in self.compared.by_side}
        ratios = {f"{key}_cpu_ratio": by_key.get(key) for key in _ASKED}
        return {**ratios, "eight_lanes_mib": self.lanes.memory.get("total")}

    def lines(self) -> list[str]:
        """The tables: look-ups with the product's steps, memory, the start of a session."""
        absent = [f"{side.name:34}{why}" for side, why in self.missing.items()]
        return [*table(self.compared), *absent, "", *self._memory_table(), "", *self.starts.table(), ""]

    def _memory_table(self) -> list[str]:
        lines = [f"{'most memory of a session (MiB)':34}" + "".join(f"{kind:>9}" for kind in _KINDS)]
        for name, most in self._held():
            told = "".join(f"{most[kind]:9.1f}" for kind in _KINDS) if most else "  not told by this system"
            lines.append(f"{name:34}{told}")
        return lines

    def _held(self) -> list[tuple[str, Mapping[str, float]]]:
        named = [(side.name, most) for side, most in self.memory.items()]
        return [*named, (f"product, {self.lanes.lanes} lanes", self.lanes.memory)]

    def write_json(self, file: Path) -> None:
        """All figures, the machine's facts, and the last line's ratios."""
        sides: dict[str, Any] = {
            side.key: {
                "name": side.name,
                "cpu_ms": milliseconds(measured.used),
                "wall_ms": round(statistics.median(measured.wall) * 1000, 1),
                "cpu_ratio": self.compared.ratio(side),
                "cpu_ratios": [round(ratio, 3) for ratio in self.compared.ratios(side)],
                "most_memory_mib": self.memory.get(side) or None,
            }
            for side, measured in self.compared.by_side.items()
        }
        sides |= {side.key: {"name": side.name, "absent": why, "cpu_ratio": None} for side, why in self.missing.items()}
        start = {"cpu_ratio": self.starts.cpu_ratio, "wall_ratio": self.starts.wall_ratio, **asdict(self.starts)}
        told = {
            "machine": machine(),
            "look_ups_in_a_block": self.compared.look_ups,
            "sides": sides,
            "product_steps_seconds_in_a_block": self.compared.steps,
            "lanes": asdict(self.lanes),
            "session_start": start,
            **self.last_line(),
        }
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")

    def write_pictures(self, folder: Path) -> None:
        """Two charts: `look-up.svg` and, where the system tells memory, `memory.svg`."""
        costs = [(side.name, milliseconds(measured.used)) for side, measured in self.compared.by_side.items()]
        bars = [Bar(name, cost, f"{cost:,.0f} ms") for name, cost in costs]
        write_picture(folder / "look-up.svg", Bars("Processor time of a claim-status look-up, heavy pages", bars))
        held = [Bar(name, most["total"], f"{most['total']:,.0f} MiB") for name, most in self._held() if most]
        if held:
            write_picture(folder / "memory.svg", Bars("Most memory of a live session, heavy pages", held))
