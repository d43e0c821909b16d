"""What a machine is, beside every figure that was measured on it."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from bots.installed_browser import find_browser


def machine() -> dict[str, Any]:
    """Cores, processor, memory (MiB), system, versions, and when it was measured (UTC)."""
    browser = find_browser()
    return {
        "measured_on": f"{datetime.now(UTC):%Y-%m-%d}",
        "cores": os.cpu_count(),
        "processor": _processor(),
        "memory_mib": psutil.virtual_memory().total // 1024**2,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "playwright": version("playwright"),
        "browser": f"{browser.kind} {browser.version}" if browser else "",
    }


def _processor() -> str:
    """The processor's name where the system tells it, else its kind."""
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.machine()
    names = (line.partition(":")[2].strip() for line in told.splitlines() if line.startswith("model name"))
    return next(names, platform.machine())
