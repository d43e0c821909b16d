"""Remittances, claims and acknowledgements in X12, spoilt by segment, element and byte, and what must still hold."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from functools import partial
from itertools import chain
from pathlib import Path

from documents.acknowledgements import acknowledgements
from documents.claims_837_rows import Claims837
from documents.not_read import NotRead
from documents.not_whole import NotWhole
from documents.remittance_835 import remittances
from documents.remittance_files import read_remittance_file
from documents.rows import RejectedRow
from documents.table import FileUnreadable
from flows.remittance import Remittance
from tests.documents.work_lists import SCOPE, TODAY
from tests.fuzz.canaries import ACCOUNT, BIRTH_DATE, FIRST_NAME, LAST_NAME, MEMBER_ID
from tests.fuzz.choices import Choices
from tests.fuzz.judge import Broken, Target, Told
from tests.fuzz.mutation import bytes_edited, segments_edited

_SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "x12"
_LONGEST_SAMPLE = 20_000
_TIDY = re.compile(
    rb"ISA([*|^])..\1.{10}\1..\1.{10}\1..\1.{15}\1..\1.{15}\1[0-9]{6}\1[0-9]{4}\1.\1[0-9]{5}\1.{9}\1.\1.\1[:>+]([~'])",
    re.DOTALL,
)
"""An ISA of the right lengths, so that a simple cut at its letters finds the segments."""
_PAYERS = {"12345": "practice-national"}
_PATIENT = f"*1*{LAST_NAME}*{FIRST_NAME}****MI*{MEMBER_ID}~"


def _whole(kind: str, code: str, guide: str, body: str) -> bytes:
    """An interchange with one transaction."""
    return (
        "ISA*00*          *00*          *ZZ*PAYER          *ZZ*OFFICE         *260901*1200*^*00501*000000001*0*P*:~"
        f"GS*{code}*PAYER*OFFICE*20260901*1200*1*X*{guide}~ST*{kind}*0001*{guide}~{body}SE*9*0001~GE*1*1~"
        "IEA*1*000000001~"
    ).encode()


_PAID = _whole(
    "835",
    "HP",
    "005010X221A1",
    "BPR*I*131.37*C*ACH*CCP*01*999999999*DA*1*1999999999**01*999988880*DA*2*20260901~TRN*1*TRACE1*1999999999~"
    "DTM*405*20260831~N1*PR*PRACTICE PAYER*XV*87000~REF*2U*87000~N1*PE*LAKESIDE*XX*1234567893~REF*TJ*123456789~LX*1~"
    f"CLP*{ACCOUNT}*1*250*130*20*12*20260000777*11*1~CAS*CO*24*0~NM1*QC{_PATIENT}NM1*74{_PATIENT}"
    "NM1*82*2*LAKESIDE*****XX*1234567893~MOA***MA01~REF*EA*55~DTM*232*20260901~DTM*050*20260902~AMT*AU*150~"
    "SVC*HC:99213:25*150*130**1**1~DTM*472*20260901~CAS*PR*3*20~REF*6R*1~AMT*B6*150~LQ*HE*N130~"
    "SVC*HC:36415*100*0*0300*1~DTM*150*20260901~DTM*151*20260902~CAS*CO*97*60**45*40*1~"
    f"CLP*{ACCOUNT}*22*-100*-40**12*20260000778~NM1*QC{_PATIENT}CAS*CO*45*-60~MIA*0~"
    "CLP*ACCT-778*4*10*0**12~CAS*CO*16*10~PLB*1234567893*20261231*WO:777*-40*L6:INT*-1.37~",
)
_SENT = _whole(
    "837",
    "HC",
    "005010X222A1",
    "BHT*0019*00*1*20260101*1200*CH~NM1*41*2*SUBMITTER*****46*X~NM1*40*2*PAYER*****46*Y~"
    "HL*1**20*1~NM1*85*2*HARBOR LANE*****XX*1234567893~N3*1 LANE~REF*EI*123456789~"
    f"HL*2*1*22*1~SBR*P*18*******CI~NM1*IL{_PATIENT}DMG*D8*{BIRTH_DATE}*F~NM1*PR*2*PAYER*****PI*12345~"
    f"CLM*{ACCOUNT}*100***11:B:1*Y*A*Y*Y~REF*F8*2026000777~LX*1~SV1*HC:99213:25*60*UN*1***1~DTP*472*D8*20260902~"
    "LX*2~SV1*HC:87880*40*UN*1***1~DTP*472*RD8*20260901-20260903~"
    f"HL*3*2*23*0~PAT*19~NM1*QC{_PATIENT}DMG*D8*20150301*M~CLM*ACCT-778*85.5***11:B:8*Y*A*Y*Y~LX*1~"
    "SV1*HC:99213*85.5*UN*1***1~DTP*472*D8*20260902~CLM*ACCT-779*12***11:B:1~DTP*434*RD8*20260901-20260902~",
)
_TAKEN_IN = _whole(
    "277",
    "HN",
    "005010X214",
    f"BHT*0085*08*1*20260901*1200*TH~HL*1**20*1~NM1*PR*2*PAYER~TRN*1*B1~DTP*050*D8*20260901~HL*4*3*PT~NM1*QC{_PATIENT}"
    f"TRN*2*{ACCOUNT}~STC*A3:21:40*20260901*U*100****A7:562:85~REF*1K*2026777~REF*D9*77~DTP*472*RD8*20260901-20260902~"
    "SVC*HC:99213*100~STC*A3:21*20260901*U~",
)
_SYNTAX = _whole(
    "999",
    "FA",
    "005010X231A1",
    f"AK1*HC*1*005010X222A1~AK2*837*0001~IK3*NM1*8*2010*8~CTX*{ACCOUNT}~IK4*3:1*1035*7*{LAST_NAME}~IK5*R*5~"
    "AK2*837*0002~IK5*A~AK9*P*2*2*1~",
)


def x12_targets(*, samples: bool) -> list[Target]:
    """The readers of X12; with `samples`, the public sample files are spoilt beside ours, where they are there."""

    def seeds(own: Sequence[bytes], folder: str) -> tuple[bytes, ...]:
        return (*own, *(_samples(folder) if samples else ()))

    return [
        Target("835", partial(_spoilt, seeds((_PAID,), "835")), _read_835, (NotWhole,)),
        Target("zip", _zipped, _read_file, (NotWhole,)),
        Target("837", partial(_spoilt, seeds((_SENT,), "837")), _read_837, (FileUnreadable,)),
        Target("277-999", partial(_spoilt, seeds((_TAKEN_IN, _SYNTAX), "277")), _read_acknowledgements, ()),
    ]


def _samples(folder: str) -> Iterator[bytes]:
    for file in sorted((_SAMPLES / folder).glob("*")):
        content = file.read_bytes() if file.is_file() and file.stat().st_size <= _LONGEST_SAMPLE else b""
        # As ours, so that segments can be told apart.
        content = content.replace(b"\r", b"").replace(b"\n", b"")
        if content[:3] == b"ISA" and content[103:106] == b"*:~":
            yield content


def _spoilt(seeds: Sequence[bytes], choices: Choices) -> bytes:
    seed, way = choices.one(seeds), choices.number(4)
    if way == 0:
        return bytes_edited(seed, choices)
    edited = segments_edited(seed, choices)
    return bytes_edited(edited, choices) if way == 1 else edited


def _read_835(content: bytes) -> Told:
    read = list(remittances(content))
    for one in read:
        if isinstance(one, Remittance):
            hold_sums(one)
    _hold_against_file(content, read)
    _read_file(content)
    return Told(tuple(map(str, (one for one in read if isinstance(one, NotRead)))) + _where_it_does_not(read))


def _read_file(content: bytes) -> Told:
    file = read_remittance_file(content)
    for one in file.remittances:
        hold_sums(one)
    return Told(file.unread + _where_it_does_not(file.remittances))


def _where_it_does_not(read: Sequence[Remittance | NotRead]) -> tuple[str, ...]:
    return tuple(chain.from_iterable(one.unbalanced for one in read if isinstance(one, Remittance)))


def hold_sums(remittance: Remittance) -> None:
    """What it says of its own balance is what its parts come to, worked out here once more. Raises Broken."""
    Remittance.model_validate(remittance.model_dump())
    lines = claims = True
    paid = Decimal(0)
    for claim in remittance.claims:
        of_lines = [taken.amount for line in claim.lines for taken in line.adjustments]
        claims &= claim.billed - claim.paid == sum([*of_lines, *(taken.amount for taken in claim.adjustments)])
        paid += claim.paid
        for line in claim.lines:
            off = sum(taken.amount for taken in line.adjustments)
            lines &= line.billed is not None and line.paid is not None and line.billed - line.paid == off
    whole = paid - sum(taken.amount for taken in remittance.provider_adjustments) == remittance.amount
    said = remittance.balance
    if (said.line, said.claim, said.transaction) != (lines, claims, whole):
        raise Broken("a remittance says of its balance what its parts do not come to")
    if said.whole == bool(remittance.unbalanced):
        raise Broken("a remittance that does not balance says where")


def _hold_against_file(content: bytes, read: Sequence[Remittance | NotRead]) -> None:
    """Every payment of a tidy file is read or told, and what was read of its money stands in the file so."""
    head = _TIDY.match(content)
    if not read or head is None or content.count(b"ISA") > 1 or re.search(rb"[\r\n]", content):
        return
    element, terminator = head[1], head[2]
    segments = [[part.strip() for part in one.split(element)] for one in content[106:].split(terminator)]
    payments: list[list[list[bytes]]] = []
    for segment in segments:
        if segment[0] == b"ST" and segment[1:2] == [b"835"]:
            payments.append([])
        elif payments:
            payments[-1].append(segment)
    if len(payments) != len(read):
        raise Broken("every payment of a file is read or told")
    for one, payment in zip(read, payments, strict=True):
        if isinstance(one, Remittance):
            _hold_money(one, payment)


def _hold_money(read: Remittance, payment: Sequence[Sequence[bytes]]) -> None:
    ends = next((place for place, segment in enumerate(payment) if segment[0] == b"SE"), None)
    if ends is None:
        raise Broken("a payment that is read has its end in the file")
    amounts = [_amounts(segment, 2) for segment in payment[:ends] if segment[0] == b"BPR"]
    claims = [_amounts(segment, 3, 4) for segment in payment[:ends] if segment[0] == b"CLP"]
    if amounts not in ([(read.amount,)], [(-read.amount,)]):
        raise Broken("the amount that is read is the one of the file")
    if claims != [(claim.billed, claim.paid) for claim in read.claims]:
        raise Broken("the claims that are read are those of the file")


def _amounts(segment: Sequence[bytes], *places: int) -> tuple[Decimal | None, ...]:
    return tuple(_amount(segment[place]) if place < len(segment) else None for place in places)


def _amount(written: bytes) -> Decimal | None:
    try:
        return Decimal(written.decode())
    except (InvalidOperation, UnicodeDecodeError):
        return None


def _zipped(choices: Choices) -> bytes:
    """A ZIP of spoilt remittances, sometimes spoilt itself, or one in another."""
    content = io.BytesIO()
    method = choices.one((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2))
    with zipfile.ZipFile(content, "w", method) as archive:
        for number in range(1 + choices.number(3)):
            name = choices.one((f"{LAST_NAME}.835", f"../{LAST_NAME}", "C:\\a", "", "a/", f"{number}"))
            written = segments_edited(_PAID, Choices(choices.taken(12)))
            archive.writestr(zipfile.ZipInfo(name or "x"), written[:50_000])
    zipped = content.getvalue()
    return bytes_edited(zipped, choices) if choices.chance(2) else zipped


def _read_837(content: bytes) -> Told:
    claims = Claims837(content)
    rows = list(claims.rows(SCOPE, TODAY, _PAYERS))
    if len(rows) != claims.claims or [one.row for one in rows] != sorted({one.row for one in rows}):
        raise Broken("every claim of an 837 is a question or is left out, once")
    if claims.share() > 1:
        raise Broken("no more of a file is read than there is")
    return Told(tuple(f"{one.field}: {one.reason}" for one in rows if isinstance(one, RejectedRow)))


def _read_acknowledgements(content: bytes) -> Told:
    return Told(tuple(str(one) for one in acknowledgements(content) if isinstance(one, NotRead)))
