"""A one-time password on its way from the page that made it to the page that shows it, once."""

import base64
import secrets

from django.contrib.sessions.backends.base import SessionBase

from vault.sealed import Sealer
from vault.secret import Secret

_KEPT = "one-time-password"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look like others: it is read aloud or copied from paper."""
_GROUPS, _GROUP = 4, 5
"""About 99 bits."""


def new_password() -> Secret[str]:
    """A password that nobody can guess and somebody can type."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return Secret("-".join(groups))


def keep(session: SessionBase, password: Secret[str], account_id: int, sealer: Sealer) -> None:
    """For the next look at this account's page in this session, sealed meanwhile."""
    wrapped = sealer.new_item_key()
    sealed = sealer.seal(wrapped, password.reveal().encode(), _label(account_id))
    session[_KEPT] = [account_id, base64.b64encode(wrapped).decode(), base64.b64encode(sealed).decode()]


def take(session: SessionBase, account_id: int, sealer: Sealer) -> str:
    """The password that waits for this account's page, which is gone then; empty where none waits."""
    kept = session.get(_KEPT)
    if kept is None or kept[0] != account_id:
        return ""
    del session[_KEPT]
    return sealer.open(base64.b64decode(kept[1]), base64.b64decode(kept[2]), _label(account_id)).decode()


def _label(account_id: int) -> str:
    return f"one-time password of account {account_id}"
