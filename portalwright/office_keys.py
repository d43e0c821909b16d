"""Where a new office's key file is put, and what office.toml says about the key."""

import re
import secrets
import sys
from os import environ
from pathlib import Path

from portalwright.settings import KeyKind, KeySettings


def default_key_file(folder: Path) -> Path:
    """A place for a new key outside the office folder, so that a copy of the folder alone opens nothing."""
    if sys.platform == "win32":
        root = Path(environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    else:
        root = Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    name = re.sub(r"[^A-Za-z0-9_-]", "-", folder.resolve().name) or "office"
    return root / "portalwright" / "keys" / f"{name}-{secrets.token_hex(4)}.key"


def key_settings(key_file: Path | None, *, passphrase: bool, folder: Path) -> KeySettings:
    """The key's settings for a new office."""
    if passphrase:
        return KeySettings(provider=KeyKind.PASSPHRASE)
    chosen = default_key_file(folder) if key_file is None else Path.cwd() / key_file.expanduser()
    inside = chosen.is_relative_to(folder.resolve())
    return KeySettings(provider=KeyKind.KEY_FILE, file=chosen.relative_to(folder.resolve()) if inside else chosen)
