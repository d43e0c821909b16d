"""A flow never names a browser: it runs where Playwright cannot even be imported."""

import subprocess
import sys

BLOCKED = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"playwright", "django", "cryptography"}:
            raise ImportError(name + " is blocked")

sys.meta_path.insert(0, Blocked())
import asyncio
from flows.claim_status import claim_status
from tests.flows.scripted_portal import LISTED, QUESTION, ScriptedPortal, detail

outcome = asyncio.run(claim_status(QUESTION, ScriptedPortal({"claim-search": [LISTED]}, {"C1": [detail()]})))
print(outcome.ending)
"""


def test_the_claim_status_flow_runs_with_playwright_blocked() -> None:
    done = subprocess.run([sys.executable, "-c", BLOCKED], capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout.strip(), done.returncode) == ("answered", 0), done.stderr
