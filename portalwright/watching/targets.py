"""To whom notifications go: addresses of mail servers and webhooks. They hold secrets, and are sealed in the vault."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from vault.secret import Secret
from vault.vault import Vault

_KEPT_AS = "notification-targets"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


class TargetRefused(Exception):
    """A target cannot be kept, or is not there. Its address is never repeated."""


@dataclass(frozen=True)
class Target:
    """One address, under the name that the office gave it."""

    name: str
    address: Secret[str]


def targets(vault: Vault) -> tuple[Target, ...]:
    """All of them, by name."""
    return tuple(Target(name, Secret(address)) for name, address in sorted(_read(vault).items()))


def add(vault: Vault, name: str, address: Secret[str]) -> bool:
    """Seal a target; True when it took the place of one of the same name. Raises TargetRefused for a name not allowed.

    Whether the address can be used is `sending.kind_of`'s to say.
    """
    if not _NAME.fullmatch(name):
        raise TargetRefused("A target's name is up to 40 letters, digits, dots and dashes. Nothing was kept.")
    known = dict(_read(vault))
    replaced = name in known
    known[name] = address.reveal()
    _write(vault, known)
    return replaced


def remove(vault: Vault, name: str) -> None:
    """Forget a target. Raises TargetRefused when there is none of this name."""
    known = dict(_read(vault))
    if known.pop(name, None) is None:
        raise TargetRefused("There is no target of this name. Nothing was changed; see `portalwright notify list`.")
    _write(vault, known)


def _read(vault: Vault) -> Mapping[str, str]:
    kept = vault.kept_secret(_KEPT_AS)
    if kept is None:
        return {}
    known: dict[str, str] = json.loads(kept.reveal())
    return known


def _write(vault: Vault, known: Mapping[str, str]) -> None:
    vault.keep_secret(_KEPT_AS, Secret(json.dumps(known)))
