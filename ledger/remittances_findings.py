"""What about a payment needs a person: it does not add up, its papers contradict each other, two things fit.

While a case that holds a payment is open, it is not posted: not given to the practice system.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from flows.answers import Shown
from flows.outcomes import Code, Reason
from flows.questions import Flow
from ledger import models
from ledger.cases import open_finding
from ledger.document_files import Source
from ledger.remittances_rows import unbalanced_places
from ledger.subjects import Subject

_MOST_SHOWN = 25


@dataclass(frozen=True)
class _Finding:
    """What there is about a payment: one open case for each `topic`. `what` goes on after "Payment 7 "."""

    topic: str
    code: Code
    what: str
    seen: Sequence[str] = ()
    holds: bool = True
    """It is not posted while the case is open."""


def does_not_balance(remittance: models.Remittance, reading: models.RemittanceReading, source: Source) -> None:
    """The reading that leads does not add up."""
    _about(
        remittance,
        _Finding(
            "balance",
            Code.DATA_INCONSISTENT,
            "does not add up, so it is not posted. Ask the payer for a corrected one, and import that.",
            seen=unbalanced_places(reading),
        ),
        source,
    )


def another_payee(remittance: models.Remittance, source: Source) -> None:
    """None of the payee's numbers is the practice's."""
    _about(
        remittance,
        _Finding(
            "payee",
            Code.DATA_CONFLICT,
            "was made to another payee than this office. Find out how it came here; till then it is not posted.",
        ),
        source,
    )


def says_otherwise(
    remittance: models.Remittance, reading: models.RemittanceReading, found: Sequence[str], source: Source
) -> None:
    """A further copy contradicts the one that leads."""
    _about(
        remittance,
        _Finding(
            f"copy {reading.pk}",
            Code.DATA_CONFLICT,
            "has two papers that contradict each other. Ask the payer which is right; till then it is not posted.",
            seen=found,
        ),
        source,
    )


def read_in_doubt(remittance: models.Remittance, doubts: Sequence[str], source: Source) -> None:
    """It was read from a paper form, and not all of it surely."""
    _about(
        remittance,
        _Finding(
            "doubts",
            Code.DATA_PARTIAL,
            "was read from a form, and not all of it surely. Compare it with the form; till then it is not posted.",
            seen=doubts,
        ),
        source,
    )


def could_be_a_copy(remittance: models.Remittance, known: Iterable[models.Remittance], source: Source) -> None:
    """It could be a copy of others that are known: of more than one, or of another payer's."""
    _about(
        remittance,
        _Finding(
            "copy",
            Code.BUS_MULTI,
            "could be another copy of a payment that is here. Find out; till then it is not posted.",
            seen=[f"payment {other.pk}" for other in known],
        ),
        source,
    )


def one_trace_two_amounts(remittance: models.Remittance, others: Iterable[models.Remittance], source: Source) -> None:
    """The same payer gave this trace to a payment of another amount."""
    _about(
        remittance,
        _Finding(
            "one trace",
            Code.DATA_CONFLICT,
            "has the trace of another payment of this payer, and another amount. Find out which of them was made; "
            "till then it is not posted.",
            seen=[f"payment {other.pk}" for other in others],
        ),
        source,
    )


def several_claims_fit(remittance: models.Remittance, numbers: Sequence[int], source: Source) -> None:
    """Claims of it that more than one of ours fits."""
    _about(
        remittance,
        _Finding(
            "several claims",
            Code.BUS_MULTI,
            "pays claims that more than one of yours fits. Find out which are meant; till then it is not posted.",
            seen=[f"claim {number}" for number in numbers],
        ),
        source,
    )


def other_charge(remittance: models.Remittance, numbers: Sequence[int], source: Source) -> None:
    """Claims of it that are ours by both their numbers, and were decided on another charge or for another patient."""
    _about(
        remittance,
        _Finding(
            "other claims",
            Code.DATA_CONFLICT,
            "decides on claims of yours with other charges or patients. Compare them; till then it is not posted.",
            seen=[f"claim {number}" for number in numbers],
        ),
        source,
    )


def bank_says_otherwise(remittance: models.Remittance, deposit: models.Deposit, source: Source) -> None:
    """The bank has this trace with another amount."""
    _about(
        remittance,
        _Finding(
            f"deposit {deposit.pk}",
            Code.DATA_CONFLICT,
            "came to the bank with another amount. Ask the payer; till then it is not posted.",
            seen=[f"deposit of {deposit.deposited_on}"],
        ),
        source,
    )


def portal_says_otherwise(remittance: models.Remittance, numbers: Sequence[int], source: Source) -> None:
    """The portal's claim status has this payment with another amount, or paid another amount for a claim of it."""
    _about(
        remittance,
        _Finding(
            "claim status",
            Code.DATA_CONFLICT,
            "is not what the portal said of its claims. Compare both; till then it is not posted.",
            seen=[f"claim {number}" for number in numbers],
        ),
        source,
    )


def takeback_unknown(remittance: models.Remittance, numbers: Sequence[int], source: Source) -> None:
    """It takes money back for something that is not here."""
    _about(
        remittance,
        _Finding(
            "takebacks",
            Code.DATA_PARTIAL,
            "takes money back for payments that are not in the ledger. Get those, or find out what they were.",
            seen=[f"provider adjustment {number}" for number in numbers],
            holds=False,
        ),
        source,
    )


def not_read(document: models.Document, unread: Sequence[str], source: Source) -> None:
    """A document, or a part of it, that only a person can read."""
    reason = Reason(
        code=Code.DATA_PARTIAL,
        what=f"Document {document.pk} could not be read whole; what could be read was taken. Have the payer send it "
        f"again where it breaks off, or read it yourself: `portalwright remit document {document.pk} FILE` writes it.",
        seen=_seen(unread),
    )
    _open(reason, f"document {document.pk}", source)


def _about(remittance: models.Remittance, finding: _Finding, source: Source) -> None:
    reason = Reason(
        code=finding.code,
        what=f"Payment {remittance.pk} {finding.what} (`portalwright remit show {remittance.pk}`)",
        seen=_seen(finding.seen),
    )
    at_its_portal = replace(source, portal=remittance.portal or source.portal)
    case = _open(reason, f"remittance {remittance.pk}: {finding.topic}", at_its_portal)
    if case is not None and not models.RemittanceCase.objects.filter(case=case).exists():
        models.RemittanceCase.objects.create(remittance=remittance, case=case, holds=finding.holds)


def _open(reason: Reason, topic: str, source: Source) -> models.Case | None:
    return open_finding(
        reason,
        subject=Subject(),
        topic=topic,
        portal=source.portal,
        flow=Flow.REMITTANCES,
        actor=source.actor,
        now=source.now,
        attempt=source.attempt,
    )


def _seen(found: Sequence[str]) -> tuple[Shown, ...]:
    shown = [Shown(where="remittance", text=text) for text in found[:_MOST_SHOWN]]
    more = len(found) - _MOST_SHOWN
    return (*shown, Shown(where="remittance", text=f"and {more} more")) if more > 0 else tuple(shown)
