"""The appeals of the practice portals: who may file what, what happens to a press of the button, the portal's list."""

import random
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from sandbox.appeal_book import AppealBook
from sandbox.appeal_drafts import AppealDraft, FileComplaint, FormComplaint, UploadDesk, form_complaints
from sandbox.appeal_terms import LISTED_WITHIN_HOURS, TERMS, AppealTerms
from sandbox.appeal_values import FiledAppeal, Lost, Submission
from sandbox.clock import Clock
from sandbox.quirks import Quirks
from sandbox.sessions import Session, Sessions
from sandbox.switches import AppealPressFault, AppealPressFaultKind, SwitchBoard
from sandbox.tally import Tally
from sandbox.truth.appeal_rights import (
    FOLLOWS,
    AppealRight,
    Level,
    RefusalKind,
    denied_lines,
)
from sandbox.truth.ledger import Truth
from sandbox.truth.model import Claim

REFUSALS: tuple[RefusalKind, ...] = ("not-appealable", "line-paid", "duplicate", "window-closed")
AFTER: dict[AppealPressFaultKind, Lost | None] = {
    # what the visitor gets, once it was filed
    "lost-answer": "cut",
    "time-out": "time-out",
    "error-after": "error",
    "session-killed-after": None,
}
OWN = "appeal"
"""Under this name a session's own memory has the visitor's draft."""


@dataclass
class Appeals:
    """The appeals of one portal over its truth.

    Quirks: `appeal-refused` refuses, once a draft, what the page offered; `upload-rules` is stricter than the page
    says; `lost-receipt` files and never answers; `number-later` gives the number hours later; `load-delay` shows the
    appeal on the list hours later, as `lost-receipt` may.
    The events `appeal_pressed` (every press that arrives) and `appeal_filed` (every one that was taken) are the record
    against which "pressed at most once" is checked.
    """

    portal: str
    truth: Truth
    clock: Clock
    quirks: Quirks
    sessions: Sessions
    switches: SwitchBoard
    book: AppealBook = field(init=False)
    """What the payer has: the list, each appeal's standing, the letters."""
    desk: UploadDesk = field(init=False)
    _claims: dict[str, Claim] = field(init=False)
    _rights: dict[tuple[str, Level], AppealRight] = field(init=False)
    _drafts: dict[str, AppealDraft] = field(default_factory=dict)
    _tally: Tally[AppealPressFault] = field(init=False)

    def __post_init__(self) -> None:
        self.book = AppealBook(self.portal, self.truth, self.clock, self.quirks)
        self.desk = UploadDesk(self.terms.uploads, self.clock, self.quirks)
        self._claims = {claim.payer_claim_number: claim for claim in self.truth.claims}
        self._rights = {(right.payer_claim_number, right.level): right for right in self.truth.appeal_rights}
        self._tally = Tally(random.Random(f"appeal-press:{self.truth.seed}"))

    @property
    def terms(self) -> AppealTerms:
        """How this portal takes appeals."""
        return TERMS[self.portal]

    # Before the form

    def offered(self, claim: Claim) -> bool:
        """Whether the claim's page offers an appeal (else the button is absent or grey). The form may still refuse."""
        return claim.appeal_allowed

    def refusal(
        self, payer_claim_number: str, level: Level, lines: Iterable[int], acting_as: str
    ) -> RefusalKind | None:
        """Why the payer does not take an appeal of these lines now; None when it does. Throws no die.

        No line stands for the whole claim.
        """
        claim = self._claims.get(payer_claim_number)
        if claim is None or claim.billing_npi != acting_as or not self.offered(claim):
            return "not-appealable"
        contested = tuple(lines) or tuple(line.number for line in claim.lines)
        right = self._rights.get((payer_claim_number, level))
        if right is None:
            return "line-paid" if level in self.terms.rule.levels and not denied_lines(claim) else "not-appealable"
        if right.refused is not None:
            return right.refused
        closes_on = self.closes_on(payer_claim_number, level)
        if closes_on is None:
            return "not-appealable"
        if self.clock.now().date() > closes_on:
            return "window-closed"
        same = self.book.everything(payer_claim_number)
        blocked = not self.switches.now.takes_duplicates
        if blocked and any(one.level == level and set(one.lines) & set(contested) for one in same):
            return "duplicate"
        return None if set(contested) <= set(right.lines) else "line-paid"

    def closes_on(self, payer_claim_number: str, level: Level) -> date | None:
        """The last day for an appeal of this level; None when there is nothing that it could be against (yet)."""
        right = self._rights.get((payer_claim_number, level))
        if right is None or level not in FOLLOWS:
            return None if right is None else right.closes_on
        last = None
        for one in self.book.everything(payer_claim_number):
            if one.level == FOLLOWS[level]:
                last = self.book.state(one).next_level_due
        return last

    # The form

    def begin(self, session: Session, payer_claim_number: str, user_agent: str = "") -> AppealDraft:
        """Begin an appeal about a claim; it becomes the session's draft. Writes the event `appeal_begun`."""
        key = secrets.token_hex(6)
        draft = AppealDraft(key, payer_claim_number, session.acting_as, self.clock.now())
        self._drafts[key] = session.own[OWN] = draft
        self.quirks.events.add("appeal_begun", user_agent, payer_claim_number=payer_claim_number)
        return draft

    def draft(self, session: Session) -> AppealDraft | None:
        """The session's draft, if it has one that was not filed yet or was filed just now."""
        draft = session.own.get(OWN)
        return draft if isinstance(draft, AppealDraft) else None

    def open_draft(self, session: Session, key: str) -> AppealDraft | None:
        """Go on with a draft from the portal's list of those that were begun; it becomes the session's."""
        draft = self._drafts.get(key)
        if draft is None or draft.acting_as != session.acting_as:
            return None
        session.own[OWN] = draft
        return draft

    def begun(self, acting_as: str) -> tuple[AppealDraft, ...]:
        """The provider's drafts that were not filed, newest first; they outlive the sessions of their users."""
        return tuple(one for one in reversed(self._drafts.values()) if one.acting_as == acting_as and not one.filed)

    def check(self, draft: AppealDraft, user_agent: str = "") -> RefusalKind | None:
        """Why this draft is refused, as far as it is filled in; None when it is not.

        Call it where the archetype tells its refusals: when the form opens, after level and lines were chosen, before
        the review. Without a level it is the first of the payer's. Throws the die of `appeal-refused` once a draft, and
        writes the event `appeal_refused`.
        """
        kind = self._refused(draft, user_agent)
        if kind is not None:
            self.quirks.events.add(
                "appeal_refused", user_agent, payer_claim_number=draft.payer_claim_number, refused=kind
            )
        return kind

    def _refused(self, draft: AppealDraft, user_agent: str) -> RefusalKind | None:
        level = draft.level if draft.level is not None else next(iter(self.terms.rule.levels))
        right = self._rights.get((draft.payer_claim_number, level))
        lines = draft.lines or (right.lines if right is not None else ())
        kind = self.refusal(draft.payer_claim_number, level, lines, draft.acting_as)
        if kind is not None:
            return kind
        if draft.chance is None:
            draft.chance = "none"
            if self.quirks.thrown("appeal-refused"):
                draft.chance = self.quirks.pick("appeal-refused", REFUSALS)
                self.quirks.note(
                    "appeal-refused", user_agent, payer_claim_number=draft.payer_claim_number, shape=draft.chance
                )
        return None if draft.chance == "none" else draft.chance

    def add_file(
        self, draft: AppealDraft, filename: str, content_type: str, content: bytes, user_agent: str = ""
    ) -> FileComplaint | None:
        """Add a document to a draft, or say why not; the portal tells it in its own words."""
        return self.desk.add(draft, filename, content_type, content, user_agent)

    def complaints(self, draft: AppealDraft) -> tuple[FormComplaint, ...]:
        """What the form still lacks; with any of these the page does not go on, and `submit` is not called."""
        return form_complaints(draft, self.terms, self.clock.now())

    # The press

    def submit(self, session: Session, draft: AppealDraft, user_agent: str = "") -> Submission:
        """Take a press of the button that files.

        Every call is a press that arrived. A draft that is pressed again is filed again: nothing here protects from a
        double press, so that the record shows it. Raises ValueError when the form lacks something.
        """
        lacking = self.complaints(draft)
        if lacking or draft.level is None or draft.amount is None:
            raise ValueError(f"an appeal is filed only when nothing is missing: {', '.join(lacking)}")
        self._note("appeal_pressed", draft, user_agent)
        fault = self._tally.hit(self.switches.now.appeal_press)
        if fault is not None:
            self.quirks.events.add("fault", user_agent, name=fault.kind, payer_claim_number=draft.payer_claim_number)
        match fault.kind if fault is not None else None:
            case "reset-before":
                return Submission(None, lost="cut")
            case "error-before":
                return Submission(None, lost="error")
        refused = self._refused(draft, user_agent)
        if refused is not None and not (refused == "duplicate" and draft.filed):
            return Submission(None, refused=refused)
        lost: Lost | None = None
        if fault is None and self.quirks.thrown("lost-receipt"):
            lost = self.quirks.pick("lost-receipt", ("time-out", "cut"))
            self.quirks.note("lost-receipt", user_agent, shape=lost, appeal_of=draft.payer_claim_number)
        appeal = self._file(draft, draft.level, draft.amount, user_agent, late=lost is not None)
        self._note("appeal_filed", draft, user_agent, number=appeal.number)
        if fault is not None:
            lost = AFTER[fault.kind]
            if fault.kind == "session-killed-after":
                self.sessions.end_all()
        return Submission(appeal, self.book.number_of(appeal), lost=lost)

    def _note(self, kind: str, draft: AppealDraft, user_agent: str, **details: str) -> None:
        self.quirks.events.add(
            kind,
            user_agent,
            payer_claim_number=draft.payer_claim_number,
            level=draft.level,
            lines=_numbers(draft.lines),
            amount=str(draft.amount),
            reference=draft.reference,
            sha256s=" ".join(sorted(one.sha256 for one in draft.files)),
            draft=draft.key,
            **details,
        )

    def _file(self, draft: AppealDraft, level: Level, amount: Decimal, user_agent: str, *, late: bool) -> FiledAppeal:
        """Give it to the payer. `late`: perhaps it is listed hours later, because its receipt is lost as well."""
        now = self.clock.now()
        number_at = listed_at = now
        if self.quirks.happens("number-later", user_agent, appeal_of=draft.payer_claim_number):
            low, high = self.terms.number_later_hours
            number_at += timedelta(hours=self.quirks.pick("number-later", range(low, high + 1)))
        if self.quirks.happens("load-delay", user_agent, appeal_of=draft.payer_claim_number) or (
            late and self.quirks.pick("lost-receipt", (True, False))
        ):
            listed_at += timedelta(hours=self.quirks.pick("load-delay:list", range(1, LISTED_WITHIN_HOURS)))
        draft.filed = True
        return self.book.keep(
            self._rights[draft.payer_claim_number, level],
            draft.lines,
            amount,
            now,
            draft=draft,
            number_at=number_at,
            listed_at=listed_at,
        )


def _numbers(lines: tuple[int, ...]) -> str:
    return " ".join(str(number) for number in lines)
