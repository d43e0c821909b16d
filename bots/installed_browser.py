"""Finds the browser that is installed on this computer, and installs one where there is none."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from importlib import resources
from pathlib import Path

from flows.values import Frozen

EXPLICIT = "PORTALWRIGHT_BROWSER"
"""Environment variable with the path of the browser to use."""

OLDEST = 125
"""Chromium's first version with everything that the page engine asks of it (`getHTML`, `checkVisibility`)."""

_DOWNLOAD_SECONDS = 240
_APT_SECONDS = 600


class NoBrowser(Exception):
    """There is no usable browser; the text says what to do."""


class Kind(StrEnum):
    """Which build it is. The headless shell is the lightest, and cannot show a window."""

    HEADLESS_SHELL = "headless-shell"
    CHROMIUM = "chromium"
    CHROME = "chrome"


class Browser(Frozen):
    """A browser on this computer. `version` is "" where the executable cannot be asked (Windows)."""

    path: Path
    kind: Kind
    version: str


def find_browser(explicit: str | Path | None = None, *, headed: bool = False) -> Browser | None:
    """The browser to use: the explicit path or PORTALWRIGHT_BROWSER, Playwright's own, else Chrome or Chromium.

    Raises NoBrowser when an explicit path is no usable browser: what was asked for is never silently replaced.
    With `headed`, only one that can show a window.
    """
    asked = str(explicit or os.environ.get(EXPLICIT, ""))
    if asked:
        browser = _examine(Path(asked).expanduser())
        if browser is None:
            raise NoBrowser(
                f"{asked} is not a Chrome or Chromium of version {OLDEST} or newer that starts here. "
                f"Give the path of one, or none to have one found."
            )
        return browser
    for path in (*_of_playwright(headed=headed), *_on_this_computer()):
        browser = _examine(path)
        if browser is not None and not (headed and browser.kind is Kind.HEADLESS_SHELL):
            return browser
    return None


def install_browser(report: Callable[[str], None], *, headed: bool = False) -> Browser:
    """Install a browser: Playwright's download, else Debian's package when we are root. `report` takes progress lines.

    With `headed`, one that can show a window. Raises NoBrowser, with what a person can do, when neither works.
    """
    build = "--no-shell" if headed else "--only-shell"
    packages = ("chromium",) if headed else ("chromium-headless-shell", "chromium")
    report("Downloading a browser...")
    download = [sys.executable, "-m", "playwright", "install", build, "chromium"]
    if _run(download, _DOWNLOAD_SECONDS) and (browser := find_browser(headed=headed)) is not None:
        return browser
    report("The download did not work here.")
    if shutil.which("apt-get") and is_root():
        report("Installing Debian's package instead...")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        _run(["apt-get", "update"], _APT_SECONDS, environment)
        for package in packages:
            command = ["apt-get", "install", "-y", "--no-install-recommends", package]
            if _run(command, _APT_SECONDS, environment) and (browser := find_browser(headed=headed)) is not None:
                return browser
        report("That did not work either.")
    raise NoBrowser(
        "No browser could be installed. Install Chrome or Chromium by hand (on Debian, as root: "
        f"'apt-get install {packages[0]}'), or set {EXPLICIT} to the path of one, and try again."
    )


def is_root() -> bool:
    """Do we run as the computer's administrator? Then the browser has no sandbox, and packages can be installed."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _run(command: list[str], seconds: float, environment: Mapping[str, str] | None = None) -> bool:
    try:
        ended = subprocess.run(  # noqa: S603 - commands of our own, no text from outside
            command, timeout=seconds, env=environment, capture_output=True, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ended.returncode == 0


_NAMES = ("headless_shell", "chrome-headless-shell", "chrome", "Chromium", "Google Chrome for Testing")


def _of_playwright(*, headed: bool) -> Iterator[Path]:
    """Browsers of the revision that this Playwright was made for, in its own folder; the headless shell first."""
    revisions = _playwright_revisions()
    for name in ("chromium",) if headed else ("chromium-headless-shell", "chromium"):
        if name not in revisions:
            continue
        folder = _playwright_folder() / f"{name.replace('-', '_')}-{revisions[name]}"
        for executable in (*_NAMES, *(f"{each}.exe" for each in _NAMES)):
            yield from sorted(folder.rglob(executable))


def _playwright_revisions() -> dict[str, str]:
    table = resources.files("playwright").joinpath("driver/package/browsers.json").read_text(encoding="utf-8")
    return {entry["name"]: entry["revision"] for entry in json.loads(table)["browsers"]}


def _playwright_folder() -> Path:
    chosen = os.environ.get("PLAYWRIGHT_BROWSERS_PATH", "")
    if chosen == "0":
        return Path(str(resources.files("playwright"))) / "driver" / "package" / ".local-browsers"
    if chosen:
        return Path(chosen)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "ms-playwright"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "ms-playwright"
    return Path(os.environ.get("XDG_CACHE_HOME", "") or Path.home() / ".cache") / "ms-playwright"


def _on_this_computer() -> Iterator[Path]:
    """Chrome and Chromium where each system keeps them."""
    if sys.platform == "darwin":
        for root in (Path("/Applications"), Path.home() / "Applications"):
            for application in ("Google Chrome", "Chromium", "Microsoft Edge"):
                yield root / f"{application}.app" / "Contents" / "MacOS" / application
    elif sys.platform == "win32":
        for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
            if root_folder := os.environ.get(variable):
                for place in ("Google/Chrome", "Chromium"):
                    yield Path(root_folder) / place / "Application" / "chrome.exe"
                yield Path(root_folder) / "Microsoft" / "Edge" / "Application" / "msedge.exe"
    else:
        for name in (
            "chromium-headless-shell",
            "chrome-headless-shell",
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable",
            "microsoft-edge",
        ):
            if found := shutil.which(name):
                yield Path(found)


def _examine(path: Path) -> Browser | None:
    """What the executable says of itself; None when it does not run here or is too old for the page engine."""
    if not path.is_file():
        return None
    name = path.name.lower()
    if "headless" in name:
        kind = Kind.HEADLESS_SHELL
    else:
        kind = Kind.CHROMIUM if "chromium" in str(path).lower() else Kind.CHROME
    if sys.platform == "win32":
        # Asked for its version, the Windows build opens a window instead.
        return Browser(path=path, kind=kind, version="")
    try:
        said = subprocess.run(  # noqa: S603 - a browser that a person or the system put there
            [path, "--version"], timeout=20, capture_output=True, text=True, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    version = next((word for word in said.split() if word[0].isdigit() and "." in word), "")
    if not version or int(version.partition(".")[0]) < OLDEST:
        return None
    return Browser(path=path, kind=kind, version=version)
