"""The packs' commands: what counts is shown with where it is from, and an office's mistakes are told."""

import json
from pathlib import Path

from portalwright.exit_codes import ExitCode
from tests.portalwright.conftest import CommandLine

OVERLAY = 'maps:\n  status:\n    - {text: "Referred for review", code: P2}\n'


def overlay(office: Path, text: str, portal: str = "practice-national") -> Path:
    file = office / "selectors" / portal / "overlay.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_a_pack_is_shown_as_it_counts_with_what_the_office_says_otherwise(
    portalwright: CommandLine, office: Path
) -> None:
    file = overlay(office, OVERLAY)
    shown = portalwright("selectors", "show", "practice-national", "--office", office).out
    assert f'    # from {file}, line 3\n    - {{text: "Referred for review", code: P2}}\n' in shown
    assert "practice-national\t" in portalwright("selectors", "list", "--office", office).out
    assert "version 3+office." in portalwright("selectors", "check", "practice-national", "--office", office).out
    assert "+office." not in portalwright("selectors", "show", "practice-national").out


def test_what_an_overlay_may_not_say_stops_the_check(portalwright: CommandLine, office: Path) -> None:
    file = overlay(office, "flows:\n  claim-status: write\n")
    told = portalwright("selectors", "check", "--office", office)
    assert told.code == ExitCode.OFFICE
    assert f"{file}, line 1, flows: not in an overlay" in told.err


def test_an_overlay_over_no_pack_is_told(portalwright: CommandLine, office: Path) -> None:
    file = overlay(office, OVERLAY, "practice-natoinal")
    told = portalwright("selectors", "check", "--office", office)
    assert told.code == ExitCode.OFFICE
    assert f"{file}, line 1, the pack: there is no pack for 'practice-natoinal'" in told.err


def test_there_is_a_schema_for_packs_and_one_for_layers(portalwright: CommandLine) -> None:
    assert "required" in json.loads(portalwright("selectors", "schema").out)
    assert "required" not in json.loads(portalwright("selectors", "schema", "--layer").out)
