"""What a practice payer has of appeals: it numbers, lists, decides and writes letters, all by the portal's clock."""

import random
import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from sandbox.appeal_drafts import AppealDraft
from sandbox.appeal_terms import TERMS, AppealTerms
from sandbox.appeal_values import AppealListing, AppealState, FiledAppeal
from sandbox.clock import Clock
from sandbox.quirks import Quirks
from sandbox.remit_documents import Document
from sandbox.truth.appeal_rights import FOLLOWS, AppealRight, Channel, Level
from sandbox.truth.ledger import Truth
from sandbox.truth.model import Claim

RECEIVED_DAYS = 2
"""So long an appeal is only received; then somebody reviews it."""


@dataclass
class AppealBook:
    """All appeals of one portal, beginning with those that the office filed by hand before.

    Quirks: `default-filter` and `unstable-sort` are those of any list.
    """

    portal: str
    truth: Truth
    clock: Clock
    quirks: Quirks
    _claims: dict[str, Claim] = field(init=False)
    _filed: dict[str, FiledAppeal] = field(default_factory=dict)
    _numbers: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._claims = {claim.payer_claim_number: claim for claim in self.truth.claims}
        self._numbers = random.Random(f"appeal-numbers:{self.portal}:{self.truth.seed}")
        rights = {(right.payer_claim_number, right.level): right for right in self.truth.appeal_rights}
        for earlier in self.truth.earlier_appeals:
            at = datetime.combine(earlier.filed_on, time(15), UTC)
            right = rights[earlier.payer_claim_number, earlier.level]
            self.keep(right, earlier.lines, earlier.amount, at, channel=earlier.channel, number_at=at, listed_at=at)

    @property
    def terms(self) -> AppealTerms:
        """How this portal takes appeals."""
        return TERMS[self.portal]

    def everything(self, payer_claim_number: str = "") -> tuple[FiledAppeal, ...]:
        """All that the payer has, listed or not, about this claim or all, in the order of filing."""
        found = (one for one in self._filed.values() if payer_claim_number in ("", one.payer_claim_number))
        return tuple(sorted(found, key=lambda one: one.filed_at))

    def keep(
        self,
        right: AppealRight,
        lines: tuple[int, ...],
        amount: Decimal,
        at: datetime,
        *,
        number_at: datetime,
        listed_at: datetime,
        draft: AppealDraft | None = None,
        channel: Channel = "portal",
    ) -> FiledAppeal:
        """Take an appeal in; without a draft it was filed by hand."""
        claim = self._claims[right.payer_claim_number]
        longest = self.terms.rule.levels[right.level].decision_days[1]
        appeal = FiledAppeal(
            key=secrets.token_hex(6),
            payer_claim_number=right.payer_claim_number,
            patient=claim.patient,
            billing_npi=claim.billing_npi,
            level=right.level,
            lines=lines,
            amount=amount,
            reason=draft.reason if draft else "",
            reference=draft.reference if draft else "",
            filenames=tuple(one.name for one in draft.files) if draft else (),
            sha256s=tuple(one.sha256 for one in draft.files) if draft else (),
            channel=channel,
            by_hand=draft is None,
            filed_at=at,
            number=self._number(),
            number_at=number_at,
            listed_at=listed_at,
            expected_by=at.date() + timedelta(days=longest),
            ruling=right.ruling,
        )
        self._filed[appeal.key] = appeal
        return appeal

    def _number(self) -> str:
        given = {one.number for one in self._filed.values()}
        while True:
            number = self.terms.number.format(self._numbers.randrange(1_000_000, 100_000_000))
            if number not in given:
                return number

    def number_of(self, appeal: FiledAppeal) -> str | None:
        """Its number, as pages show it; None while it is pending."""
        return appeal.number if self.clock.now() >= appeal.number_at else None

    def state(self, appeal: FiledAppeal) -> AppealState:
        """How it stands now."""
        now, ruling, number = self.clock.now(), appeal.ruling, self.number_of(appeal)
        if now >= appeal.decided_at:
            due = None if ruling.decision == "overturned" else self.next_level_due(appeal)
            return AppealState(
                standing="decided",
                number=number,
                decision=ruling.decision,
                decided_on=appeal.decided_at.date(),
                recovered=ruling.recovered(appeal.lines),
                next_level=None if due is None else _after(appeal.level),
                next_level_due=due,
            )
        wanted = ruling.information
        if wanted is not None:
            begins, ends = (appeal.filed_at + timedelta(days=days) for days in (wanted.after_days, wanted.due_days))
            if begins <= now < ends:
                return AppealState("information-wanted", number, wanted=wanted, wanted_by=ends.date())
        fresh = now < appeal.filed_at + timedelta(days=RECEIVED_DAYS)
        return AppealState("received" if fresh else "in-review", number)

    def next_level_due(self, appeal: FiledAppeal) -> date | None:
        """The last day for the level after this one, counted from its decision; None when there is no such level."""
        level = _after(appeal.level)
        rule = self.terms.rule.levels.get(level) if level is not None else None
        return None if rule is None else appeal.decided_at.date() + timedelta(days=rule.window_days)

    def filed(self, acting_as: str) -> tuple[FiledAppeal, ...]:
        """The provider's appeals that the portal lists now, newest first."""
        now = self.clock.now()
        found = [
            one
            for one in self._filed.values()
            if one.billing_npi == acting_as and one.channel == "portal" and one.listed_at <= now
        ]
        return tuple(sorted(found, key=lambda one: (one.filed_at, one.number), reverse=True))

    def listing(
        self, acting_as: str, user_agent: str = "", *, payer_claim_number: str = "", number: str = ""
    ) -> AppealListing:
        """The portal's own list, all of it or by claim or appeal number; keep it in the session's own memory.

        Writes the event `appeal_list`; throws the die of `default-filter` (`mine`, or `last-30-days`).
        """
        found = [
            one
            for one in self.filed(acting_as)
            if (not payer_claim_number or one.payer_claim_number == payer_claim_number)
            and (not number or self.number_of(one) == number)
        ]
        listing = AppealListing(keys=tuple(one.key for one in found))
        before = self.clock.now() - timedelta(days=30)
        hidden = {
            "mine": frozenset(one.key for one in found if one.by_hand),
            "last-30-days": frozenset(one.key for one in found if one.filed_at < before),
        }
        possible = [name for name, keys in hidden.items() if keys]
        if possible and self.quirks.happens("default-filter", user_agent):
            listing.default_filter = self.quirks.pick("default-filter", possible)
            listing.hidden = hidden[listing.default_filter]
        self.quirks.events.add("appeal_list", user_agent, found=len(found))
        return listing

    def listed(self, listing: AppealListing, page: int, rows: int, user_agent: str = "") -> tuple[FiledAppeal, ...]:
        """The appeals on page `page` (from 1) of a listing; writes the event `appeal_page`.

        The first load of a list of several pages throws the die of `unstable-sort`.
        """
        if listing.loads == 0 and listing.pages(rows) > 1:
            listing.unstable = self.quirks.happens("unstable-sort", user_agent)
        found = tuple(self._filed[key] for key in listing.page(page, rows))
        self.quirks.events.add("appeal_page", user_agent, page=page, rows=len(found))
        return found

    def open(self, key: str, acting_as: str, user_agent: str = "") -> FiledAppeal | None:
        """One appeal that the portal lists; writes the event `appeal_opened`. None when there is no such one."""
        appeal = next((one for one in self.filed(acting_as) if one.key == key), None)
        if appeal is not None:
            self.quirks.events.add("appeal_opened", user_agent, payer_claim_number=appeal.payer_claim_number)
        return appeal

    def letter(self, appeal: FiledAppeal, user_agent: str = "") -> Document | None:
        """The letter with the decision, as a PDF; writes the event `appeal_letter`. None while there is none."""
        state = self.state(appeal)
        if state.decision is None:
            return None
        # The PDF library costs more to load than all the rest of a portal.
        from sandbox.appeal_letter import appeal_letter

        content = appeal_letter(self.portal, appeal, state, self.truth)
        self.quirks.events.add("appeal_letter", user_agent, payer_claim_number=appeal.payer_claim_number)
        return Document(f"decision_{appeal.number}.pdf", "application/pdf", content)


def _after(level: Level) -> Level | None:
    """The level that follows a decision on this one."""
    return next((later for later, before in FOLLOWS.items() if before == level), None)
