"""What is ripe is shown, removed once somebody may and has said so, and told; the daily proof finds a broken chain."""

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from flows.retention import Kind
from ledger import audit, audit_reviews, console_accounts, legal_holds, models
from ledger.accounts import ensure_account, ensure_practice
from ledger.audit_proof import prove, remembered_end
from ledger.legal_holds import HeldWhat
from ledger.roles import Role
from portalwright import retention
from portalwright.audit_proof import prove_nightly
from portalwright.office import Desk
from portalwright.settings import RetentionSettings, SettingsWrong, read_settings
from tests.django_settings import ON_POSTGRESQL
from tests.ledger.office import NOW, bring_in
from tests.portalwright.test_settings import GOOD
from tests.portalwright.test_watching_look import opened

LATER = NOW + timedelta(days=20 * 366)


@pytest.fixture
def desk(db: None, tmp_path: Path) -> Iterator[Desk]:
    yield from opened(tmp_path)


@pytest.fixture
def claims(desk: Desk) -> Desk:
    bring_in([1, 2], desk.robot)
    models.WorkItem.objects.update(state="done", due_at=None)
    return desk


def test_what_is_shown_is_what_is_removed_and_old_logs_go_too(claims: Desk) -> None:
    log = claims.office.logs_folder / "portalwright-2026-01-01.jsonl"
    log.parent.mkdir(exist_ok=True, parents=True)
    log.write_text("{}\n")
    os.utime(log, (NOW.timestamp(), NOW.timestamp()))
    shown = retention.ripe(claims, LATER)
    assert (shown[Kind.CLAIMS], shown[Kind.LOGS] >= 1, shown[Kind.AUDIT] > 0) == (2, True, True)
    removed = retention.remove(claims, claims.actor, LATER)
    assert removed[Kind.CLAIMS] == 2
    assert not log.exists()
    assert not models.Claim.objects.exists()
    assert audit.verify().ok


def test_a_hold_of_another_practice_keeps_the_office_s_logs_and_its_audit_log(claims: Desk) -> None:
    log = claims.office.logs_folder / "portalwright-2026-01-01.jsonl"
    log.parent.mkdir(exist_ok=True, parents=True)
    log.write_text("{}\n")
    os.utime(log, (NOW.timestamp(), NOW.timestamp()))
    practice = ensure_practice("Hillside Pediatrics", "987654321", ("1999999984",))
    holder = ensure_account("hilda", is_robot=False, practice=practice, now=NOW)
    legal_holds.place(holder, HeldWhat.PRACTICE, "Asked for by a court", NOW)
    removed = retention.remove(claims, claims.actor, LATER)
    assert (removed[Kind.CLAIMS], removed[Kind.LOGS], removed[Kind.AUDIT]) == (2, 0, 0)
    assert log.exists()


def test_the_worker_only_reports_unless_the_office_wants_it_to_purge(claims: Desk) -> None:
    said: list[str] = []
    retention.retention_nightly([claims], LATER, said.append)
    assert "ripe to be removed" in said[0]
    assert models.Claim.objects.count() == 2
    wants = claims.office.settings.model_copy(update={"retention": RetentionSettings(nightly="purge")})
    object.__setattr__(claims.office, "settings", wants)
    retention.retention_nightly([claims], LATER, said.append)
    assert "removed" in said[1]
    assert not models.Claim.objects.exists()


def test_no_rule_keeps_the_audit_log_for_less_than_six_years(tmp_path: Path) -> None:
    path = tmp_path / "office.toml"
    path.write_text(f"{GOOD}\n[retention.days]\nevidence-pages = 60\naudit-log = 3000\n")
    assert read_settings(path).retention.by_kind()[Kind.PAGES] == 60
    path.write_text(f"{GOOD}\n[retention.days]\naudit-log = 400\n")
    with pytest.raises(SettingsWrong, match=r"164\.316"):
        read_settings(path)


def test_a_log_that_is_whole_is_remembered_and_a_broken_one_is_told_once_a_day(desk: Desk) -> None:
    assert prove_nightly([desk], lambda: NOW).ok
    kept = remembered_end(desk.vault)
    assert kept is not None
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER ledger_audit_never_changed{' ON ledger_auditentry' if ON_POSTGRESQL else ''}")
        cursor.execute("UPDATE ledger_auditentry SET result = 'x' WHERE sequence = 1")
    for _ in range(2):
        assert prove_nightly([desk], lambda: NOW + timedelta(days=1)).first_bad == 1
    assert remembered_end(desk.vault) == kept
    found = audit_reviews.latest_proof(desk.practice.id, NOW + timedelta(days=1))
    assert found is not None
    assert found.state is audit_reviews.ProofState.CHANGED
    assert list(models.Notification.objects.values_list("kind", flat=True)) == ["audit-changed"]
    assert not prove(desk.vault).ok


def test_yes_is_for_an_admin_alone(claims: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    import typer

    from portalwright.cli.purge import _agreed

    with pytest.raises(typer.Exit):
        _agreed(claims, {Kind.CLAIMS: 1}, yes=True)
    console_accounts.give_role(claims.actor.name, Role.ADMIN, claims.actor, NOW)
    _agreed(claims, {Kind.CLAIMS: 1}, yes=True)


def test_the_report_holds_counts_and_rules_and_nobody(claims: Desk, tmp_path: Path) -> None:
    from portalwright.cli.purge import _write

    file = tmp_path / "purge.json"
    _write(file, retention.ripe(claims, LATER), retention.before_when(claims, LATER), LATER, removed=False)
    said = json.loads(file.read_text())
    assert said["kinds"]["closed-claims"]["count"] == 2
    assert "ACCT" not in file.read_text()
