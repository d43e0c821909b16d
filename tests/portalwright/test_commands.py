"""An office starts as the README says, act by act, and none of it leaves a secret or a patient in the clear."""

import csv
import json
from pathlib import Path

from portalwright.exit_codes import ExitCode
from tests.portalwright.conftest import CommandLine

SECRETS = ("user-canary-7f", "pw-canary-7f", "JBSWY3DPEHPK3PXP")
PATIENT = {"member_id": "QZXCANARY0200300", "last_name": "Ocanarylast", "first_name": "Zephyrinecanary"}
ROW = {
    "practice_tin": "123456789",
    "billing_npi": "1234567893",
    "portal": "practice-national",
    **PATIENT,
    "birth_date": "1961-02-28",
    "patient_account_number": "ACCTCANARY1",
    "payer_claim_number": "",
    "service_from": "2025-09-01",
    "service_to": "2025-09-01",
    "billed": "1234.50",
    "first_procedure": "99213",
}


def work_list(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(ROW))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_an_office_starts_act_by_act_and_leaves_nothing_in_the_clear(
    portalwright: CommandLine, office: Path, tmp_path: Path
) -> None:
    said = ""

    def act(*arguments: str | Path, code: int = 0, stdin: str = "") -> str:
        nonlocal said
        done = portalwright(*arguments, "--office", office, stdin=stdin)
        assert done.code == code, done.err
        said += done.out + done.err
        return done.out

    assert "holds no credential" in act("vault", "list")
    sealed = act("vault", "add", "practice-national", "--from-stdin", stdin="\n".join(SECRETS) + "\n")
    assert "version 1, with one-time codes" in sealed
    assert "version 2, without" in act(
        "vault", "add", "practice-national", "--from-stdin", stdin="\n".join(SECRETS[:2]) + "\n"
    )
    assert "practice-national\tmain\t2\tno\tdana" in act("vault", "list")
    assert "1 credentials" in act("vault", "check")

    assert "nothing is allowed" in act("permit")
    act(
        "permit", "practice-national", "--status", "simulator-only", "--basis", "own test system",
        "--document", "our own",
    )  # fmt: skip
    assert "simulator-only\town test system\tour own" in act("permit")

    rows = work_list(tmp_path / "work.csv", ROW, ROW | {"patient_account_number": "ACCTCANARY2", "billed": "12,34"})
    imported = portalwright("import", "claims", rows, "--office", office)
    assert imported.code == ExitCode.NEEDS_PERSON
    assert imported.out == "1 new, 0 changed, 0 as before, 1 left out.\n"
    assert imported.err == "row 3, billed: is not an amount in dollars, such as 1234.56\n"
    assert act("import", "claims", work_list(rows, ROW)) == "0 new, 0 changed, 1 as before, 0 left out.\n"

    (standing,) = json.loads(act("status", "--portal", "practice-national", "--json"))
    assert (standing["ready"], standing["permission"], standing["sign_in"]) == (1, "own test system", "ready")
    assert act("answers") == "There is no such answer yet.\n"
    assert act("cases") == act("cases", "list") == "No case is open.\n"
    assert "whole" in act("audit", "verify")
    assert "is removed" in act("vault", "remove", "practice-national")

    searched = [path for path in office.rglob("*") if path.is_file()]
    assert len(searched) > 5
    for canary in (*SECRETS, *PATIENT.values(), "ACCTCANARY1", "1961-02-28"):
        assert canary not in said + imported.out + imported.err
        for path in searched:
            assert canary.encode() not in path.read_bytes(), path


def test_a_claim_with_other_contents_in_the_same_list_is_told_by_its_row(
    portalwright: CommandLine, office: Path, tmp_path: Path
) -> None:
    rows = work_list(tmp_path / "work.csv", ROW | {"billed": "x"}, ROW, ROW | {"billed": "7.00"})
    imported = portalwright("import", "claims", rows, "--office", office)
    assert [line.partition(",")[0] for line in imported.err.splitlines()] == ["row 2", "row 4"]
    assert imported.out.startswith("1 new")


def test_a_wrong_heading_imports_nothing(portalwright: CommandLine, office: Path, tmp_path: Path) -> None:
    file = tmp_path / "work.csv"
    file.write_text("patient,dob\r\nOcanarylast,1961-02-28\r\n")
    told = portalwright("import", "claims", file, "--office", office)
    assert told.code == ExitCode.OFFICE
    assert "lacks portal, member_id" in told.err
    assert "canary" not in told.err
    assert portalwright("import", "claims", tmp_path / "none.csv", "--office", office).code == ExitCode.OFFICE


def test_nothing_is_recorded_for_a_portal_that_is_not_known(portalwright: CommandLine, office: Path) -> None:
    for command in (
        ("vault", "add", "elsewhere", "--from-stdin"),
        ("permit", "elsewhere", "--status", "prohibited"),
        ("run", "elsewhere"),
    ):
        told = portalwright(*command, "--office", office, stdin="a\nb\n")
        assert told.code == ExitCode.OFFICE, told.err
        assert "no pack for a portal of this name" in told.err


def test_a_permission_without_its_document_is_not_recorded(portalwright: CommandLine, office: Path) -> None:
    command = ("permit", "practice-national", "--status", "permitted", "--basis", "written permission")
    told = portalwright(*command, "--office", office)
    assert told.code == ExitCode.LEDGER
    assert "basis and the document" in told.err


def test_a_sign_in_that_was_never_used_cannot_be_released(portalwright: CommandLine, office: Path) -> None:
    told = portalwright("vault", "release", "practice-national", "--reason", "signed in by hand", "--office", office)
    assert told.code == ExitCode.LEDGER


def test_empty_secrets_seal_nothing(portalwright: CommandLine, office: Path) -> None:
    told = portalwright("vault", "add", "practice-national", "--office", office, "--from-stdin", stdin="user\n\n\n")
    assert told.code == ExitCode.VAULT
    assert "No password was given" in told.err
    assert "holds no credential" in portalwright("vault", "list", "--office", office).out


def test_every_act_names_its_account(portalwright: CommandLine, office: Path) -> None:
    secrets = "user\npassword\n\n"
    portalwright(
        "vault", "add", "practice-national", "--office", office, "--from-stdin", "--account", "lee", stdin=secrets
    )
    assert "\tlee\t" in portalwright("vault", "list", "--office", office).out


def test_packs_are_listed_and_checked_without_an_office(portalwright: CommandLine) -> None:
    assert "practice-national\t" in portalwright("selectors", "list").out
    checked = portalwright("selectors", "check", "practice-national")
    assert (checked.code, "no contradictions" in checked.out) == (0, True)
    assert json.loads(portalwright("selectors", "schema").out)["type"] == "object"
    assert portalwright("selectors", "check", "elsewhere").code == ExitCode.OFFICE


def test_a_broken_pack_of_the_office_is_told_by_file_line_and_key(portalwright: CommandLine, office: Path) -> None:
    pack = office / "selectors" / "my-payer" / "portal.yaml"
    pack.parent.mkdir()
    pack.write_text("portal: my-payer\nttile: My payer\n")
    told = portalwright("selectors", "check", "my-payer", "--office", office)
    assert told.code == ExitCode.OFFICE
    assert f"{pack}, line 2, ttile" in told.err
    assert "my-payer\tcannot be used" in portalwright("selectors", "list", "--office", office).out


def test_the_browser_that_is_named_is_the_one_that_is_tried(
    portalwright: CommandLine, office: Path, tmp_path: Path
) -> None:
    no_browser = tmp_path / "chromium"
    no_browser.write_text("")
    assert portalwright("browser", "--path", no_browser).code == ExitCode.NO_BROWSER
    with (office / "office.toml").open("a") as settings:
        settings.write(f'[browser]\npath = "{no_browser}"\n')
    assert portalwright("browser", "--office", office).code == ExitCode.NO_BROWSER
