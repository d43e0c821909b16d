"""Everything the office knows of a denied claim that an appeal could rest on: the decision, its reasons, its days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flows.answers import ClaimNotFound, ClaimState
from flows.appealable import Finding, Judgement, Weight, Why, judge
from flows.deadlines import Anchors, Deadline, DeadlineRule, deadline, event_of
from flows.decided_claim import DecidedClaim, of_claim_status, of_remittance, with_reasons_of
from flows.drafting import DraftRefused
from flows.questions import AppealLevel, Claim, ClaimStatus
from ledger import remittances_listed
from ledger.acknowledgements import accepted_on
from ledger.appeals import AppealRecord, AppealStage, list_all
from ledger.time_line import TimeLine, time_lines
from packs.models import Pack
from portalwright.office import Desk
from portalwright.office_rules import deadline_rules

_BEFORE = {AppealLevel.SECOND: AppealLevel.FIRST, AppealLevel.EXTERNAL: AppealLevel.SECOND}


@dataclass(frozen=True)
class Basis:
    """A claim of ours as its payer has decided it. `found` is what speaks against what is known of it."""

    desk: Desk
    pack: Pack
    question: ClaimStatus
    claim: DecidedClaim
    accepted_on: date | None
    earlier: tuple[AppealRecord, ...]
    found: tuple[Finding, ...]
    rules: tuple[DeadlineRule, ...]

    @property
    def number(self) -> str:
        """The patient account number."""
        return self.question.claim.patient_account_number

    def deadline(self, level: AppealLevel, notice: date | None) -> Deadline | None:
        """The last day for an appeal of this level; `notice` is the day of the payer's notice as a person knows it."""
        sent, decided = self.question.claim, self.claim.decided_on
        before = self._before(level)
        if level in _BEFORE:
            decided = before.decided_on if before is not None else None
        if self.later_than_known(level, notice):
            notice = None  # a slip of the pen must not move the last day away
        anchors = Anchors(
            service_from=sent.service_from,
            service_to=sent.service_to,
            notice=notice or decided,
            processed=None if notice else decided,
            stated=before.next_level_due if before is not None else None,
        )
        return deadline(event_of(level), self.pack.payer, self.pack.portal, anchors, self.rules)

    def later_than_known(self, level: AppealLevel, notice: date | None) -> Finding | None:
        """That the day of the notice, as a person gives it, is later than the payer's own day of the decision."""
        before = self._before(level)
        decided = self.claim.decided_on
        if level in _BEFORE:
            decided = before.decided_on if before is not None else None
        if notice is None or decided is None or notice <= decided:
            return None
        what = (
            f"The notice (--notice {notice}) would be later than the payer's own day of the decision, {decided}. That "
            "one counts: a last day is never moved away by what one person says."
        )
        return Finding(why=Why.WINDOW_UNKNOWN, weight=Weight.NOTE, what=what)

    def judged(
        self, level: AppealLevel, lines: tuple[str, ...] | None, last_day: Deadline | None, today: date
    ) -> Judgement:
        """What an appeal of these lines (none: those that were denied) would be about, and what speaks against it."""
        judgement = judge(
            self.claim,
            self.pack.payer,
            self.pack.appeals,
            level=level,
            deadline=last_day,
            today=today,
            lines=lines,
        )
        findings = (*self.found, *self._of_level(level), *judgement.findings)
        return judgement.model_copy(update={"findings": tuple(sorted(findings, key=lambda one: -one.weight))})

    def procedures(self, lines: Iterable[str]) -> tuple[str, ...]:
        """The procedure codes of these lines; of all, where none is named."""
        wanted = set(lines)
        return tuple(line.procedure for line in self.claim.lines if not wanted or line.number in wanted)

    def _before(self, level: AppealLevel) -> AppealRecord | None:
        """The appeal of the level before that was decided, the newest of several."""
        own = [one for one in self.earlier if one.level is _BEFORE.get(level) and one.decided_on is not None]
        return max(own, key=lambda one: one.decided_on or date.min, default=None)

    def _of_level(self, level: AppealLevel) -> Iterable[Finding]:
        if level in _BEFORE and self._before(level) is None:
            what = (
                f"No decision on an appeal of the level before ({_BEFORE[level]}) is on record here. The day of that "
                "decision is needed (--notice)."
            )
            yield Finding(why=Why.LEVEL, weight=Weight.WANTS_REASON, what=what)


def basis_of(desk: Desk, number: str, portal: str | None) -> Basis:
    """What is known of the claim with this patient account number.

    Raises NotThere for a claim that is not on the work list, and DraftRefused when it is at several portals, or when
    nobody knows yet what the payer decided. PackError and SettingsWrong for what the office's files say wrong.
    """
    lines = time_lines(desk.practice.id, number, portal)
    if len(lines) > 1:
        listed = ", ".join(line.question.portal for line in lines)
        raise DraftRefused(f"This number is on the work list of several portals ({listed}). Name one with --portal.")
    question = lines[0].question
    if not isinstance(question, ClaimStatus):
        raise AssertionError("a time-line of claim status is about a claim")  # noqa: TRY004 - cannot be
    claim, found = _decided(desk, lines[0], question.claim)
    earlier = list_all(desk.actor.practice_id, portal=question.portal, patient_account_number=number)
    return Basis(
        desk=desk,
        pack=desk.office.pack(question.portal),
        question=question,
        claim=claim,
        accepted_on=accepted_on(desk.practice.id, question.portal, number),
        earlier=tuple(one for one in earlier if one.stage is AppealStage.DECIDED),
        found=found,
        rules=deadline_rules(desk.office.files),
    )


def _decided(desk: Desk, line: TimeLine, sent: Claim) -> tuple[DecidedClaim, tuple[Finding, ...]]:
    """The decision as the portal's page shows it, else as the newest remittance tells it; and whether they agree."""
    said = line.answers[-1].answer.normalised if line.answers else None
    remitted = _remitted(desk.actor.practice_id, line.question.portal, sent.patient_account_number)
    page = of_claim_status(said) if isinstance(said, ClaimState) else None
    if page is None and remitted is not None:
        return remitted, ()
    if page is None:
        if isinstance(said, ClaimNotFound):
            raise DraftRefused(
                "The portal does not know this claim, so there is no decision to contest. Find out first whether it "
                "was ever taken in (portalwright claim shows its acknowledgements)."
            )
        raise DraftRefused(
            "Nobody has asked yet what became of this claim. Run claim status for its portal, or import the "
            "remittance, and draft then."
        )
    if remitted is None:
        return page, ()
    return with_reasons_of(page, remitted), tuple(_disagreements(page, remitted))


def _disagreements(page: DecidedClaim, remitted: DecidedClaim) -> Iterable[Finding]:
    zero = Decimal("0.00")
    later = page.decided_on is not None and remitted.decided_on is not None and page.decided_on > remitted.decided_on
    if not later and page.category.startswith("F") and (page.paid or zero) != (remitted.paid or zero):
        what = (
            "The portal's page and the remittance do not tell of the same payment. Find out which one holds "
            "(portalwright claim shows both), and ask for the claim's status again."
        )
        yield Finding(why=Why.NOT_DECIDED, weight=Weight.WANTS_REASON, what=what)


def _remitted(practice_id: int, portal: str, number: str) -> DecidedClaim | None:
    """The newest decision on the claim that a remittance tells of and that was not taken back."""
    for record, link, _ in reversed(remittances_listed.of_claim(practice_id, portal, number)):
        said = remittances_listed.get(practice_id, record.id).said
        claim = next(one for one in said.claims if one.number == link.number)
        if link.reversed_by is None and not claim.is_reversal and not claim.is_predetermination:
            return of_remittance(claim, record.paid_on or said.production_date)
    return None
