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
from flows.appeal import appeal
from flows.appeal_status import appeal_status
from flows.claim_status import claim_status
from flows.eligibility import eligibility
from flows.remittances import remittances
from tests.flows import appeal_pages, coverage_pages, payment_pages
from tests.flows.played_portal import PlayedPortal
from tests.flows.scripted_portal import LISTED, QUESTION, ScriptedPortal, detail

payments = PlayedPortal(
    forms=payment_pages.FOUND,
    views={"payments": [payment_pages.listing(payment_pages.listed("E1"))]},
    documents={("payments", "era", "E1"): [payment_pages.file_with(payment_pages.explained("E1"))]},
)
for flow in (
    claim_status(QUESTION, ScriptedPortal({"claim-search": [LISTED]}, {"C1": [detail()]})),
    eligibility(coverage_pages.QUESTION, coverage_pages.portal_with(coverage_pages.page())),
    remittances(payment_pages.QUESTION, payments),
    appeal(appeal_pages.QUESTION, appeal_pages.portal()),
    appeal_status(appeal_pages.STATUS, appeal_pages.portal((appeal_pages.IN_LIST, appeal_pages.ON_PAGE))),
):
    print(asyncio.run(flow).ending)
"""


def test_every_flow_runs_with_playwright_blocked() -> None:
    done = subprocess.run([sys.executable, "-c", BLOCKED], capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout.split(), done.returncode) == (["answered"] * 5, 0), done.stderr
