"""The sides that look up the same claims, and which of them this machine has."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bench.talk import ROOT

PEERS = "PORTALWRIGHT_BENCH_PEERS"
"""Environment variable with the Python of the environment that the other tools are installed in."""
_PEERS_FOLDER = ROOT / ".venv" / "bench"
_DIRECT = re.compile(r"^\s*reading:\s*direct\b", re.MULTILINE)
PORTAL = "practice-national"


class Needs(StrEnum):
    """What a side needs besides our own environment: a module of the peers' one, chromedriver too, or a pack's word."""

    NOTHING = ""
    SELENIUM = "selenium"
    ROBOT = "Browser"
    HTTP = "httpx"
    DIRECT = "direct"


@dataclass(frozen=True)
class Candidate:
    """A side: its name in tables, the word for it in JSON, and the module that is run.

    `share`: how many look-ups it does in a block for each of the others', where each takes it very long, or no time.
    `alive`: its processes live from block to block, so that it is known which kind of them used what.
    """

    name: str
    key: str
    module: str
    options: tuple[str, ...] = ()
    needs: Needs = Needs.NOTHING
    share: float = 1.0
    alive: bool = True

    @property
    def python(self) -> str:
        """The interpreter that runs it."""
        return str(peers_python()) if self.needs in (Needs.SELENIUM, Needs.ROBOT, Needs.HTTP) else sys.executable

    def look_ups(self, in_a_block: int) -> int:
        """How many look-ups it does in a block in which the others do so many."""
        return max(1, round(in_a_block * self.share))


SCRIPT = Candidate("script", "script", "bench.script_side")
PRODUCT = Candidate("product", "browser", "bench.product_side")
CANDIDATES = (
    PRODUCT,
    Candidate("product, direct", "direct", "bench.product_side", ("--direct",), Needs.DIRECT),
    SCRIPT,
    Candidate("script again", "noise", "bench.script_side"),
    Candidate("script, field by field", "field_by_field", "bench.script_side", ("--each-field",)),
    Candidate("naive robot", "naive", "bench.script_side", ("--each-item",), share=0.25, alive=False),
    Candidate("Selenium", "selenium", "bench.selenium_side", needs=Needs.SELENIUM),
    Candidate("Robot Framework", "robot_framework", "bench.robot_side", needs=Needs.ROBOT),
    Candidate("bare HTTP client", "http", "bench.http_side", needs=Needs.HTTP, share=5.0),
)


def absent(side: Candidate) -> str:
    """Why this machine does not have the side; "" when it has it."""
    match side.needs:
        case Needs.NOTHING:
            return ""
        case Needs.DIRECT:
            pack = (ROOT / "selectors" / PORTAL / "portal.yaml").read_text(encoding="utf-8")
            return "" if _DIRECT.search(pack) else "the pack does not declare reading: direct"
        case Needs.SELENIUM if not find_driver():
            return "not installed: chromedriver"
        case Needs.SELENIUM | Needs.ROBOT | Needs.HTTP:
            return "" if _has_module(side.needs.value) else f"not installed: {side.needs.value}"


def peers_python() -> Path:
    """The interpreter of the environment for other tools, whether or not it is there."""
    given = os.environ.get(PEERS, "")
    return Path(given) if given else _PEERS_FOLDER / "bin" / "python"


def find_driver() -> str:
    """Chromedriver: the machine's own, else what `make bench` fetched; "" when there is none."""
    fetched = _PEERS_FOLDER / "chromedriver"
    return shutil.which("chromedriver") or (str(fetched) if fetched.is_file() else "")


def _has_module(name: str) -> bool:
    try:
        command = [str(peers_python()), "-c", f"import {name}"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603 # our own
    except OSError:
        return False
