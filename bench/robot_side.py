"""The same look-up in Robot Framework with its Browser library: `look_up.robot`, run as a robot is run.

It writes Robot Framework's own output of every keyword into a folder, as it does for everybody.
"""

import sys
import tempfile

from robot.run import run

from bench.talk import ROOT


def main() -> int:
    """Run the suite until there are no more orders; returns Robot Framework's exit code."""
    with tempfile.TemporaryDirectory(prefix="portalwright-bench-") as folder:
        code: int = run(str(ROOT / "bench" / "look_up.robot"), outputdir=folder, console="none", report=None, log=None)
    return code


if __name__ == "__main__":
    sys.exit(main())
