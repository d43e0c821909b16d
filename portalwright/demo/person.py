"""The person of the demonstration: does at a practice portal's door what is always a person's there."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from bots.door.code_on_its_way import sealed
from flows.outcomes import Code
from ledger import cases, codes, terms
from ledger.start import close_connection
from portalwright.office import Desk, utc_now
from portalwright.settings import DEFAULT_CREDENTIAL
from sandbox.process import PracticePortal
from vault.secret import Secret

_LOOKS_EVERY = 1.0
_JUST_SENT = timedelta(minutes=2)


class Person:
    """Somebody in the office who reads one portal's mail and may accept its terms."""

    def __init__(self, desk: Desk, portal: PracticePortal) -> None:
        self._desk = desk
        self._portal = portal
        self._read: set[str] = set()

    @contextmanager
    def reading_the_mail(self) -> Iterator[None]:
        """Meanwhile the person reads the portal's mail, and hands each code over to the run that waits for it."""
        over = threading.Event()
        reader = threading.Thread(target=self._read_until, args=(over,), daemon=True)
        reader.start()
        try:
            yield
        finally:
            over.set()
            reader.join()

    def accept_terms(self) -> bool:
        """Accept the portal's terms of use where a run ended because of them. True when something was accepted."""
        portal, actor = self._portal.name, self._desk.actor
        if not any(case.code is Code.ACC_TERMS for case in cases.list_open(actor.practice_id, portal)):
            return False
        text = terms.waiting(portal, actor.practice_id)
        if text is None:
            return False
        terms.accept(portal, text.sha256, "Demo Person", actor, utc_now())
        return True

    def _read_until(self, over: threading.Event) -> None:
        try:
            while not over.wait(_LOOKS_EVERY):
                self.hand_over()
        finally:
            close_connection()

    def hand_over(self) -> bool:
        """Hand the code of the newest mail over to the run that waits for it, unless an earlier run had it.

        True when one was handed over.
        """
        wanted = codes.waiting(self._desk.practice.id, self._portal.name, DEFAULT_CREDENTIAL, utc_now())
        if wanted is None:
            return False
        mails = {mail["sent_at"]: mail["code"] for mail in self._portal.mailbox()}
        new = [
            at for at in mails if at not in self._read and datetime.fromisoformat(at) > wanted.wanted_at - _JUST_SENT
        ]
        if not new:
            return False
        self._read.update(mails)
        code = sealed(self._desk.vault.sealer(), wanted, Secret(mails[max(new)]))
        codes.give(wanted, code, self._desk.actor, utc_now())
        return True
