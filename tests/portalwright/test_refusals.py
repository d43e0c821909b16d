"""Every refusal of a room reaches the person as its own sentence and the shell as a code; nothing else is quoted."""

import errno
import inspect
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

import ledger.errors
import vault.errors
from ledger.errors import LaneBusy, LedgerDiskFull, LedgerError, NotPermitted, PortalStopped, VaultOlder
from portalwright.cli.refusals import told
from portalwright.exit_codes import ExitCode
from vault.errors import VaultError

CANARY = "Zephyrine Ocanary"


def refusals() -> Iterator[type[Exception]]:
    for room, base in ((ledger.errors, LedgerError), (vault.errors, VaultError)):
        for _, kind in inspect.getmembers(room, inspect.isclass):
            if issubclass(kind, base):
                yield kind


@pytest.mark.parametrize("kind", list(refusals()), ids=lambda kind: kind.__name__)
def test_every_refusal_of_ledger_and_vault_has_a_code_of_its_own_kind(kind: type[Exception]) -> None:
    error = kind.__new__(kind)
    code, _ = told(error) if not issubclass(kind, VaultError) else told(kind("a", "b", "c"))
    assert code not in (ExitCode.FINE, ExitCode.DEFECT, ExitCode.USAGE)


def test_the_codes_that_scripts_act_on() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert told(NotPermitted("No."))[0] is ExitCode.NOT_PERMITTED
    assert told(PortalStopped("portal", "p", "", 7))[0] is ExitCode.STOPPED
    assert told(LaneBusy(now, "host:1"))[0] is ExitCode.LATER
    assert told(VaultOlder(3, 2))[0] is ExitCode.VAULT
    assert told(PermissionError(13, "Permission denied", "/somewhere"))[0] is ExitCode.OFFICE


@pytest.mark.parametrize("full", [OSError(errno.ENOSPC, CANARY), OSError(errno.EDQUOT, CANARY), LedgerDiskFull()])
def test_a_full_disk_is_one_code_wherever_it_was_met(full: Exception) -> None:
    code, sentences = told(full)
    assert code is ExitCode.OFFICE
    assert "no room left on the disk" in sentences
    assert CANARY not in sentences


@pytest.mark.parametrize("kind", [ValueError, KeyError, RuntimeError, OSError, LookupError])
def test_our_own_mistake_is_told_without_its_words(kind: type[Exception]) -> None:
    try:
        raise kind(CANARY)
    except kind as error:
        code, sentences = told(error)
    assert code is ExitCode.DEFECT
    assert CANARY not in sentences
    assert kind.__name__ in sentences


def test_a_slip_in_looking_something_up_is_not_taken_for_a_missing_pack() -> None:
    from packs.load import load_pack

    try:
        load_pack("elsewhere", None)
    except LookupError as missing:
        assert told(missing)[0] is ExitCode.OFFICE
        assert "no pack" in told(missing)[1]
