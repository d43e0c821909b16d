"""The scripted person of the soak: does at a portal's door what is always a person's there, and nothing else.

A code that comes by mail is read from the mailbox and handed over, and terms of use are accepted once. Each is counted.
"""

from collections import Counter
from datetime import datetime, timedelta

from bots.door.code_on_its_way import sealed
from flows.outcomes import Code
from ledger import cases, codes, terms
from tests.bots.night import ALIAS, Night
from vault.secret import Secret


class Person:
    """Looks in whenever somebody waits, and after each run."""

    def __init__(self, office: Night) -> None:
        self._office = office
        self._read_until: datetime | None = None
        self.did: Counter[str] = Counter()

    async def meanwhile(self) -> None:
        """Called after each wait, with the clocks moved: hand over the code that a run waits for, once it is there."""
        office = self._office
        wanted = await office.call(codes.waiting, office.person.practice_id, office.name, ALIAS, office.clock.now())
        if wanted is None:
            return
        mails = {datetime.fromisoformat(mail["sent_at"]): mail["code"] for mail in office.portal.mailbox()}
        # A code that was sent for an earlier sign-in is not the one that is asked for now.
        just_sent = wanted.wanted_at - timedelta(minutes=2)
        since = just_sent if self._read_until is None else max(self._read_until, just_sent)
        new = {sent_at: code for sent_at, code in mails.items() if sent_at > since}
        if not new:
            return
        self._read_until = max(new)
        code = Secret(new[self._read_until])
        given = sealed(office.work.vault.sealer(), wanted, code)
        await office.call(codes.give, wanted, given, office.person, office.clock.now())
        self.did["code handed over"] += 1

    async def after_run(self) -> bool:
        """Accept the terms of use when a run has ended because of them. True when something was done."""
        office = self._office
        waiting = await office.call(cases.list_open, office.person.practice_id, office.name)
        if not any(case.code is Code.ACC_TERMS for case in waiting):
            return False
        text = await office.call(terms.waiting, office.name, office.person.practice_id)
        if text is None:
            return False
        await office.call(terms.accept, office.name, text.sha256, "Dana", office.person, office.clock.now())
        self.did["terms accepted"] += 1
        return True
