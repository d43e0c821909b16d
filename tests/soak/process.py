"""`python -m tests.soak.process TASK`: one cell in a process of its own, whose last line is the result as JSON."""

import asyncio
import json
import secrets
import sys
import tempfile
from pathlib import Path

from ledger.start import close_connection, open_ledger
from tests.soak.cell import CellResult, Task, run_cell


def main(task: Task) -> CellResult:
    """Run the cell in a throw-away office."""
    key = secrets.token_bytes(32)
    with tempfile.TemporaryDirectory(prefix="portalwright-soak-") as temporary:
        folder = Path(temporary)
        open_ledger(folder / "ledger.db", lambda: key)
        try:
            return asyncio.run(run_cell(task, folder))
        finally:
            close_connection()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Task(**json.loads(sys.argv[1]))).as_json()) + "\n")
