"""Watches a command from outside while it runs: the arguments, environments and temporary files of its processes."""

import contextlib
import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

_EVERY_SECONDS = 0.2
_LARGEST = 64 * 1024 * 1024


class Watch:
    """Looks at a process and all that it starts, many times a second, until it is stopped."""

    def __init__(self, process_id: int, folders: Sequence[Path]) -> None:
        """`folders` hold temporary files, which may be gone when the command has ended."""
        self.shown: set[bytes] = set()
        """Every command line and every environment that was seen."""
        self.files: dict[str, bytes] = {}
        """The last bytes that were seen of every temporary file."""
        self.processes: set[str] = set()
        """The names of the processes that were seen."""
        self._process_id = process_id
        self._folders = tuple(folders)
        self._states: dict[str, tuple[int, int]] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no longer. Fails when the watching itself had ended before."""
        assert self._thread.is_alive() or self._stopped.is_set()
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopped.is_set():
            with contextlib.suppress(psutil.Error):
                top = psutil.Process(self._process_id)
                for process in (top, *top.children(recursive=True)):
                    self._look_at(process)
            for folder in self._folders:
                self._read(folder)
            time.sleep(_EVERY_SECONDS)

    def _look_at(self, process: psutil.Process) -> None:
        with contextlib.suppress(psutil.Error):
            self.processes.add(process.name())
            self.shown.add("\0".join(process.cmdline()).encode())
            self.shown.add("\0".join(f"{name}={value}" for name, value in process.environ().items()).encode())

    def _read(self, folder: Path) -> None:
        # Unlike Path.rglob, os.walk goes on when a folder vanishes under it, which browsers' folders do.
        for path in (Path(place) / name for place, _, names in os.walk(folder) for name in names):
            with contextlib.suppress(OSError):
                status = path.stat()
                state = (status.st_mtime_ns, status.st_size)
                if path.is_file() and status.st_size < _LARGEST and self._states.get(str(path)) != state:
                    self._states[str(path)] = state
                    self.files[str(path)] = path.read_bytes()
