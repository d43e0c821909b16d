"""Runs a fuzzing process and watches it from outside: an input that ends the process, or never comes to an end."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.fuzz.engines import Engine
from tests.fuzz.judge import Crash
from tests.fuzz.process import CRASHES, TALLY
from tests.fuzz.tally import Tally

_STUCK_SECONDS = 90.0
"""Of work without a single run; the judge's own limit is five seconds, and starting takes some."""
_WAITING_SECONDS = 600.0
"""Without a single run, working or not: it gives way to everything else on this computer, and may wait for long."""
_EVERY_SECONDS = 0.5
_MOST_STARTS = 20


@dataclass(frozen=True)
class Job:
    """A target, an engine, and how long."""

    target: str
    engine: Engine
    seconds: float
    seed: int


@dataclass(frozen=True)
class Done:
    """What came of a job."""

    job: Job
    runs: int
    refused: int
    seconds: float
    crashes: tuple[Crash, ...]


def done(job: Job) -> Done:
    """Do the job, in as many processes as it takes."""
    began = time.monotonic()
    found: dict[tuple[str, str, str], Crash] = {}
    with tempfile.TemporaryDirectory(prefix="portalwright-fuzz-") as kept:
        folder = Path(kept)
        tally = Tally(folder / TALLY)
        for start in range(_MOST_STARTS):
            left = job.seconds - (time.monotonic() - began)
            if start and left < 2:
                break
            why = _watched(job, folder, tally, max(left, 1), job.seed + start * 1000)
            if why is None:
                break
            crash = Crash(job.target, why, "-", tally.content)
            found[crash.key] = crash
        for crash in _told(job.target, folder):
            found.setdefault(crash.key, crash)
        runs, refused, _ = tally.counts
    return Done(job, runs, refused, time.monotonic() - began, tuple(found.values()))


def _watched(job: Job, folder: Path, tally: Tally, seconds: float, seed: int) -> str | None:
    """Run one process to its end; why it ended, or None when it did what it should."""
    until = time.time() + seconds
    task = {"target": job.target, "engine": job.engine, "until": until, "seed": seed, "folder": str(folder)}
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.process", json.dumps(task)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # What atheris leaves behind, because it ends the process at once, goes with this folder.
            env={**os.environ, "TMPDIR": str(folder)},
        )
        try:
            last, moved, worked = tally.counts[0], time.monotonic(), 0.0
            while process.poll() is None:
                time.sleep(_EVERY_SECONDS)
                if tally.counts[0] != last:
                    last, moved, worked = tally.counts[0], time.monotonic(), _work_of(process.pid)
                elif _work_of(process.pid) - worked > _STUCK_SECONDS or time.monotonic() - moved > _WAITING_SECONDS:
                    return "no end in sight"
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
    if process.returncode == 0:
        return None
    said = (folder / "output").read_bytes().decode("utf-8", "replace").splitlines()
    errors = [line for line in said if re.match(r"[\w.]+(?:Error|Exception|Broken)\b", line)] or said[-1:]
    return f"the process ended ({process.returncode}): {errors[-1][:200] if errors else 'nothing was said'}"


def _work_of(process_id: int) -> float:
    """Seconds of processor time."""
    try:
        used = psutil.Process(process_id).cpu_times()
    except psutil.Error:
        return 0.0
    return used.user + used.system


def _told(target: str, folder: Path) -> list[Crash]:
    file = folder / CRASHES
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [Crash(target, one["kind"], one["where"], bytes.fromhex(one["content"])) for one in map(json.loads, lines)]
