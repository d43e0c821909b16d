"""What the fetching of remittances has come to so far: payments, their documents, and what stands in the way."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flows.answering import answer_of
from flows.answers import NoRemittances, RemittancesListed, Shown
from flows.downloads import Fetched
from flows.outcomes import Candidate, Code, Ending, Outcome, Reason
from flows.payments import Payment, conflict_with, document_of, explains, holds_unlisted
from flows.portal import Collected, Portal, Row
from flows.questions import Period, Provider

_UNREAD = "A part of the documents cannot be read, however often they are fetched."


@dataclass
class Errand:
    """One question under way. Nothing that stands in the way of one payment keeps the others from being fetched."""

    provider: Provider
    payments: list[Payment] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    for_staff: list[Reason] = field(default_factory=list)
    broken: list[Reason] = field(default_factory=list)
    ready_at: list[datetime] = field(default_factory=list)

    def note(self, code: Code, what: str, *, row: Row | None = None, seen: tuple[Shown, ...] = ()) -> None:
        """Something that only a person may decide; `row` is the payment that it is about."""
        listed = () if row is None else (_candidate(row),)
        self.for_staff.append(Reason(code=code, what=what, seen=seen, candidates=listed))

    def take(self, fetched: Fetched, payment: Payment, later: datetime) -> None:
        """What came for one payment."""
        collected = self._collected(fetched, payment.row, later)
        if collected is None:
            return
        conflict = conflict_with(collected, payment, self.provider)
        if conflict is not None:
            self.note(Code.DATA_CONFLICT, conflict, row=payment.row)
        elif explains(collected, payment):
            _keep(collected, payment)
        elif collected.unread:
            self.note(Code.TECH_DOWNLOAD, _UNREAD, row=payment.row)
        else:
            what = "A document is about another payment than the one that it was fetched for."
            self.note(Code.DATA_CONFLICT, what, row=payment.row)

    def take_bundle(self, fetched: Fetched, payments: Iterable[Payment], period: Period, later: datetime) -> None:
        """What came for several payments at once. One that is not in it stays without a document, as it is."""
        collected = self._collected(fetched, None, later)
        if collected is None:
            return
        for payment in payments:
            conflict = conflict_with(collected, payment, self.provider)
            if conflict is not None:
                self.note(Code.DATA_CONFLICT, conflict, row=payment.row)
            elif explains(collected, payment):
                _keep(collected, payment)
            elif collected.unread:
                self.note(Code.TECH_DOWNLOAD, _UNREAD, row=payment.row)
        if holds_unlisted(collected, self.payments, period):
            self.note(Code.DATA_CONFLICT, "The documents hold a payment of these days that is not on the list.")

    def _collected(self, fetched: Fetched, row: Row | None, later: datetime) -> Collected | None:
        """The document; None, and noted, where something else came."""
        if fetched.built_later:
            self.ready_at.append(later)
        elif fetched.failed is not None and fetched.broken:
            self.broken.append(fetched.failed)
        elif fetched.failed is not None:
            listed = () if row is None else (_candidate(row),)
            self.for_staff.append(fetched.failed.model_copy(update={"candidates": listed}))
        return fetched.collected

    def outcome(self, portal: Portal) -> Outcome:
        """How it ended. What is being built comes first: until it is there, nothing is final; then what needs a person,
        who is told of broken downloads too; then broken downloads by themselves, which are tried again later."""
        if self.ready_at:
            what = "The portal prepares what was asked for; it is fetched when it is ready."
            return _late(Reason(code=Code.TECH_BUILDING, what=what, not_before=min(self.ready_at)))
        if self.for_staff:
            return Outcome(ending=Ending.NEEDS_STAFF, reason=_together([*self.for_staff, *self.broken]))
        if self.broken:
            return _late(_together(self.broken))
        if not self.payments:
            answer = answer_of(portal, NoRemittances(), extracted=tuple(self.shown))
            return Outcome(ending=Ending.NEGATIVE, answer=answer)
        listed = RemittancesListed(payments=tuple(payment.listed() for payment in self.payments))
        extracted = tuple(shown for shown in self.shown if shown.text)
        return Outcome(ending=Ending.ANSWERED, answer=answer_of(portal, listed, extracted))


def _late(reason: Reason) -> Outcome:
    return Outcome(ending=Ending.TRANSIENT, reason=reason)


def _together(reasons: list[Reason]) -> Reason:
    """One reason for a person who has to look at all of them: the first one's code, and what each says, once."""
    return Reason(
        code=reasons[0].code,
        what=" ".join(dict.fromkeys(reason.what for reason in reasons)),
        view=reasons[0].view,
        element=reasons[0].element,
        seen=tuple(shown for reason in reasons for shown in reason.seen),
        candidates=tuple(candidate for reason in reasons for candidate in reason.candidates),
    )


def _keep(collected: Collected, payment: Payment) -> None:
    document = document_of(collected)
    if document not in payment.documents:
        payment.documents.append(document)


def _candidate(row: Row) -> Candidate:
    return Candidate(cells={name: value.shown for name, value in row.cells.items()})


def soon(portal: Portal) -> datetime:
    """When to look again for a document that the portal makes ready without saying when."""
    return portal.now() + timedelta(minutes=portal.remittances.building_minutes)
