"""Holders, a new key, a new password and a move, at the command line: in sentences, and never with a secret in them."""

import sys
from pathlib import Path

from portalwright.exit_codes import ExitCode
from tests.portalwright.conftest import PRACTICE, CommandLine

WORDS = "correct horse canary staple battery"


def test_a_key_is_added_rotated_used_and_taken_away(portalwright: CommandLine, office: Path, tmp_path: Path) -> None:
    sealed = portalwright(
        "vault", "add", "practice-national", "--office", office, "--from-stdin", stdin="user-canary\npw-canary-1\n\n"
    )
    assert sealed.code == 0, sealed.err
    added = portalwright(
        "vault", "holders", "add", "dana", "--key", "passphrase", "--office", office, stdin=f"{WORDS}\n"
    )
    assert (added.code, 'provider = "passphrase"' in added.out) == (0, True), added.err
    rotated = portalwright("vault", "rotate-key", "--office", office)
    assert (rotated.code, "has a new key" in rotated.out) == (0, True), rotated.err
    moved = tmp_path / "moved.sealed"
    exported = portalwright("vault", "export", moved, "--office", office, stdin=f"{WORDS}\n")
    assert (exported.code, "1 sign-ins are sealed" in exported.out) == (0, True), exported.err
    there = portalwright("vault", "import", moved, "--office", office, stdin=f"{WORDS}\n")
    assert (there.code, "--replace" in there.err) == (ExitCode.VAULT, True)
    changed = portalwright("vault", "rotate-secret", "practice-national", "--office", office, stdin="pw-canary-2\n")
    assert (changed.code, "version 2" in changed.out) == (0, True), changed.err
    ours = portalwright("vault", "holders", "remove", "office", "--office", office)
    assert ours.code == ExitCode.USAGE
    assert portalwright("vault", "holders", "remove", "dana", "--office", office).code == 0
    listed = portalwright("vault", "holders", "list", "--office", office)
    assert "key file" in listed.out
    assert "dana" not in listed.out
    assert portalwright("audit", "verify", "--office", office).code == 0
    everything = "".join(one.out + one.err for one in (added, rotated, exported, there, changed))
    assert WORDS not in everything
    assert "canary" not in everything


def test_an_office_is_opened_by_what_a_command_prints(portalwright: CommandLine, tmp_path: Path) -> None:
    folder, key = tmp_path / "office", tmp_path / "key.txt"
    key.write_text(f"{bytes(range(32)).hex()}\n")
    words = f"{sys.executable} -S -c \"print(open('{key}').read())\""
    made = portalwright("init", folder, *PRACTICE, "--key", "command", "--key-command", words)
    assert made.code == 0, made.err
    assert portalwright("vault", "check", "--office", folder).code == 0
    key.write_text("too short\n")
    refused = portalwright("vault", "check", "--office", folder)
    assert (refused.code, "32 bytes" in refused.err) == (ExitCode.VAULT, True)
    assert "too short" not in refused.err
