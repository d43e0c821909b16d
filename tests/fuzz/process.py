"""`python -m tests.fuzz.process TASK`: one target with one engine, watched by tests.fuzz.watch."""

import json
import sys
import time
from pathlib import Path
from typing import Any

from tests.fuzz.choices import Choices
from tests.fuzz.engines import Engine, run, watching
from tests.fuzz.judge import Judge
from tests.fuzz.tally import Tally

TALLY = "tally"
CRASHES = "crashes.jsonl"


def main() -> None:
    """Do the task, which is JSON: `target`, `engine`, `until` (seconds since 1970), `seed`, `folder`."""
    task: dict[str, Any] = json.loads(sys.argv[1])
    engine, folder = Engine(task["engine"]), Path(task["folder"])
    with watching(engine):
        from tests.fuzz.of_dom import close_browser, dom_target
        from tests.fuzz.targets import all_targets
    target = {**all_targets(samples=True), "page-dom": dom_target}[task["target"]]
    tally, judge = Tally(folder / TALLY), Judge()
    # What is loaded on first use is not the input's doing.
    for seed in range(3):
        judge.judged(target, target.make(Choices(bytes([seed]))))
    judge = Judge()
    met: set[tuple[str, str, str]] = set()

    def once(recipe: bytes) -> None:
        content = target.make(Choices(recipe))
        tally.begins(content)
        judged = judge.judged(target, content)
        tally.ended(refused=judged.refused, crashed=judged.crash is not None)
        if judged.crash is not None and judged.crash.key not in met:
            met.add(judged.crash.key)
            kept = {"kind": judged.crash.kind, "where": judged.crash.where, "content": content.hex()}
            with (folder / CRASHES).open("a", encoding="utf-8") as file:
                file.write(json.dumps(kept) + "\n")

    try:
        run(engine, once, max(task["until"] - time.time(), 1), task["seed"])
    finally:
        close_browser()


if __name__ == "__main__":
    main()
