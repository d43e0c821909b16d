"""Where a new office's key is put, what office.toml says about it, and what gives the key then."""

import re
import secrets
import shlex
import sys
from collections.abc import Callable
from os import environ
from pathlib import Path

from portalwright.settings import KeyKind, KeySettings, SettingsWrong
from vault.errors import KeyFileExists, KeyringEntryExists
from vault.key_sources import KeyCommand, Keyring
from vault.keys import KeyFile, KeyProvider, Passphrase
from vault.secret import Secret


def default_key_file(folder: Path) -> Path:
    """A place for a new key outside the office folder, so that a copy of the folder alone opens nothing."""
    if sys.platform == "win32":
        root = Path(environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    else:
        root = Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return root / "portalwright" / "keys" / f"{_name(folder)}.key"


def key_settings(
    folder: Path,
    *,
    kind: KeyKind | None = None,
    key_file: Path | None = None,
    command: str | None = None,
) -> KeySettings:
    """The key's settings for a new office or a new holder; a key file where no kind is named.

    `command` is written as at a shell, but no shell runs it. Raises SettingsWrong where the parts do not fit.
    """
    if kind is None:
        kind = KeyKind.COMMAND if command is not None else KeyKind.KEY_FILE
    if (key_file is not None and kind is not KeyKind.KEY_FILE) or (command is not None) != (kind is KeyKind.COMMAND):
        raise SettingsWrong(
            "A vault's key is a key file (--key-file FILE), a passphrase, an entry of the keyring, or what a command "
            "prints (--key-command WORDS): name one of them, with what belongs to it. Nothing was changed."
        )
    if kind is KeyKind.PASSPHRASE:
        return KeySettings(provider=kind)
    if kind is KeyKind.KEYRING:
        return KeySettings(provider=kind, entry=_name(folder))
    if kind is KeyKind.COMMAND:
        try:
            words = tuple(shlex.split(command or ""))
        except ValueError:
            words = ()
        if not all(words) or not words:
            raise SettingsWrong("The command that gives the key cannot be read: a quote is open, or it is empty.")
        return KeySettings(provider=kind, command=words)
    chosen = default_key_file(folder) if key_file is None else Path.cwd() / key_file.expanduser()
    inside = chosen.is_relative_to(folder.resolve())
    return KeySettings(provider=KeyKind.KEY_FILE, file=chosen.relative_to(folder.resolve()) if inside else chosen)


def key_provider(folder: Path, key: KeySettings, ask_passphrase: Callable[[], Secret[str]]) -> KeyProvider:
    """What gives the key of these settings; a passphrase is asked for only where it is one."""
    if key.file is not None:
        return KeyFile(folder / key.file.expanduser())
    if key.entry is not None:
        return Keyring(key.entry)
    if key.command is not None:
        return KeyCommand(key.command)
    return Passphrase(ask_passphrase())


def make_key(folder: Path, key: KeySettings) -> None:
    """Make the key file or the keyring's entry, unless it is there. Raises VaultError.

    A command's key is made by whoever keeps it, and a passphrase is thought up.
    """
    try:
        if key.file is not None:
            KeyFile.create(folder / key.file.expanduser())
        elif key.entry is not None:
            Keyring.create(key.entry)
    except (KeyFileExists, KeyringEntryExists):
        pass


def _name(folder: Path) -> str:
    """A name for a new key that no other office of this computer has."""
    name = re.sub(r"[^A-Za-z0-9_-]", "-", folder.resolve().name)[:40].strip("-_") or "office"
    return f"{name}-{secrets.token_hex(4)}"
