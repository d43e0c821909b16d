"""What a claim-status look-up costs: the product against a bare Playwright script on the same practice portal.

Both do the same steps for the same claims in the same browser with the same arguments; the product also makes sure
whose claim it is, seals the pages as evidence and writes the ledger. They run in turns, a block of look-ups each, and
the ratio is the median over the pairs. A second bare script takes its turn too: how far it is from the first one is
the noise of the measurement. The practice portals' own processes are not counted.

`python -m bench.look_up` prints a table and, as its last line, JSON.
"""

import argparse
import contextlib
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.processor_time import Meter, Used
from bench.talk import Side, Task
from bots.browser import find_browser
from flows.questions import Claim, ClaimStatus, Patient, Provider
from sandbox.process import PracticePortal

_PLAIN = frozenset({"paid", "denied", "records requested", "in review", "pending", "processed, paid"})
"""Scenarios in which one search leads to one row and one page: what every script can do too."""

_SIDES = {
    "product": ("bench.product_side", ()),
    "product, direct": ("bench.product_side", ("--direct",)),
    "script": ("bench.script_side", ()),
    "script again": ("bench.script_side", ()),
    "script, field by field": ("bench.script_side", ("--each-field",)),
}
_SETTLE_SECONDS = 0.3
"""What the browser still does after a look-up (collecting garbage, writing its cache) belongs to the look-up."""


@dataclass
class _Measured:
    used: list[Used] = field(default_factory=list)
    """Seconds of processor time per look-up, one entry a block."""
    wall: list[float] = field(default_factory=list)
    """Seconds per look-up, one entry a block."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=9, help="blocks of each side (default: 9)")
    parser.add_argument("--look-ups", type=int, default=20, help="look-ups in a block (default: 20)")
    parser.add_argument("--only", nargs="*", choices=tuple(_SIDES), default=tuple(_SIDES), help="the sides to run")
    given = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portalwright-bench-")))
        wanted = (given.pairs + 2) * given.look_ups + 1
        sides = {name: stack.enter_context(_side(name, folder, wanted)) for name in given.only}
        for side in sides.values():
            # The first look-ups of a browser compile its scripts and fill its caches.
            side.ask({"look_ups": given.look_ups})
        measured = {name: _Measured() for name in sides}
        for pair in range(given.pairs):
            # Each side goes first as often as the others.
            names = list(sides)
            for name in names[pair % len(names) :] + names[: pair % len(names)]:
                _measure(sides[name], given.look_ups, measured[name])
        split = sides["product"].ask({"look_ups": given.look_ups, "split": True})["steps"] if "product" in sides else {}
    _print(measured, split, given.look_ups)
    _say(json.dumps(_summary(measured, given.look_ups)))


@contextlib.contextmanager
def _side(name: str, folder: Path, questions: int) -> Iterator[Side]:
    """A side with a practice portal of its own: a portal allows one session. All portals hold the same claims."""
    module, options = _SIDES[name]
    own = folder / name.replace(" ", "-").replace(",", "")
    own.mkdir(mode=0o700)
    with PracticePortal(seed=11, claims=12 * questions) as portal:
        task = Task(
            folder=str(own),
            address=portal.address,
            user_name=portal.user_name,
            password=portal.password,
            totp_seed=portal.totp_seed,
            questions=tuple(_questions(portal.truth()))[:questions],
        )
        if len(task.questions) < questions:
            raise SystemExit(f"The practice portal has only {len(task.questions)} plain claims of one location.")
        with Side(module, task, *options) as side:
            yield side


def _questions(truth: dict[str, Any]) -> Iterator[ClaimStatus]:
    """The plain claims of the first location, so that nobody has to change the provider between two of them."""
    plain = {ask["patient_account_number"] for ask in truth["asks"] if ask["scenario"] in _PLAIN}
    npi = truth["practice"]["providers"][0]["npi"]
    for row in truth["rows"]:
        if row["billing_npi"] != npi or row["patient_account_number"] not in plain:
            continue
        known = {name: value for name, value in row.items() if value != ""}
        yield ClaimStatus(
            portal=row["portal"],
            provider=Provider(tin=row["practice_tin"], npi=npi),
            patient=Patient.model_validate({name: row[name] for name in Patient.model_fields}, strict=False),
            claim=Claim.model_validate({name: known.get(name) for name in Claim.model_fields}, strict=False),
        )


def _measure(side: Side, look_ups: int, measured: _Measured) -> None:
    meter = Meter(side.process_id)
    before = meter.read()
    said = side.ask({"look_ups": look_ups})
    time.sleep(_SETTLE_SECONDS)
    if said["right"] != look_ups:
        raise SystemExit(f"Only {said['right']} of {look_ups} look-ups gave the answer; the comparison would be void.")
    meter.find_children()
    measured.used.append((meter.read() - before).each(look_ups))
    measured.wall.append(said["seconds"] / look_ups)


def _ratios(measured: dict[str, _Measured], name: str) -> list[float]:
    """The ratios of processor time to the bare script's, pair by pair."""
    pairs = zip(measured[name].used, measured["script"].used, strict=True)
    return [one.total / bare.total for one, bare in pairs]


def _summary(measured: dict[str, _Measured], look_ups: int) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    names = {"browser": "product", "noise": "script again", "field_by_field": "script, field by field"}
    for key, name in names.items():
        if name in measured and "script" in measured:
            ratios = _ratios(measured, name)
            facts[f"{key}_cpu_ratio"] = round(statistics.median(ratios), 3)
            facts[f"{key}_cpu_ratio_range"] = [round(min(ratios), 3), round(max(ratios), 3)]
    for name, one in measured.items():
        facts[f"{name.replace(', ', '_').replace(' ', '_')}_cpu_ms"] = _milliseconds(one.used)
    browser = find_browser()
    return {
        **facts,
        "pairs": len(next(iter(measured.values())).used),
        "look_ups": look_ups,
        "cores": os.cpu_count(),
        "processor": platform.machine(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "browser": f"{browser.kind} {browser.version}" if browser else "",
    }


def _milliseconds(used: list[Used]) -> float:
    return round(statistics.median(one.total for one in used) * 1000, 1)


_PARTS = ("cpu", "python", "driver", "browser", "wall")


def _print(measured: dict[str, _Measured], split: dict[str, dict[str, float]], look_ups: int) -> None:
    _say(f"{'milliseconds a look-up (medians)':34}" + "".join(f"{part:>9}" for part in (*_PARTS, "ratio")))
    for name, one in measured.items():
        parts = [[getattr(block, part) for block in one.used] for part in ("total", "python", "driver", "browser")]
        numbers = [f"{statistics.median(values) * 1000:9.1f}" for values in (*parts, one.wall)]
        ratio = f"{statistics.median(_ratios(measured, name)):9.3f}" if "script" in measured else ""
        _say(f"{name:34}" + "".join(numbers) + ratio)
    if not split:
        return
    _say("")
    _say(f"{'the product by step':25}{'times':>9}" + "".join(f"{part:>9}" for part in _PARTS))
    for step, cost in sorted(split.items(), key=lambda item: -item[1]["wall"]):
        python, driver, browser, wall = (cost[part] * 1000 / look_ups for part in _PARTS[1:])
        numbers = [f"{number:9.1f}" for number in (python + driver + browser, python, driver, browser, wall)]
        _say(f"{step:25}{cost['times'] / look_ups:9.1f}" + "".join(numbers))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
