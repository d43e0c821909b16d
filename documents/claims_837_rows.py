"""The claims of an 837 as a work list: each becomes a claim-status question, or is told to be left out and why."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from documents.claims_837 import SentClaim, day, sent_claims
from documents.rows import OfficeScope, RejectedRow, RowWrong
from documents.table import FileUnreadable
from documents.work_list import ClaimRow, RowReader
from documents.x12 import Content, segments

_PLACES = {
    "practice_tin": "2010AA REF02",
    "billing_npi": "2010AA NM109",
    "portal": "2010BB NM109",
    "member_id": "2010BA NM109",
    "last_name": "NM103 of the patient",
    "first_name": "NM104 of the patient",
    "birth_date": "DMG02 of the patient",
    "patient_account_number": "2300 CLM01",
    "payer_claim_number": "2300 REF02 F8",
    "service_from": "DTP03",
    "service_to": "DTP03",
    "billed": "2300 CLM02",
    "first_procedure": "2400 SV1/SV2",
}
"""Where each column of a work list stands in an 837, for the person who looks a rejected claim up."""

_VOID = "8"


class Claims837:
    """The claims of one file, and what they add up to once they have been read."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._read = 0
        self.claims = 0
        """Claims (CLM) so far, whether they were taken or not."""
        self.charge = Decimal("0.00")
        """What they charged (CLM02), in dollars."""

    def share(self) -> float:
        """How much of the file has been read, from 0 to 1."""
        return self._read / (len(self._content) or 1)

    def rows(self, scope: OfficeScope, today: date, payers: Mapping[str, str]) -> Iterator[ClaimRow | RejectedRow]:
        """Each claim as a question or as a rejected row; `payers` says which portal answers for a payer's id.

        Raises FileUnreadable after the last segment when there was not one claim in the file.
        """
        reader = RowReader(scope, today)
        for claim in self._sent():
            try:
                yield ClaimRow(claim.segment, reader.question(_cells(claim, scope, payers)))
            except RowWrong as wrong:
                place = _PLACES.get(wrong.field)
                field = f"{wrong.field} ({place})" if place else wrong.field
                yield RejectedRow(claim.segment, field, wrong.reason)
        if not self.claims:
            raise FileUnreadable(
                "There is no claim in this X12 file (it may be an answer, such as an 835 or a 999); nothing was "
                "imported. A work list is an 837."
            )

    def _sent(self) -> Iterable[SentClaim]:
        for claim in sent_claims(segments(self._content)):
            self.claims += 1
            self.charge += claim.dollars or 0
            self._read = claim.end
            yield claim


def _cells(claim: SentClaim, scope: OfficeScope, payers: Mapping[str, str]) -> Mapping[str, str]:
    if claim.is_predetermination:
        raise RowWrong("CLM", "bills nobody: a predetermination, or a report of what was paid")
    if claim.frequency == _VOID:
        raise RowWrong("CLM05-3", "is 8: it takes an earlier claim back, and nobody is asked about it")
    portal = scope.portal or payers.get(claim.payer_id)
    if portal is None:
        raise RowWrong(
            "portal", "is not known for this payer; add its id to [payers] in office.toml, or name one with --portal"
        )
    first, last = _first_and_last(claim.dates)
    if claim.dollars is None:
        raise RowWrong("billed", "is not an amount in dollars, such as 1234.56")
    return {
        "practice_tin": claim.billing_tin,
        "billing_npi": claim.billing_npi,
        "portal": portal,
        "member_id": claim.member_id.strip(),
        "last_name": claim.patient.last_name.strip(),
        "first_name": claim.patient.first_name.strip(),
        "birth_date": _iso("birth_date", claim.patient.birth_date),
        "patient_account_number": claim.account_number.strip(),
        "payer_claim_number": claim.payer_claim_number.strip(),
        "service_from": first,
        "service_to": last,
        "billed": str(claim.dollars),
        "first_procedure": claim.first_procedure.strip(),
    }


def _first_and_last(dates: tuple[str, ...]) -> tuple[str, str]:
    days = [_iso("service_from", written) for written in dates]
    return (min(days), max(days)) if days else ("", "")


def _iso(column: str, written: str) -> str:
    if not written:
        return ""
    try:
        return day(written).isoformat()
    except ValueError as error:
        raise RowWrong(column, str(error)) from None
