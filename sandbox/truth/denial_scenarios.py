"""Stories of denials that the office may want to appeal, beside those of the work list: enough of every kind."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from sandbox.truth.adjudication import denied_line, paid_line
from sandbox.truth.appeal_rights import Channel, DecisionKind, EarlierAppeal, RefusalKind, Special
from sandbox.truth.draft import Draft
from sandbox.truth.model import Claim

EVERY = 60
"""So many rows of a work list bring each of these stories once more."""
DAYS_AGO = (52, 56)
"""Days before today of the services: decided by now, and every payer's window is open for weeks to come."""


@dataclass(frozen=True)
class Denial:
    """One story: which lines were denied for which reason, and how the payer stands to an appeal."""

    name: str
    carc: str
    remarks: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ("99214",)
    group: str = "CO"
    paid: int = 0
    """So many of the first lines were paid."""
    refused: RefusalKind | None = None
    closed_days_ago: int | None = None
    decision: DecisionKind | None = None
    wants_information: bool = False
    filed_by_hand: Channel | None = None

    def special(self, today: date) -> Special:
        """What the payer's rules do not say."""
        closed = None if self.closed_days_ago is None else today - timedelta(days=self.closed_days_ago)
        return Special(
            refused=self.refused,
            closes_on=closed,
            decision=self.decision,
            wants_information=self.wants_information,
        )


DENIALS = (
    Denial("medical necessity", "50", ("N115",), ("99215", "93000"), decision="overturned"),
    Denial("no authorization", "197", (), ("73721",), decision="partly"),
    Denial("bundled, the rest is paid", "97", ("M15",), ("99213", "20610"), paid=1, decision="upheld"),
    Denial("not covered", "96", ("N425",), ("97110",), group="PR", decision="dismissed"),
    Denial("medical necessity, three lines", "50", (), ("20610", "99214", "J1885"), decision="partly"),
    Denial("authorization of one service of three", "197", (), ("99203", "73721", "71046"), paid=1, decision="upheld"),
    Denial("provider not eligible that day", "B7", ("N570",), ("29881",), decision="overturned"),
    Denial("no authorization, two lines", "197", (), ("97140", "97110"), decision="overturned", wants_information=True),
    Denial("filed too late", "29", ("N211",), ("99213", "85025"), decision="overturned"),
    Denial("unprocessable", "16", ("MA130",), ("99213",)),
    Denial("no appeal by contract", "50", ("N115",), ("80053",), refused="not-appealable"),
    Denial("window closed early", "197", (), ("73721",), closed_days_ago=4),
    Denial("paid on another claim", "97", ("M15",), ("36415", "85025"), refused="line-paid"),
    Denial("filed by hand at the portal", "50", ("N115",), ("93000",), filed_by_hand="portal"),
    Denial("filed by hand on paper", "197", (), ("71046",), filed_by_hand="paper"),
)


@dataclass
class DenialBook:
    """The denials of a ledger while it is made, and what is special about them."""

    claims: list[Claim] = field(default_factory=list)
    specials: dict[str, Special] = field(default_factory=dict)
    """By payer claim number."""
    earlier: list[EarlierAppeal] = field(default_factory=list)


def tell_denials(draft: Draft, denials: Iterable[Denial]) -> DenialBook:
    """Add the claims of these stories, and their rows to the list that the draft has open."""
    book = DenialBook()
    for place, denial in enumerate(denials, start=1):
        claim = _tell(draft, denial, f"denied-{place:04d}")
        book.claims.append(claim)
        book.specials[claim.payer_claim_number] = denial.special(draft.today)
        if denial.filed_by_hand is not None:
            book.earlier.append(_by_hand(draft, claim, denial.filed_by_hand))
    return book


def _tell(draft: Draft, denial: Denial, patient: str) -> Claim:
    # A key of their own: how many members there are before depends on the appointments.
    member = draft.member(patient=patient)
    account = draft.numbers.patient_account_number()
    billed = draft.lines(draft.service_day(DAYS_AGO), procedures=denial.procedures)
    lines = tuple(
        paid_line(draft.rng, line)
        if place < denial.paid
        else denied_line(line, (denial.group, denial.carc, denial.remarks))
        for place, line in enumerate(billed)
    )
    claim = draft.claim(
        member,
        "F1" if denial.paid else "F2",
        lines,
        status_codes=("65",) if denial.paid else ("585",),
        patient_account_number=account,
    )
    draft.ask(
        f"denial: {denial.name}",
        "ANSWERED",
        "denied, or denied in part",
        member,
        billed,
        answer=claim,
        patient_account_number=account,
        payer_claim_number=claim.payer_claim_number,
    )
    return claim


def _by_hand(draft: Draft, claim: Claim, channel: Channel) -> EarlierAppeal:
    return EarlierAppeal(
        payer_claim_number=claim.payer_claim_number,
        level="first",
        lines=tuple(line.number for line in claim.lines),
        amount=sum((line.billed for line in claim.lines), Decimal("0.00")),
        filed_on=_filed_on(draft, claim),
        channel=channel,
    )


def _filed_on(draft: Draft, claim: Claim) -> date:
    """Some days ago, after the denial."""
    decided = claim.finalised_date or claim.received_date
    return min(decided + timedelta(days=draft.rng.randint(4, 9)), draft.today - timedelta(days=2))
