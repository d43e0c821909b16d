"""What each page of the desk costs in a small office and in a very large one: server time and number of queries.

The office is the made-up one of the tests (300 claims with all that belongs to them), copied until it has as many
claims as asked for; open cases are one to fifty claims. Each size is filled by a process that ends then, and measured
in one of its own (bench.desk_side); the sizes take turns at each page, so that what else the machine does falls on
both. Of several rounds the fastest counts. The promise is that 1,000,000 claims cost at most twice what 10,000 do, in
time and in queries.

`python -m bench.desk_pages --engine postgresql` prints a table and, as its last line, JSON.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.empty_database import empty_database
from bench.talk import ROOT, Side

_LEAST_SECONDS = 0.002
"""Below this a page is as cheap as its frame, and a ratio would say nothing."""


@dataclass(frozen=True)
class _Office:
    """A filled office, in this folder."""

    folder: Path

    def as_order(self) -> dict[str, Any]:
        """As the first order of the side that opens it."""
        return {"folder": str(self.folder)}


def main() -> None:
    """Fill the offices, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument(
        "--claims",
        type=int,
        nargs=2,
        default=[10_000, 1_000_000],
        metavar=("FEW", "MANY"),
        help="(default: %(default)s)",
    )
    parser.add_argument("--page", default="", help="only pages whose name begins so")
    parser.add_argument("--rounds", type=int, default=9, help="visits to each page, of which the fastest counts")
    given = parser.parse_args()
    sizes: list[int] = given.claims
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portalwright-bench-")))
        offices = [_filled(given.engine, root / str(size), size, stack) for size in sizes]
        sides = [stack.enter_context(Side("bench.desk_side", office)) for office in offices]
        _print(given.engine, sizes, _measured(sides, given.page, given.rounds))


def _filled(engine: str, folder: Path, claims: int, stack: ExitStack) -> _Office:
    """An office with so many claims, made by a process that has ended; its database ends with the stack."""
    folder.mkdir()
    ledger = ["--ledger", empty_database(stack).line] if engine == "postgresql" else []
    command = [sys.executable, "-m", "bench.desk_office", str(folder), str(claims), *ledger]
    subprocess.run(command, check=True, cwd=ROOT)  # noqa: S603 # our own
    return _Office(folder)


def _measured(sides: Sequence[Side], begin: str, rounds: int) -> list[dict[str, Any]]:
    """Of each side its open cases and, by page, what it costs; the sides take turns at each page."""
    measured: list[dict[str, Any]] = [{"cases": side.ready["cases"], "pages": {}} for side in sides]
    for name in sides[0].ready["pages"]:
        if not name.startswith(begin):
            continue
        costs = [side.ask({"page": name, "counted": True}) for side in sides]
        turns = [[side.ask({"page": name, "counted": False}) for side in sides] for _ in range(rounds)]
        for place, cost in enumerate(costs):
            fastest = min((turn[place] for turn in turns), key=lambda one: float(one["seconds"]))
            measured[place]["pages"][name] = cost | fastest
    return measured


def _print(engine: str, sizes: list[int], measured: list[dict[str, Any]]) -> None:
    first, last = measured[0]["pages"], measured[-1]["pages"]
    open_cases = ", ".join(
        f"{size:,} claims with {one['cases']:,} open cases" for size, one in zip(sizes, measured, strict=True)
    )
    lines = [
        f"{engine}: {open_cases}",
        f"{'page':<22}{'ms':>9}{'ms':>9}{'ratio':>7}{'queries':>9}{'queries':>9}{'bytes':>10}",
    ]
    ratios: dict[str, float] = {}
    for name, large in sorted(last.items(), key=lambda one: -_ratio(first[one[0]], one[1])):
        small = first[name]
        ratios[name] = _ratio(small, large)
        lines.append(
            f"{name:<22}{small['seconds'] * 1000:>9.1f}{large['seconds'] * 1000:>9.1f}{ratios[name]:>7.2f}"
            f"{small['queries']:>9}{large['queries']:>9}{large['bytes']:>10,}"
            + ("" if large["status"] == 200 else f"  ({large['status']})")
        )
    worst = max(ratios, key=lambda name: ratios[name])
    told = {
        "engine": engine,
        "claims": sizes,
        "open_cases": [one["cases"] for one in measured],
        "pages": len(ratios),
        "worst_ratio": round(ratios[worst], 2),
        "worst_page": worst,
        "not_shown": sorted(name for name, one in last.items() if one["status"] != 200),
    }
    sys.stdout.write("\n".join([*lines, json.dumps(told)]) + "\n")


def _ratio(small: Mapping[str, Any], large: Mapping[str, Any]) -> float:
    seconds = max(large["seconds"], _LEAST_SECONDS) / max(small["seconds"], _LEAST_SECONDS)
    return float(max(seconds, large["queries"] / max(small["queries"], 1)))


if __name__ == "__main__":
    main()
