"""What about a payment needs a person: it does not add up, its papers contradict each other, two things fit.

While a case that holds a payment is open, it is not posted: not given to the practice system.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from flows.answers import Shown
from flows.outcomes import Code, Reason
from flows.questions import Flow
from ledger import models
from ledger.cases import open_finding
from ledger.document_files import Source
from ledger.remittances_rows import unbalanced_places
from ledger.subjects import Subject

_MOST_SHOWN = 25


def does_not_balance(remittance: models.Remittance, reading: models.RemittanceReading, source: Source) -> None:
    """The reading that leads does not add up."""
    _about(
        remittance,
        "balance",
        Reason(
            code=Code.DATA_INCONSISTENT,
            what=_what(
                remittance,
                "does not add up, so it is not posted. Ask the payer for a corrected one, and import that.",
            ),
            seen=_seen(unbalanced_places(reading)),
        ),
        source,
        holds=True,
    )


def another_payee(remittance: models.Remittance, source: Source) -> None:
    """None of the payee's numbers is the practice's."""
    _about(
        remittance,
        "payee",
        Reason(
            code=Code.DATA_CONFLICT,
            what=_what(
                remittance,
                "was made to another payee than this office. Find out how it came here; till then it is not posted.",
            ),
        ),
        source,
        holds=True,
    )


def says_otherwise(
    remittance: models.Remittance, reading: models.RemittanceReading, found: Sequence[str], source: Source
) -> None:
    """A further copy contradicts the one that leads."""
    _about(
        remittance,
        f"copy {reading.pk}",
        Reason(
            code=Code.DATA_CONFLICT,
            what=_what(
                remittance,
                "has two papers that contradict each other. Ask the payer which is right; till then it is not posted.",
            ),
            seen=_seen(found),
        ),
        source,
        holds=True,
    )


def read_in_doubt(remittance: models.Remittance, doubts: Sequence[str], source: Source) -> None:
    """It was read from a paper form, and not all of it surely."""
    _about(
        remittance,
        "doubts",
        Reason(
            code=Code.DATA_PARTIAL,
            what=_what(
                remittance,
                "was read from a form, and not all of it surely. Compare it with the form; till then it is not posted.",
            ),
            seen=_seen(doubts),
        ),
        source,
        holds=True,
    )


def could_be_a_copy(remittance: models.Remittance, known: Iterable[models.Remittance], source: Source) -> None:
    """It could be a copy of others that are known: of more than one, or of another payer's."""
    _about(
        remittance,
        "copy",
        Reason(
            code=Code.BUS_MULTI,
            what=_what(
                remittance,
                "could be another copy of a payment that is here. Find out; till then it is not posted.",
            ),
            seen=_seen([f"payment {other.pk}" for other in known]),
        ),
        source,
        holds=True,
    )


def one_trace_two_amounts(remittance: models.Remittance, others: Iterable[models.Remittance], source: Source) -> None:
    """The same payer gave this trace to a payment of another amount."""
    _about(
        remittance,
        "one trace",
        Reason(
            code=Code.DATA_CONFLICT,
            what=_what(
                remittance,
                "has the trace of another payment of this payer, and another amount. Find out which of them was made; "
                "till then it is not posted.",
            ),
            seen=_seen([f"payment {other.pk}" for other in others]),
        ),
        source,
        holds=True,
    )


def several_claims_fit(remittance: models.Remittance, numbers: Sequence[int], source: Source) -> None:
    """Claims of it that more than one of ours fits."""
    _about(
        remittance,
        "several claims",
        Reason(
            code=Code.BUS_MULTI,
            what=_what(
                remittance,
                "pays claims that more than one of yours fits. Find out which are meant; till then it is not posted.",
            ),
            seen=_seen([f"claim {number}" for number in numbers]),
        ),
        source,
        holds=True,
    )


def other_charge(remittance: models.Remittance, numbers: Sequence[int], source: Source) -> None:
    """Claims of it that are ours by both their numbers, and were decided on another charge or for another patient."""
    _about(
        remittance,
        "other claims",
        Reason(
            code=Code.DATA_CONFLICT,
            what=_what(
                remittance,
                "decides on claims of yours with other charges or patients. Compare them; till then it is not posted.",
            ),
            seen=_seen([f"claim {number}" for number in numbers]),
        ),
        source,
        holds=True,
    )


def bank_says_otherwise(remittance: models.Remittance, deposit: models.Deposit, source: Source) -> None:
    """The bank has this trace with another amount."""
    _about(
        remittance,
        f"deposit {deposit.pk}",
        Reason(
            code=Code.DATA_CONFLICT,
            what=_what(
                remittance,
                "came to the bank with another amount. Ask the payer; till then it is not posted.",
            ),
            seen=_seen([f"deposit of {deposit.deposited_on}"]),
        ),
        source,
        holds=True,
    )


def portal_says_otherwise(remittance: models.Remittance, numbers: Sequence[int], source: Source) -> None:
    """The portal's claim status has this payment with another amount, or paid another amount for a claim of it."""
    _about(
        remittance,
        "claim status",
        Reason(
            code=Code.DATA_CONFLICT,
            what=_what(
                remittance,
                "is not what the portal said of its claims. Compare both; till then it is not posted.",
            ),
            seen=_seen([f"claim {number}" for number in numbers]),
        ),
        source,
        holds=True,
    )


def takeback_unknown(remittance: models.Remittance, numbers: Sequence[int], source: Source) -> None:
    """It takes money back for something that is not here."""
    _about(
        remittance,
        "takebacks",
        Reason(
            code=Code.DATA_PARTIAL,
            what=_what(
                remittance,
                "takes money back for payments that are not in the ledger. Get those, or find out what they were.",
            ),
            seen=_seen([f"provider adjustment {number}" for number in numbers]),
        ),
        source,
        holds=False,
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


def _what(remittance: models.Remittance, what: str) -> str:
    return f"Payment {remittance.pk} {what} (`portalwright remit show {remittance.pk}`)"


def _about(remittance: models.Remittance, topic: str, reason: Reason, source: Source, *, holds: bool) -> None:
    at_its_portal = replace(source, portal=remittance.portal or source.portal)
    case = _open(reason, f"remittance {remittance.pk}: {topic}", at_its_portal)
    if case is not None and not models.RemittanceCase.objects.filter(case=case).exists():
        models.RemittanceCase.objects.create(remittance=remittance, case=case, holds=holds)


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
