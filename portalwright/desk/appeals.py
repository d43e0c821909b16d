"""What only the application can do with an appeal: draft it, change it, approve it, and tell how it would be filed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from console.appeals.needs import Asker, Wish
from flows.appealable import Finding
from flows.drafting import DraftRefused, NoticeTooEarly
from flows.questions import Flow
from ledger import appeals, claims_found, permissions
from ledger.accounts import Practice
from ledger.appeals import AppealRecord, paper
from ledger.errors import NotPermitted
from packs.models import Pack
from packs.problems import PackError
from portalwright import drafting
from portalwright.appeal_preview import Stage, preview
from portalwright.desk.practices import desk_of
from portalwright.drafting import Paper, Wanted
from portalwright.office import Desk
from portalwright.settings import SettingsWrong


@dataclass(frozen=True)
class Appeals:
    """See `console.appeals.needs`."""

    desk: Desk

    def missing(self, record: AppealRecord, pack: Pack, today: date) -> Sequence[str]:
        """Why the draft cannot be approved yet, one clause each."""
        return drafting.missing(record, pack, today)

    def steps(self, record: AppealRecord, pack: Pack) -> Sequence[Stage]:
        """What the robot will enter and press, form by form; nothing for a portal that takes none this way."""
        return preview(record.question, pack)

    def draft(self, asker: Asker, claim_id: int, wish: Wish) -> tuple[int, Sequence[Finding]]:
        """Draft an appeal; its number, and what its writer should know."""
        question = claims_found.claim(asker.practice.id, claim_id).question
        with _told():
            made = drafting.draft(
                self._of(asker), question.claim.patient_account_number, question.portal, _wanted(wish), asker.now
            )
        return made.number, made.findings

    def change(self, asker: Asker, number: int, wish: Wish) -> Sequence[Finding]:
        """Change an appeal that was not pressed yet."""
        with _told():
            return drafting.change(self._of(asker), number, _wanted(wish), asker.now).findings

    def approve(self, asker: Asker, record: AppealRecord, pack: Pack, seen: str) -> None:
        """Approve exactly what was seen."""
        if lacks := drafting.missing(record, pack, asker.now.date()):
            raise DraftRefused(f"It was not approved; still missing: {'; '.join(lacks)}.")
        appeals.approve(record.number, asker.actor, asker.now, rules=pack.appeals, seen=seen)

    def why_not_filed(self, asker: Asker, portal: str) -> str:
        """Why the robot may not file at this portal now; "" when it may."""
        try:
            permissions.check(portal, Flow.APPEAL, asker.practice.id, asker.now, attended=True)
        except NotPermitted as refused:
            return str(refused)
        return ""

    def document(self, practice: Practice, sha256: str) -> bytes:
        """A document that goes with an appeal of the practice, opened in memory."""
        return paper(self.desk.evidence, practice.id, sha256)

    def _of(self, asker: Asker) -> Desk:
        return desk_of(self.desk, asker.practice, asker.actor)


def _wanted(wish: Wish) -> Wanted:
    return Wanted(
        level=wish.level,
        lines=wish.lines,
        reason=wish.reason,
        argument=wish.argument,
        notice=wish.notice,
        attach=tuple(Paper(one.content, one.kind) for one in wish.attach),
        detach=wish.detach,
        anyway=wish.anyway,
        seen=wish.seen,
    )


@contextmanager
def _told() -> Iterator[None]:
    """What the office's own files say wrong is told as a refusal of the draft; nothing was recorded then."""
    try:
        yield
    except (SettingsWrong, PackError, NoticeTooEarly) as wrong:
        raise DraftRefused(str(wrong)) from None
