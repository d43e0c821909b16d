"""Authenticator apps: making a seed, sealing it for one account, and telling which half minute a code belongs to."""

import base64
import secrets
from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote, urlencode

from django.contrib.sessions.backends.base import SessionBase

from ledger.second_factors import SealedSeed
from vault.sealed import Sealer
from vault.secret import Secret
from vault.totp import Totp

_SEED_BYTES = 20
"""RFC 4226, section 4: the length of the hash, 160 bits."""
_PENDING = "pending-authenticator"
ISSUER = "portalwright"
"""Under which the app lists the account."""


def step_of(seed: SealedSeed, sealer: Sealer, typed: str, now: datetime) -> int | None:
    """The step to which the code that was typed belongs: this one, the one before or the one after; else None.

    A phone's clock may be off by as much, and people are slow (RFC 6238, section 5.2).
    """
    digits = "".join(typed.split())
    if not (digits.isascii() and digits.isdigit()):
        return None
    totp, given = Totp(_opened(seed, sealer)), Secret(digits)
    current = totp.step_of(now)
    fits = [step for step in (current, current - 1, current + 1) if totp.code_of(step) == given]
    return fits[0] if fits else None


def code_reader(sealer: Sealer, typed: str, now: datetime) -> Callable[[SealedSeed], int | None]:
    """The same for a seed that the ledger gives later."""
    return lambda seed: step_of(seed, sealer, typed, now)


def pending_seed(session: SessionBase, sealer: Sealer, account_id: int) -> SealedSeed:
    """The seed that this session is setting up; made, and kept in it sealed, where there is none.

    The one that the account has goes on counting until the new one is confirmed.
    """
    kept = session.get(_PENDING)
    if kept is not None:
        return SealedSeed(account_id, base64.b64decode(kept[0]), base64.b64decode(kept[1]))
    wrapped = sealer.new_item_key()
    seed = SealedSeed(account_id, wrapped, sealer.seal(wrapped, secrets.token_bytes(_SEED_BYTES), _label(account_id)))
    session[_PENDING] = [base64.b64encode(seed.wrapped_key).decode(), base64.b64encode(seed.sealed).decode()]
    return seed


def forget_pending(session: SessionBase) -> None:
    """It is confirmed: it is never shown again."""
    session.pop(_PENDING, None)


def letters(seed: SealedSeed, sealer: Sealer) -> str:
    """The seed for typing into an app: base32 in groups of four."""
    plain = base64.b32encode(_opened(seed, sealer).reveal()).decode().rstrip("=")
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def address(seed: SealedSeed, sealer: Sealer, name: str) -> str:
    """The seed as an otpauth address, which apps and password managers take."""
    plain = base64.b32encode(_opened(seed, sealer).reveal()).decode().rstrip("=")
    return f"otpauth://totp/{ISSUER}:{quote(name)}?{urlencode({'secret': plain, 'issuer': ISSUER})}"


def _opened(seed: SealedSeed, sealer: Sealer) -> Secret[bytes]:
    return Secret(sealer.open(seed.wrapped_key, seed.sealed, _label(seed.account_id)))


def _label(account_id: int) -> str:
    """A seed that was put into another account's row does not open."""
    return f"authenticator of account {account_id}"
