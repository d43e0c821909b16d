"""An acknowledgement: was a claim that we sent taken in (X12 999 and 277CA)? Acceptance proves timely filing."""

from datetime import date
from decimal import Decimal
from typing import Literal

from flows.values import Frozen


class AcknowledgedStatus(Frozen):
    """One composite of STC01, STC10 or STC11: claim status category (A0 to A8), status code and, perhaps, entity."""

    category: str
    status: str
    entity: str | None = None


class SyntaxFault(Frozen):
    """What a 999 finds wrong in one segment of a transaction (IK3, IK4). The faulty value itself is not kept.

    `position` counts the segments of the transaction from its ST, `element` the elements of the segment, both from 1.
    """

    segment: str
    position: int | None = None
    loop: str | None = None
    code: str
    """IK304, or IK403 where an element is meant."""
    element: int | None = None


class Acknowledgement(Frozen):
    """What a payer or clearinghouse says about a claim (277CA), a batch of claims (277CA) or a transaction (999).

    999: one for each AK2 (level "transaction"); a group that is answered as a whole gives one of level "group".
    277CA: one for each level of the file that has a status: "batch" (information receiver), "provider" or "claim".
    """

    kind: Literal["999", "277CA"]
    level: Literal["claim", "provider", "batch", "transaction", "group"]
    accepted: bool | None
    """True: taken in for adjudication (A2, A5), or the syntax is accepted (999: A, E, P for a part of a group is None).
    False: it never entered adjudication (A3, A4, A6, A7, A8, or STC03 is U; 999: R, M, W, X). None: only passed on or
    received (A0, A1), or not said."""
    statuses: tuple[AcknowledgedStatus, ...] = ()
    """277CA: in the order of the file, of every STC of this level, those of its service lines too."""
    codes: tuple[str, ...] = ()
    """999: the syntax error codes of the transaction (IK502 on) or of the group (AK905 on)."""
    faults: tuple[SyntaxFault, ...] = ()
    patient_account_number: str | None = None
    """277CA, claim level: TRN02, which is CLM01 of the claim."""
    payer_claim_number: str | None = None
    """REF*1K."""
    clearinghouse_claim_number: str | None = None
    """REF*D9."""
    trace: str | None = None
    """277CA above the claim: TRN02, at batch level our batch's number (BHT03). 999: our group's number (AK102)."""
    transaction: str | None = None
    """999: the transaction's control number (AK202, ST02 of what we sent)."""
    effective_date: date | None = None
    """STC02: the day on which this was the status."""
    received_date: date | None = None
    """DTP*050 of the information source: the day on which the batch came in."""
    service_from: date | None = None
    service_to: date | None = None
    amount: Decimal | None = None
    """STC04: the claim's (or batch's) total charge, dollars."""

    @property
    def category(self) -> str | None:
        """The first status' category: A2, A7, ..."""
        return self.statuses[0].category if self.statuses else None
