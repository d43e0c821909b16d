"""The pinned packages: name, version, where they are wanted, and the hashes of their files."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
RUNTIME = ROOT / "requirements" / "runtime.txt"
DEVELOP = ROOT / "requirements" / "develop.txt"


@dataclass(frozen=True)
class Pin:
    """One package at one version. `wanted_by` names the packages that ask for it; `hashes` are SHA-256 in hex."""

    name: str
    version: str
    requirement: Requirement
    hashes: tuple[str, ...]
    wanted_by: tuple[str, ...]

    def is_wanted(self, environment: Mapping[str, str]) -> bool:
        """Whether the package is installed on a computer with these marker values (PEP 508)."""
        return self.requirement.marker is None or self.requirement.marker.evaluate(dict(environment))


def pins(file: Path) -> list[Pin]:
    """The pins of a requirement file in its order. ValueError for a line that is not pinned with `==`."""
    found = []
    text = re.sub(r"\\\n\s*", " ", file.read_text(encoding="utf-8"))
    # A package's line, and the comments below it that say who wants it.
    for match in re.finditer(r"^(?P<line>[A-Za-z0-9].*)\n(?P<below>(?:\s+#.*\n?)*)", text, re.MULTILINE):
        wanted, *rest = match["line"].split(" --hash=sha256:")
        requirement = Requirement(wanted.strip())
        versions = [one.version for one in requirement.specifier if one.operator == "=="]
        if len(versions) != 1 or len(requirement.specifier) != 1:
            raise ValueError(f"{requirement.name} is not pinned to one version")
        names = re.sub(r"^\s*#\s*(?:via)?", "", match["below"], flags=re.MULTILINE).split()
        wanted_by = tuple(name for name in names if re.fullmatch(r"[a-z0-9-]+", name))
        found.append(
            Pin(
                canonicalize_name(requirement.name),
                versions[0],
                requirement,
                tuple(one.strip() for one in rest),
                wanted_by,
            )
        )
    return found
