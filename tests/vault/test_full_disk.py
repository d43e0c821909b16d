"""A disk that is full: what was sealed before stays whole, nothing half-sealed is left, and it goes on with room."""

import subprocess
import sys
from pathlib import Path

import pytest

resource = pytest.importorskip("resource", reason="this system limits no file's size")
ROOT = Path(__file__).parents[2]

FULL = """
import os, resource, sys
from pathlib import Path
from tests.vault.conftest import KeptAudit
from vault.keys import KeyFile
from vault.sealed import SealedFolder
from vault.secret import Secret
from vault.storage import FileStorage
from vault.vault import Vault

folder = Path(sys.argv[1])
vault = Vault.create(FileStorage(folder / "vault.json"), KeyFile.create(folder / "key"), KeptAudit())
store = SealedFolder(folder / "evidence", vault.sealer())
key = store.sealer.new_item_key()
page = os.urandom(20_000)
kept = store.write(key, page, "page")

def add(portal, answer):
    answers = {"First pet?": Secret(answer)}
    vault.add_credential(portal, "main", Secret("u"), Secret("p"), owner="dana", security_answers=answers)

def files():
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")

add("one", "short")
before = files()
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, most))
for act in (lambda: store.write(key, page, "page"), lambda: add("two", "long" * 9000)):
    try:
        act()
        print("written")
    except OSError as error:
        print(error.errno in (27, 28), files() == before)
print(store.read(key, kept.name, "page") == page, vault.check().credentials)
add("small", "fits")
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
add("two", "long" * 9000)
again = store.write(key, page, "page")
print(store.read(key, again.name, "page") == page, vault.check().credentials)
"""


def test_a_full_disk_leaves_what_was_sealed_and_nothing_half_sealed(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["True True", "True True", "True 1", "True 3"]
