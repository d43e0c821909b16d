"""Is there a wheel of every pinned package for every computer we name? `python -m tests.packaging.wheels` asks pip.

A package without a wheel would have to be compiled on the office's computer, which has no compiler. Nothing is
installed and nothing is kept: pip answers from the registry it is configured for, in a folder that is thrown away.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from tests.packaging.pinned import DEVELOP, RUNTIME, Pin, pins

PYTHONS = ("3.11", "3.12", "3.13")


@dataclass(frozen=True)
class Computer:
    """A kind of computer: the tags of the wheels that it takes, newest first, and what markers see on it."""

    name: str
    tags: tuple[str, ...]
    sys_platform: str
    platform_system: str
    os_name: str
    machine: str

    def environment(self, python: str) -> dict[str, str]:
        """The marker values (PEP 508) of CPython `python` on this computer."""
        return {
            "implementation_name": "cpython",
            "implementation_version": f"{python}.0",
            "os_name": self.os_name,
            "platform_machine": self.machine,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": self.platform_system,
            "platform_version": "",
            "python_full_version": f"{python}.0",
            "python_version": python,
            "sys_platform": self.sys_platform,
            "extra": "",
        }


def _linux(machine: str) -> Computer:
    """Any Linux since 2019 (glibc 2.28: Debian 10, RHEL 8)."""
    tags = (*(f"manylinux_2_{minor}_{machine}" for minor in range(28, 4, -1)), f"manylinux2014_{machine}")
    return Computer(f"Linux {machine}", tags, "linux", "Linux", "posix", machine)


COMPUTERS = (
    _linux("x86_64"),
    _linux("aarch64"),
    # Apple's own processors alone: cryptography has no wheel for Intel ones since its version 49.
    Computer("macOS 15 arm64", ("macosx_15_0_arm64",), "darwin", "Darwin", "posix", "arm64"),
    Computer("Windows x86_64", ("win_amd64",), "win32", "Windows", "nt", "AMD64"),
)


def wheels(wanted: Sequence[Pin], computer: Computer, python: str) -> list[str] | None:
    """The wheels' file names, whose hashes are the pinned ones, for this computer and Python; None where one lacks."""
    with tempfile.TemporaryDirectory(prefix="portalwright-wheels-") as folder:
        listed = Path(folder, "wanted.txt")
        # Without its marker: pip would hold it against the computer that it runs on.
        lines = [
            f"{pin.name}=={pin.version}" + "".join(f" --hash=sha256:{one}" for one in pin.hashes) for pin in wanted
        ]
        listed.write_text("\n".join(lines) + "\n", encoding="utf-8")
        tags = [word for tag in computer.tags for word in ("--platform", tag)]
        asked = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--ignore-installed", "--no-deps",
                 "--disable-pip-version-check", "--only-binary=:all:", "--require-hashes", "--implementation", "cp",
                 "--python-version", python, *tags, "--target", str(Path(folder, "nowhere")), "-r", str(listed),
                 "--report", "-"]  # fmt: skip
        ended = subprocess.run(asked, capture_output=True, text=True, check=False)
        if ended.returncode and "No matching distribution found" not in ended.stderr:
            raise RuntimeError(f"pip could not ask its registry for {computer.name}, Python {python}:\n{ended.stderr}")
        if ended.returncode:
            return None
        return [one["download_info"]["url"].rpartition("/")[2] for one in json.loads(ended.stdout)["install"]]


def missing(wanted: Sequence[Pin], computer: Computer, python: str, everywhere: set[str]) -> list[Pin]:
    """The pins without a wheel, found by halving, so that a full set costs one question.

    `everywhere` are the packages of which a wheel was found that fits every computer; they are asked about no more.
    """
    asked = [pin for pin in wanted if pin.name not in everywhere]
    found = wheels(asked, computer, python) if asked else []
    if found is not None:
        everywhere |= {canonicalize_name(name.split("-")[0]) for name in found if name.endswith("-py3-none-any.whl")}
        return []
    if len(asked) == 1:
        return asked
    half = len(asked) // 2
    return missing(asked[:half], computer, python, everywhere) + missing(asked[half:], computer, python, everywhere)


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)) for row in rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each package and computer, then one line of JSON; 1 where a wheel is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--develop", action="store_true", help="what tests need too")
    chosen = parser.parse_args(arguments)
    all_pins = pins(DEVELOP if chosen.develop else RUNTIME)
    cells: dict[tuple[Pin, str], str] = {}
    everywhere: set[str] = set()
    for computer in COMPUTERS:
        words: dict[Pin, list[str]] = {pin: [] for pin in all_pins}
        for python in PYTHONS:
            wanted = [pin for pin in all_pins if pin.is_wanted(computer.environment(python))]
            lacking = missing(wanted, computer, python, everywhere)
            print(
                f"{computer.name}, Python {python}: {len(wanted)} wanted, {len(lacking)} missing",
                file=sys.stderr,
                flush=True,
            )
            for pin in wanted:
                words[pin].append(f"NO {python}" if pin in lacking else python)
        cells |= {(pin, computer.name): " ".join(said) or "not wanted" for pin, said in words.items()}
    heading = ("package", *(computer.name for computer in COMPUTERS))
    lines = [(f"{pin.name} {pin.version}", *(cells[pin, computer.name] for computer in COMPUTERS)) for pin in all_pins]
    print(_table([heading, *lines]))
    without = sorted({f"{pin.name} on {name}" for (pin, name), said in cells.items() if "NO" in said})
    print(
        json.dumps(
            {"packages": len(all_pins), "computers": len(COMPUTERS), "pythons": list(PYTHONS), "missing": without}
        )
    )
    return 1 if without else 0


if __name__ == "__main__":
    sys.exit(main())
