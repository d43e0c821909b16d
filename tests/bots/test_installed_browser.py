"""The right browser is found, and one is installed where there is none, or a person is told how."""

import shutil
from pathlib import Path

import pytest

from bots import installed_browser as room
from bots.installed_browser import Browser, Kind, NoBrowser, find_browser, install_browser


def fake_browser(folder: Path, says: str, name: str = "chromium") -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_an_explicit_path_is_used_and_never_silently_replaced(tmp_path: Path) -> None:
    good = fake_browser(tmp_path, "Chromium 140.0.1.2 built on Debian")
    assert find_browser(good) == Browser(path=good, kind=Kind.CHROMIUM, version="140.0.1.2")
    with pytest.raises(NoBrowser, match="is not a Chrome or Chromium"):
        find_browser(tmp_path / "nothing")
    with pytest.raises(NoBrowser, match="125 or newer"):
        find_browser(fake_browser(tmp_path, "Chromium 90.0.1.2", "old"))


def test_the_environment_names_a_browser_as_a_path_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = fake_browser(tmp_path, "Google Chrome 140.0.1.2")
    monkeypatch.setenv(room.EXPLICIT, str(good))
    found = find_browser()
    assert found is not None
    assert found.path == good


def test_playwrights_own_browser_comes_before_the_computers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(room.EXPLICIT, raising=False)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    revision = next(iter(room._playwright_revisions()["chromium-headless-shell"].split()))
    folder = tmp_path / f"chromium_headless_shell-{revision}" / "chrome-linux"
    folder.mkdir(parents=True)
    own = fake_browser(folder, "Chromium 150.0.0.0", "headless_shell")
    found = find_browser()
    assert found == Browser(path=own, kind=Kind.HEADLESS_SHELL, version="150.0.0.0")
    shown = find_browser(headed=True)
    assert shown is None or shown.kind is not Kind.HEADLESS_SHELL


def test_a_download_that_does_not_work_falls_through_to_words_that_help(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    commands: list[str] = []

    def fail(command: list[str], seconds: float, environment: object = None) -> bool:
        commands.append(" ".join(command[1:4]))
        return False

    monkeypatch.setattr(room, "_run", fail)
    monkeypatch.setattr(room, "is_root", lambda: True)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    lines: list[str] = []
    with pytest.raises(NoBrowser, match="by hand"):
        install_browser(lines.append)
    assert commands == ["-m playwright install", "update", *["install -y --no-install-recommends"] * 2]
    assert lines
