"""The demonstration's throw-away office: made anew, with a credential and permission for every practice portal."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from flows.questions import Flow
from ledger import permissions
from ledger.permissions import Basis, Grant, Status
from portalwright.demo.claims_check import Truth
from portalwright.office import Desk, Office, OfficeExists, utc_now
from portalwright.settings import (
    DEFAULT_CREDENTIAL,
    SETTINGS_FILE,
    KeyKind,
    KeySettings,
    PortalSettings,
    PracticeSettings,
    settings_text,
)
from sandbox.process import PracticePortal
from vault.secret import Secret

ACCOUNT = "demo"

_MARK = ".demo-office"
"""Stands in a throw-away office, so that no other folder is ever wiped."""


_VERIFIED = """# The practice payers' own limits for appeals, as the demonstration knows them.
[[verified]]
rule = "medicaid-appeal-90"
portal = "practice-medicaid"
on = 2026-01-01
by = "demo"
"""


def wipe(folder: Path) -> None:
    """Remove an earlier demonstration's office. Raises OfficeExists for a folder that is anything else."""
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).is_file():
        raise OfficeExists(
            f"{folder} is not an office of the demonstration; it was left as it is. Name another folder with --office."
        )
    shutil.rmtree(folder, ignore_errors=True)


def make_office(folder: Path, practice: Truth, addresses: Mapping[str, str]) -> Office:
    """A new office of this practice, which knows these portals by their names and addresses."""
    folder.mkdir(parents=True, mode=0o700)
    (folder / _MARK).touch()
    about = PracticeSettings(
        name=practice["name"],
        tin=practice["tin"],
        npis=tuple(provider["npi"] for provider in practice["providers"]),
    )
    # A real office keeps its key elsewhere; this one is thrown away with it.
    key = KeySettings(provider=KeyKind.KEY_FILE, file=Path("demo.key"))
    portals = {name: PortalSettings(address=address) for name, address in addresses.items()}
    office = Office.create(folder, settings_text(about, key, portals))
    (folder / "deadlines.toml").write_text(_VERIFIED, encoding="utf-8")
    office.set_up(ACCOUNT, no_passphrase)
    return office


def no_passphrase() -> Secret[str]:
    """What is asked for a passphrase that nobody needs."""
    raise AssertionError(f"the demonstration's office has a key file ({SETTINGS_FILE})")


def admit(desk: Desk, portal: PracticePortal) -> None:
    """Put the portal's credential into the vault, and the portal into the permission register, for every job."""
    desk.vault.add_credential(
        portal.name,
        DEFAULT_CREDENTIAL,
        Secret(portal.user_name),
        Secret(portal.password),
        owner=ACCOUNT,
        totp_seed=Secret(portal.totp_seed),
        security_answers={question: Secret(answer) for question, answer in portal.security_answers.items()},
    )
    for flow in Flow:
        permit_practice_portal(desk, portal.name, flow)


def permit_practice_portal(desk: Desk, portal: str, flow: Flow = Flow.CLAIM_STATUS) -> None:
    """Enter a practice portal into the office's permission register, as the office's own test system."""
    now = utc_now()
    permissions.grant(
        Grant(
            portal=portal,
            flow=flow,
            status=Status.SIMULATOR_ONLY,
            basis=Basis.OWN_TEST_SYSTEM,
            document="the practice portal of this program",
            granted_to=desk.practice.name,
            bot_identity="portalwright",
            valid_from=now.date(),
        ),
        desk.actor,
        now,
    )
