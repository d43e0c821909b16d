"""What comes back when claims were sent: the acknowledgement of the batch (999) and of each claim (277CA), as X12."""

from collections.abc import Sequence

from sandbox.remit_835 import RECEIVER, Envelope, Segment, Style, enveloped
from sandbox.truth.ledger import Truth
from sandbox.truth.model import Member
from sandbox.truth.payer_rules import PAYERS
from sandbox.truth.remittance import Acknowledgement

STYLE = Style(line_end="\n")


def accepted_batch(truth: Truth) -> bytes:
    """The 999 for the batch that held the acknowledged claims: all transaction sets accepted."""
    count = max(1, len(truth.acknowledgements))
    body: list[Segment] = [
        ("AK1", "HC", "1", "005010X222A1"),
        ("AK2", "837", "0001", "005010X222A1"),
        ("IK5", "A"),
        ("AK9", "A", "1", "1", "1"),
    ]
    return _file(truth, ("FA", "999", "005010X231A1"), body, count)


def claim_acknowledgement(truth: Truth) -> bytes:
    """The 277CA: for each claim whether it was accepted for adjudication, with the payer's number where it was."""
    payer_name, payer_id = PAYERS[_portal(truth)]
    provider = truth.practice.providers[0]
    acknowledged = truth.acknowledgements
    day = f"{(acknowledged[-1].acknowledged_on if acknowledged else truth.today):%Y%m%d}"
    body: list[Segment] = [
        ("BHT", "0085", "08", f"{truth.seed:06d}", day, "0600", "TH"),
        ("HL", "1", "", "20", "1"),
        ("NM1", "PR", "2", payer_name, "", "", "", "", "PI", payer_id),
        ("TRN", "1", f"{truth.seed:09d}"),
        ("DTP", "050", "D8", day),
        ("DTP", "009", "D8", day),
        ("HL", "2", "1", "21", "1"),
        ("NM1", "41", "2", provider.name.upper(), "", "", "", "", "46", RECEIVER),
        ("TRN", "2", "1"),
        ("STC", "A1:19:PR", day, "WQ", f"{sum(one.billed for one in acknowledged):.2f}"),
        ("HL", "3", "2", "19", "1"),
        ("NM1", "85", "2", provider.name.upper(), "", "", "", "", "XX", provider.npi),
        ("TRN", "1", "0"),
    ]
    patients = {claim.patient_account_number: claim.patient for claim in truth.claims}
    members = {member.patient: member for member in truth.members}
    for number, one in enumerate(acknowledged, start=4):
        body += _claim(number, one, members[patients[one.patient_account_number]])
    return _file(truth, ("HN", "277", "005010X214"), body, len(acknowledged))


def _claim(number: int, one: Acknowledgement, member: Member) -> Sequence[Segment]:
    day = f"{one.acknowledged_on:%Y%m%d}"
    action = "WQ" if one.accepted else "U"
    found: list[Segment] = [
        ("HL", str(number), "3", "PT"),
        ("NM1", "QC", "1", member.last_name, member.first_name, "", "", "", "MI", member.member_id),
        ("TRN", "2", one.patient_account_number),
        ("STC", f"{one.category}:{one.status_code}:PR", day, action, f"{one.billed:.2f}"),
    ]
    if one.payer_claim_number is not None:
        found.append(("REF", "1K", one.payer_claim_number))
    return found


def _portal(truth: Truth) -> str:
    return truth.rows[0].portal


def _file(truth: Truth, kind: tuple[str, str, str], body: list[Segment], control: int) -> bytes:
    group, transaction_set, version = kind
    _, payer_id = PAYERS[_portal(truth)]
    transaction = [("ST", transaction_set, "0001", version), *body]
    transaction.append(("SE", str(len(transaction) + 1), "0001"))
    kept = Envelope(payer_id, group, version, truth.today, control)
    return enveloped(transaction, STYLE, kept, count=1)
