"""An office whose payer has denied claims, each in another way; run in the process of a command before it starts."""

import os
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from flows.answers import Adjustment, Answer, ClaimNotFound, ClaimState, Line
from flows.appeal_rules import AppealRules, UploadRules
from flows.outcomes import Ending, Outcome
from flows.payer_types import PayerType
from flows.questions import AppealLevel, Flow
from ledger import lanes, runs, work
from ledger.accounts import Actor
from packs.models import Pack
from portalwright.office import Office
from tests.ledger.office import ALIAS, PORTAL, digest, question
from vault.secret import Secret

NOW = datetime.now(UTC)
TODAY = NOW.date()

PARTLY, UNPROCESSABLE, PAID, NOT_ASKED, NOT_FOUND, LATE, DATA_ERROR, OVER, NO_TEMPLATE, NO_DAY, SILENT = range(1, 12)
"""The numbers of the claims, by what became of them."""


def adjustment(told: str) -> Adjustment:
    """From `CO 50 70.00`."""
    group, carc, amount = told.split()
    return Adjustment(group=group, carc=carc, amount=Decimal(amount))


def line(number: int, billed: str, paid: str, *told: str) -> Line:
    return Line(
        number=number,
        procedure=f"9921{number}",
        billed=Decimal(billed),
        paid=Decimal(paid),
        adjustments=tuple(map(adjustment, told)),
    )


def decided(*lines: Line, days: int | None = 10, category: str = "F1", remarks: tuple[str, ...] = ()) -> ClaimState:
    return ClaimState(
        category=category,
        portal_text="Finalized",
        payer_claim_number="2026012345",
        billed=Decimal("120.50"),
        paid=sum((one.paid or Decimal(0) for one in lines), Decimal("0.00")),
        lines=lines,
        remark_codes=remarks,
        finalised_date=None if days is None else TODAY - timedelta(days=days),
    )


ANSWERS: dict[int, ClaimState | ClaimNotFound] = {
    PARTLY: decided(
        line(1, "60.50", "0.00", "CO 50 40.50", "CO 45 20.00"),
        line(2, "30.00", "30.00"),
        line(3, "30.00", "10.00", "CO 151 20.00"),
    ),
    UNPROCESSABLE: decided(line(1, "120.50", "0.00", "CO 16 120.50"), category="F2", remarks=("MA130",)),
    PAID: decided(line(1, "120.50", "100.50", "CO 45 20.00")),
    NOT_FOUND: ClaimNotFound(searched=("claim-search",)),
    LATE: decided(line(1, "120.50", "0.00", "CO 29 120.50"), category="F2"),
    DATA_ERROR: decided(line(1, "120.50", "0.00", "CO 11 120.50"), category="F2"),
    OVER: decided(line(1, "120.50", "0.00", "CO 50 120.50"), category="F2", days=70),
    NO_TEMPLATE: decided(line(1, "120.50", "0.00", "CO 186 120.50"), category="F2"),
    NO_DAY: decided(line(1, "120.50", "0.00", "CO 50 120.50"), category="F2", days=None),
    SILENT: decided(line(1, "120.50", "0.00"), category="F2"),
}


def bring_in(person: Actor, robot: Actor, numbers: Iterable[int]) -> None:
    """These claims and what their payer says about them; those that are here already stay as they are."""
    lease = lanes.take(PORTAL, ALIAS, 0, holder="tests:1", actor=robot, now=NOW)
    runs.start(lease, Flow.CLAIM_STATUS, NOW)
    for number in numbers:
        work.import_claims([question(number)], person, NOW, digest=digest)
        if number != NOT_ASKED and (item := work.next_item(lease, NOW)) is not None:
            work.finish(lease, item, _outcome(number), NOW)
    lanes.release(lease, NOW)


def _outcome(number: int) -> Outcome:
    said = ANSWERS[number]
    if isinstance(said, ClaimState):
        said = said.model_copy(update={"payer_claim_number": f"20260{number:05}"})
    ending = Ending.NEGATIVE if isinstance(said, ClaimNotFound) else Ending.ANSWERED
    answer = Answer(portal=PORTAL, pack_version="1", observed_at=NOW, normalised=said, extracted=())
    return Outcome(ending=ending, answer=answer)


def two_claims() -> None:
    """One that was denied in part and one that was never processed, in the office of PORTALWRIGHT_OFFICE."""
    office = Office.find(Path(os.environ["PORTALWRIGHT_OFFICE"]))
    with office.at_work("dana", lambda: Secret("")) as desk:
        bring_in(desk.actor, desk.robot, (PARTLY, UNPROCESSABLE))


RULES = AppealRules(
    levels=(AppealLevel.FIRST, AppealLevel.SECOND),
    longest_argument=1500,
    uploads=UploadRules(content_types=("application/pdf",), smallest=100, largest=100_000, most=2),
)


def as_commercial_payer(pack: Pack) -> Pack:
    """The pack of a commercial payer with rules of its own about appeals, whatever it says itself."""
    rules = RULES.model_copy(update={"forms": pack.appeals.forms})
    return pack.model_copy(update={"payer": PayerType.COMMERCIAL, "appeals": rules})


def a_commercial_payer() -> None:
    """Every portal belongs to such a payer."""
    own = Office.pack

    def pack(self: Office, portal: str) -> Pack:
        return as_commercial_payer(own(self, portal))

    Office.pack = pack  # type: ignore[method-assign]  # the double of another payer


def day(days: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=days)
