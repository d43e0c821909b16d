"""The README's own office: its blocks are run in their order, as a biller would, in an empty folder."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks

pytestmark = pytest.mark.browser

COMMAND = Path(sys.executable).parent / "portalwright"


@pytest.fixture
def portal() -> Iterator[dict[str, str]]:
    """The practice portal of the README's first block, on ports of its own."""
    words = next(words for block in blocks(ROOT / "README.md") for words in block.commands if words[1:2] == ["sandbox"])
    free = ["0" if word in {"8811", "8812"} else word for word in words[1:]]
    process = subprocess.Popen([COMMAND, *free], stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def test_the_readmes_office_starts_as_it_says(portal: dict[str, str], tmp_path: Path) -> None:
    secrets = "\n".join([portal["user_name"], portal["password"], portal["totp_seed"]]) + "\n"
    printed: dict[str, str] = {}
    for block in blocks(ROOT / "README.md"):
        if block.heading != "How an office starts":
            continue
        if block.language == "toml":
            settings = tmp_path / "my-office" / "office.toml"
            with settings.open("a", encoding="utf-8") as file:
                file.write(block.text.replace("http://127.0.0.1:8811", portal["portal"]))
            continue
        for words in block.commands:
            if words[1] == "sandbox":
                continue
            if words[1] == "import":
                address = portal["control"] + "/worklist.csv"
                with urllib.request.urlopen(address, timeout=20) as answer:
                    (tmp_path / "worklist.csv").write_bytes(answer.read())
            extra = ["--from-stdin"] if words[1] == "vault" else []
            done = subprocess.run(
                [COMMAND, *words[1:], *extra],
                cwd=tmp_path,
                input=secrets if extra else None,
                capture_output=True,
                text=True,
                check=False,
                timeout=240,
                env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
            )
            assert done.returncode == 0, (words[1:], done.stdout[-2000:], done.stderr[-2000:])
            printed[words[1]] = printed.get(words[1], "") + done.stdout
    assert "The audit log is whole" in printed["audit"]
    assert "practice-national" in printed["answers"]
    assert "Case 1:" in printed["cases"]
