"""A process of its own that adds credentials to a vault and says after each one that it is stored.

    python -m tests.vault.writer VAULT_FILE KEY_FILE PORTAL COUNT [DIE_BEFORE_CALL]

With DIE_BEFORE_CALL the process kills itself before that call to the operating system (counted from 1) of its last
addition, as a power cut would.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vault.keys import KeyFile
from vault.secret import Secret
from vault.storage import FileStorage, VaultAction
from vault.vault import Vault


class NoAudit:
    """This process's audit is not what is tested."""

    def record(self, action: VaultAction, alias: str, portal: str, version: int, purpose: str) -> None:
        """Keep nothing."""


def die_before(call_number: int) -> None:
    """Make the given call, of those that change files, the last thing this process comes to."""
    calls = 0

    def counted(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == call_number:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*arguments, **named)

        return call

    for owner, name in ((os, "open"), (os, "fdopen"), (os, "fsync"), (Path, "replace"), (Path, "unlink")):
        setattr(owner, name, counted(getattr(owner, name)))


def main() -> None:
    """Add COUNT versions of one credential for PORTAL."""
    vault_file, key_file, portal, count, *rest = sys.argv[1:]
    vault = Vault.open(FileStorage(Path(vault_file)), KeyFile(Path(key_file)), NoAudit())
    for number in range(1, int(count) + 1):
        if rest and number == int(count):
            die_before(int(rest[0]))
        added = vault.add_credential(portal, "main", Secret("user"), Secret(f"{portal} {number}"), owner="o")
        sys.stdout.write(f"{added.version}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
