"""`python -m tests.fuzz --minutes 30`: every reader of something from outside, fed with what nobody would send.

Each target is fuzzed with each engine in a process of its own, for an equal share of the time. Prints a table and, as
its last line, JSON; the exit code is 1 when an input was found that is neither read nor refused in our own words.
Such inputs are kept: `--replay TARGET FILE` judges one again.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.fuzz.engines import Engine, installed
from tests.fuzz.judge import Crash, Judge
from tests.fuzz.of_dom import close_browser, dom_target
from tests.fuzz.targets import all_targets
from tests.fuzz.watch import Done, Job, done
from tests.soak.watch import say

_TARGETS = {**all_targets(samples=True), dom_target.name: dom_target}
_NO_ATHERIS = (
    "atheris is not installed (it has no wheel for this platform, or this environment is older than it): "
    "hypothesis alone makes the inputs."
)


def main() -> int:
    """Fuzz what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30, help="for everything together (default: 30)")
    parser.add_argument("--targets", nargs="*", choices=_TARGETS, default=list(_TARGETS))
    parser.add_argument("--engines", nargs="*", choices=list(Engine), default=list(Engine))
    parser.add_argument("--seed", type=int, default=20, help="hypothesis makes the same inputs again (default: 20)")
    parser.add_argument("--at-once", type=int, default=2, help="processes at a time (default: 2)")
    parser.add_argument("--replay", nargs=2, metavar=("TARGET", "FILE"), help="judge one kept input")
    given = parser.parse_args()
    if given.replay:
        return _replay(*given.replay)
    engines = [engine for engine in installed() if engine in given.engines]
    if Engine.ATHERIS not in installed() and Engine.ATHERIS in given.engines:
        say(_NO_ATHERIS)
    wanted = [
        (target, engine)
        for target in given.targets
        for engine in engines
        # Atheris watches Python, and ends its process without closing a browser.
        if not (target == dom_target.name and engine is Engine.ATHERIS)
    ]
    began = time.monotonic()
    seconds = given.minutes * 60 * given.at_once / max(len(wanted), 1)
    with ThreadPoolExecutor(max_workers=given.at_once) as executor:
        finished = list(executor.map(lambda one: _told(done(Job(one[0], one[1], seconds, given.seed))), wanted))
    crashes = {crash.key: crash for one in finished for crash in one.crashes}
    _print(finished, list(crashes.values()))
    summary = {
        "targets": len(given.targets),
        "runs": sum(one.runs for one in finished),
        "crashes": len(crashes),
        "seconds": round(time.monotonic() - began),
    }
    say(json.dumps(summary))
    return 1 if crashes else 0


def _told(one: Done) -> Done:
    """Say that a job is done, because the whole takes half an hour."""
    say(f"{one.job.target} with {one.job.engine}: {one.runs} runs, {len(one.crashes)} crashes.")
    return one


def _print(finished: Sequence[Done], crashes: Sequence[Crash]) -> None:
    say("")
    say("| target | engine | runs | seconds | our errors | crashes |")
    say("|---|---|--:|--:|--:|--:|")
    for one in finished:
        cells = (one.job.target, one.job.engine, one.runs, round(one.seconds), one.refused, len(one.crashes))
        say(f"| {' | '.join(map(str, cells))} |")
    if not crashes:
        return
    folder = Path(tempfile.mkdtemp(prefix="portalwright-fuzz-crashes-"))
    for number, crash in enumerate(crashes, start=1):
        file = folder / f"{crash.target}-{number}"
        file.write_bytes(crash.content)
        say(f"{crash.target}: {crash.kind} ({crash.where}); kept as {file}")


def _replay(name: str, file: str) -> int:
    judged = Judge().judged(_TARGETS[name], Path(file).read_bytes())
    close_browser()
    if judged.crash is None:
        say("It is refused in our own words." if judged.refused else "It is read.")
        return 0
    say(f"{judged.crash.kind} ({judged.crash.where})")
    return 1


if __name__ == "__main__":
    sys.exit(main())
