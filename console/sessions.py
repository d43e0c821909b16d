"""What a session at the desk holds, and when it ends: without an act for a while, after a day's work, or when told so.

Automatic log-off (45 CFR 164.312(a)(2)(iii)) is the server's: however a browser behaves, a session that has ended is
not taken any more. What the pages ask for by themselves is no act.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from django.contrib.sessions.backends.base import SessionBase

from console.request import Who
from console.rights import rights_of
from console.sign_in.needs import SignInRules
from ledger.accounts import Actor
from ledger.console_accounts import Entered, entered, roles_of

_ACCOUNT, _STAMP, _PRACTICE, _BEGAN, _ACTED = "account", "stamp", "practice", "began", "acted"

LONGEST = timedelta(hours=12)
"""However busy somebody is: after this they sign in anew."""

_FINEST = timedelta(minutes=1)
"""An act is written down when the last one that was is older than this, or than a fifteenth of what is allowed."""


class Ended(StrEnum):
    """Why a session is not taken any more, for the sign-in page."""

    IDLE = "idle"
    LONG = "long"
    CHANGED = "changed"
    """The account was shut out, signed out everywhere, or has another password or authenticator now."""


@dataclass(frozen=True)
class Rules:
    """What the office says about signing in, at this instant (UTC)."""

    sign_in: SignInRules
    now: datetime


def begin(session: SessionBase, account: Entered, now: datetime) -> None:
    """A session of this account, under a new key: what was known before signing in opens nothing afterwards."""
    session.flush()
    session.update({_ACCOUNT: account.account_id, _BEGAN: now.timestamp(), _ACTED: now.timestamp()})
    go_on(session, account.stamp)


def go_on(session: SessionBase, stamp: str) -> None:
    """The account has a new stamp now, and this session is the one that goes on."""
    session[_STAMP] = stamp


def choose_practice(session: SessionBase, practice_id: int) -> None:
    """Work for this practice from now on. Whether one may is looked at with each request."""
    session[_PRACTICE] = practice_id


def read(session: SessionBase, rules: Rules) -> Who | Ended | None:
    """Who the session says it is, as the ledger has them now; None where nobody is signed in."""
    account_id = session.get(_ACCOUNT)
    if account_id is None:
        return None
    now = rules.now
    if now - _instant(session.get(_BEGAN)) >= LONGEST:
        return Ended.LONG
    if now - _instant(session.get(_ACTED)) >= rules.sign_in.idle:
        return Ended.IDLE
    found = entered(account_id)
    if found is None or session.get(_STAMP) != found.stamp or not found.practices:
        return Ended.CHANGED
    wanted = session.get(_PRACTICE)
    practice = next((one for one in found.practices if one.id == wanted), found.practices[0])
    roles = roles_of(found.account_id, practice.id)
    actor = Actor(found.account_id, found.name, is_robot=False, practice_id=practice.id)
    first = "own-password" if found.must_change else ""
    if not first and rules.sign_in.second_factor and not found.second_factor:
        first = "own-authenticator"
    return Who(actor, practice, found.practices, roles, rights_of(roles), first)


def acted(session: SessionBase, rules: Rules) -> None:
    """A person has done something: the time without an act begins anew."""
    if rules.now - _instant(session.get(_ACTED)) >= min(_FINEST, rules.sign_in.idle / 15):
        session[_ACTED] = rules.now.timestamp()


def _instant(kept: float | None) -> datetime:
    return datetime.fromtimestamp(kept or 0.0, UTC)
