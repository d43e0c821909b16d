"""What is installed with the program is pinned by hash, has a licence that we allow, and is listed whole."""

import importlib.metadata
import json
import re
import tomllib
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.packaging.bill_of_materials import LICENCES, bill_of_materials, licences, main
from tests.packaging.pinned import DEVELOP, ROOT, RUNTIME, Pin, pins
from tests.packaging.wheels import COMPUTERS, PYTHONS

RUNTIME_PINS = pins(RUNTIME)
ALLOWED: dict[str, str] = tomllib.loads(LICENCES.read_text(encoding="utf-8"))["allowed"]
# What a package of the older kind says of itself, and what that may be in SPDX.
CLASSIFIERS = {
    "MIT License": {"MIT"},
    "BSD License": {"BSD-2-Clause", "BSD-3-Clause", "ISC"},
    "Apache Software License": {"Apache-2.0"},
    "Mozilla Public License 2.0 (MPL 2.0)": {"MPL-2.0"},
    "ISC License (ISCL)": {"ISC"},
}


def names(expression: str) -> set[str]:
    """The licences in an SPDX expression."""
    return set(re.split(r"\s+(?:AND|OR)\s+|[()]", expression)) - {""}


@pytest.mark.parametrize("file", [RUNTIME, DEVELOP], ids=lambda file: file.name)
def test_every_package_is_pinned_with_hashes_and_no_registry_is_named(file: Path) -> None:
    assert len(pins(file)) == len(re.findall(r"^[A-Za-z0-9]", file.read_text(encoding="utf-8"), re.MULTILINE))
    assert [pin.name for pin in pins(file) if not pin.hashes] == []
    assert all(re.fullmatch(r"[0-9a-f]{64}", one) for pin in pins(file) for one in pin.hashes)
    assert re.findall(r"://|--index|--find-links|--extra-index", file.read_text(encoding="utf-8")) == []
    assert "--require-hashes" in (ROOT / "scripts" / "environment").read_text(encoding="utf-8")


def test_everything_that_the_program_asks_for_is_pinned_within_its_bounds() -> None:
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    pinned = {pin.name: pin.version for pin in RUNTIME_PINS}
    for one in map(Requirement, asked):
        assert one.specifier.contains(pinned[canonicalize_name(one.name)]), one.name


def test_what_is_tested_is_what_is_installed() -> None:
    develop = {(pin.name, pin.version, str(pin.requirement.marker)) for pin in pins(DEVELOP)}
    assert {(pin.name, pin.version) for pin in RUNTIME_PINS} <= {(name, version) for name, version, _ in develop}


def test_every_package_has_its_licence_written_down_and_none_that_is_gone() -> None:
    assert sorted(licences()) == sorted({pin.name for pin in RUNTIME_PINS})


@pytest.mark.parametrize("name", sorted(licences()))
def test_a_licence_is_on_the_list_of_those_we_allow(name: str) -> None:
    assert names(licences()[name]) <= set(ALLOWED)


def test_no_licence_is_allowed_without_a_reason_or_for_nothing() -> None:
    assert all(ALLOWED.values())
    assert set(ALLOWED) == {one for expression in licences().values() for one in names(expression)}


def test_a_strong_copyleft_would_be_refused() -> None:
    assert not names("GPL-3.0-or-later OR (MIT AND AGPL-3.0-only)") <= set(ALLOWED)
    assert names("GPL-3.0-or-later OR (MIT AND AGPL-3.0-only)") == {"GPL-3.0-or-later", "MIT", "AGPL-3.0-only"}


def installed(pin: Pin) -> importlib.metadata.PackageMetadata | None:
    try:
        return importlib.metadata.metadata(pin.name)
    except importlib.metadata.PackageNotFoundError:
        return None


def test_a_licence_is_what_the_package_says_of_itself() -> None:
    seen = 0
    for pin in RUNTIME_PINS:
        metadata = installed(pin)
        if metadata is None:  # wanted on another system or Python alone
            continue
        written = licences()[pin.name]
        expression = "".join(metadata.get_all("License-Expression") or [])
        told = [
            one.rpartition(" :: ")[2] for one in metadata.get_all("Classifier") or [] if one.startswith("License ::")
        ]
        if expression:
            assert written == expression, pin.name
        for one in told:
            assert names(written) & CLASSIFIERS[one], pin.name
        seen += bool(expression or told)
    assert seen > len(RUNTIME_PINS) * 0.8


def test_the_bill_is_valid_whole_and_the_same_each_time(tmp_path: Path) -> None:
    main([str(tmp_path / "build" / "bill.json")])
    text = (tmp_path / "build" / "bill.json").read_text(encoding="utf-8")
    assert text == bill_of_materials()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    spoilt = text.replace('"library"', '"no such kind"', 1)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(spoilt) is not None
    bill = json.loads(text)
    listed = {(one["name"], one["version"]): one for one in bill["components"]}
    assert set(listed) == {(pin.name, pin.version) for pin in RUNTIME_PINS}
    for pin in RUNTIME_PINS:
        one = listed[pin.name, pin.version]
        assert {part["content"] for part in one["hashes"]} == set(pin.hashes)
        assert one["licenses"] == [{"expression": licences()[pin.name]}]
    below = {one["ref"]: set(one.get("dependsOn", ())) for one in bill["dependencies"]}
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    direct = {ref.partition("==")[0] for ref in below["portalwright"]}
    assert {canonicalize_name(Requirement(one).name) for one in asked} <= direct
    reached: set[str] = set()
    at = ["portalwright"]
    while at:
        for ref in below[at.pop()] - reached:
            reached.add(ref)
            at.append(ref)
    assert len(reached) == len(RUNTIME_PINS)


def test_every_computer_is_asked_for_what_it_wants_itself() -> None:
    wanted = {
        (computer.sys_platform, python): {
            pin.name for pin in RUNTIME_PINS if pin.is_wanted(computer.environment(python))
        }
        for computer in COMPUTERS
        for python in PYTHONS
    }
    assert {system for system, _ in wanted} == {"linux", "darwin", "win32"}
    assert PYTHONS == ("3.11", "3.12", "3.13")
    assert "pywin32-ctypes" in wanted["win32", "3.11"]
    assert "pywin32-ctypes" not in wanted["linux", "3.11"]
    assert "secretstorage" in wanted["linux", "3.13"]
    assert "importlib-metadata" in wanted["darwin", "3.11"]
    assert "importlib-metadata" not in wanted["darwin", "3.12"]
