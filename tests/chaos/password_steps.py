"""The steps of a password's change at which a session of the chaos dies, and how it is made to die there."""

import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any

from ledger import password_changes
from ledger.lanes import Lease
from ledger.presses import PressKind
from tests.soak.plug import place, pull, pull_after, pull_before

RANDOM = "at any instant"
LATE_SECONDS = 0.15


class Once(Enum):
    """From when on the call is the one that is meant."""

    AT_ONCE = "at once"
    CHANGED = "the change was committed"
    PROVING = "the sign-in that proves the new password was committed"


@dataclass(frozen=True)
class Step:
    """A step of the change: the function with whose call it is reached. `late`: a few moments after the call began."""

    at: str
    before: bool = False
    late: bool = False
    once: Once = Once.AT_ONCE


STEPS: Mapping[str, Step] = MappingProxyType(
    {
        "new password about to be sealed": Step("vault.pending_password:PendingPasswords.seal", before=True),
        "new password sealed": Step("vault.pending_password:PendingPasswords.seal"),
        "new password typed": Step("bots.door.changing:ready", before=True),
        "press about to be committed": Step("bots.held_button:HeldButton.ready"),
        "press committed": Step("bots.held_button:HeldButton.press_once", before=True),
        "while it is pressed": Step("bots.held_button:HeldButton.press_once", late=True),
        "pressed": Step("bots.held_button:HeldButton.press_once"),
        "answer read": Step("bots.press_guard:PressGuard.wait_for_proof"),
        "signed out after the change": Step("bots.doorway:Doorway.leave", once=Once.CHANGED),
        "proof committed": Step("ledger.presses:begin", once=Once.PROVING),
        "while it is proved": Step("bots.engine:PageEngine.press", late=True, once=Once.PROVING),
        "proof pressed": Step("bots.engine:PageEngine.press", once=Once.PROVING),
        "proved in the journal": Step("vault.pending_password:PendingPasswords.promote", before=True),
        "promoted": Step("vault.pending_password:PendingPasswords.promote"),
        "change settled": Step("bots.door.passwords:Passwords.proved", once=Once.PROVING),
        RANDOM: Step("bots.doorway:Doorway.sign_in", late=True),
    }
)
"""In the order in which a change comes to them. All but the last are aimed at by name."""

NAMED = tuple(name for name in STEPS if name != RANDOM)


def die_at(name: str, seconds: float, seed: int) -> None:
    """From now on this process ends when it comes to that step; `seconds`: how late a late one may be."""
    step, journal = STEPS[name], _Journal()
    moment = random.Random(seed).uniform(0.0, seconds)

    def now(*_: Any, **__: Any) -> bool:
        return step.once in journal.seen

    def late(*arguments: Any, **more: Any) -> bool:
        if now(*arguments, **more):
            threading.Timer(moment, pull).start()
        return False

    # First, so that a press which was committed is noted when the step looks at it.
    journal.watch()
    owner, function = place(step.at)
    if step.late or step.before:
        pull_before(owner, function, late if step.late else now)
    else:
        pull_after(owner, function, now)


class _Journal:
    """What this process has committed so far."""

    def __init__(self) -> None:
        self.seen = {Once.AT_ONCE}

    def watch(self) -> None:
        """Note the presses from now on."""
        import ledger.presses

        begin = ledger.presses.begin

        def begun(lease: Lease, version: int, kind: PressKind, *arguments: Any, **more: Any) -> int:
            press = begin(lease, version, kind, *arguments, **more)
            if kind is PressKind.CHANGE:
                self.seen.add(Once.CHANGED)
            elif kind is PressKind.PASSWORD and _unproved(lease, version):
                self.seen.add(Once.PROVING)
            return press

        ledger.presses.begin = begun  # type: ignore[assignment] # passes on what it is given


def _unproved(lease: Lease, version: int) -> bool:
    """Is this the version of a new password of which nobody knows yet whether the portal took it?"""
    change = password_changes.of_version(lease.actor.practice_id, lease.portal, lease.alias, version)
    return change is not None and change.took is None
