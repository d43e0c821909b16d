"""Several sessions in one worker at the practice portal: what a look-up costs then, and the most memory it takes."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.memory import MostMemory
from bench.practice import practice_task
from bench.processor_time import Meter
from bench.sides import PRODUCT
from bench.talk import Side


@dataclass(frozen=True)
class LanesCost:
    """So many sessions at once: milliseconds a look-up of processor time and on the clock, and `MostMemory`'s MiB."""

    lanes: int
    look_ups: int
    cpu_ms: float
    wall_ms: float
    memory: dict[str, float]


def many_lanes(lanes: int, look_ups: int, *, heavy: bool) -> LanesCost:
    """Let one worker with so many sessions look up so many claims, all in all. Its memory is watched all the time.

    The sessions share one practice portal, which allows so many. Raises SystemExit when a look-up gave no answer.
    """
    with (
        tempfile.TemporaryDirectory(prefix="portalwright-bench-") as folder,
        practice_task(Path(folder) / "office", look_ups + lanes, heavy=heavy, sessions=lanes) as task,
        Side(PRODUCT.module, task, "--lanes", str(lanes)) as side,
        MostMemory(side.process_id) as memory,
    ):
        meter = Meter(side.process_id)
        before = meter.read()
        said = side.ask({"look_ups": look_ups})
        meter.find_children()
        used = meter.read() - before
        if said["right"] != look_ups:
            raise SystemExit(f"Only {said['right']} of {look_ups} look-ups of {lanes} sessions gave the answer.")
    return LanesCost(
        lanes=lanes,
        look_ups=look_ups,
        cpu_ms=round(used.total * 1000 / look_ups, 1),
        wall_ms=round(said["seconds"] * 1000 / look_ups, 1),
        memory=memory.mebibytes,
    )
