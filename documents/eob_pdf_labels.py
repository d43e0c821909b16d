"""How payers call what stands in an explanation of benefits: data, for a reader that knows no payer's form.

Capitals, plurals, `#`, dots and the usual short forms (`Acct No.`, `Amt`, `DOS`) make no difference; each wording
stands here once. A wording that could mean two things stands nowhere: what it labels is not read.
"""

import re
from collections.abc import Mapping

_SHORT_FORMS: Mapping[str, str] = {
    "#": "number", "no": "number", "nbr": "number", "num": "number", "acct": "account", "amt": "amount",
    "svc": "service", "serv": "service", "proc": "procedure", "mod": "modifier", "adj": "adjustment",
    "resp": "responsibility", "pat": "patient", "pt": "patient", "prov": "provider", "chg": "charge", "cd": "code",
    "qty": "quantity", "dos": "service date", "nos": "units", "chk": "check", "pd": "paid", "grp": "group",
    "rc": "reason code", "receipt": "received", "ref": "reference", "coins": "coinsurance", "ded": "deductible",
    "tot": "total", "pmt": "payment",
}  # fmt: skip


def plain(text: str) -> str:
    """A wording without regard to capitals, plurals, punctuation and short forms."""
    return " ".join(map(_plain_word, re.findall(r"[a-z0-9]+|#", text.lower())))


def _plain_word(word: str) -> str:
    if word in _SHORT_FORMS:
        return _SHORT_FORMS[word]
    # One claim and all of them are not the same: "claim paid", "claims paid".
    singular = word if word == "claims" else word.removesuffix("s")
    return _SHORT_FORMS.get(singular, singular)


def _by_wording(wordings: Mapping[str, str]) -> Mapping[str, str]:
    """Our name for each wording; a name's wordings are parted by bars. No wording is given twice."""
    found: dict[str, str] = {}
    for name, ways in wordings.items():
        for way in ways.split(" | "):
            if found.setdefault(plain(way), name) != name:
                raise ValueError(f"the wording {way} is given to {name} and to {found[plain(way)]}")
    return found


PAYMENT = _by_wording({
    "payer": (
        "payer | payer name | plan | health plan | from payer | contractor | program | carrier | insurer | insurance "
        "company"
    ),
    "payer_id": "payer id | payer number | plan id | payer identifier",
    "payee": (
        "pay-to provider | supplier/provider | supplier | payee | payee name | provider | provider name | pay to | "
        "paid to | billing provider"
    ),
    "payee_npi": "payee npi | npi | provider npi | npi number | billing npi | billing provider npi",
    "payee_tin": (
        "fein | employer id number | tax id | tin | payee tin | tax id number | payee tax id | provider tax id | "
        "federal tax id | tax number | ein | provider tin"
    ),
    "method": "payment method | method | payment type | method of payment | paid through | paid by",
    "trace": (
        "warrant/eft number | warrant/check number | check/eft trace | payment number | check number | eft number | "
        "trace number | check/eft number | eft/check number | eft trace number | check or eft number | remittance "
        "number | payment id | payment reference | check/eft trace number | eft trace | trace | payment trace number "
        "| warrant number | check/trace number | payment trace | eft or check number | reassociation trace number"
    ),
    "paid_on": (
        "cycle date | warrant date | pay date | payment date | check date | date paid | eft date | paid on | paid "
        "date | issue date | check/eft date | eft/check date | date of payment | remittance date | check issue date"
    ),
    "amount": (
        "payment amount | check amount | eft amount | amount of payment | check/eft amount | net payment | eft/check "
        "amount | net payment amount | total payment | total payment amount | payment total | amount of this payment "
        "| total amount of payment | remittance amount"
    ),
    "production_date": "production date | statement date | notice date | date of notice | prepared on",
})  # fmt: skip
"""What a payment says of itself."""

CLAIM = _by_wording({
    "patient": (
        "patient | patient name | name of patient | member name | member | beneficiary | beneficiary name | recipient "
        "| recipient name | client name | insured name"
    ),
    "member_id": (
        "member id | member number | subscriber id | subscriber number | medicare number | medicare id | recipient id "
        "| insured id | hic | hicn | mbi | medicaid id | patient id | member identifier | beneficiary id | client id "
        "| id card number | member id number"
    ),
    "patient_account_number": (
        "account number | patient account number | patient account | account | patient control number | your account "
        "number | provider account number | patient number | pcn | your reference | patient acct | provider reference"
    ),
    "payer_claim_number": (
        "payer claim | claim number | claim id | icn | dcn | payer claim number | claim control number | payer claim "
        "control number | internal control number | tcn | claim reference | claim reference number | transaction "
        "control number | payer control number | claim identifier | document control number"
    ),
    "original_claim_number": (
        "original payer claim number | previous icn | former internal control number | replaced claim number | "
        "original claim number | original claim | adjusts claim | replaces claim | adjusted claim number | previous "
        "claim number | original icn | former icn | corrects claim | original reference number | reverses claim | "
        "former claim number"
    ),
    "status": (
        "claim status | status | processed as | disposition | claim disposition | outcome | claim outcome | result"
    ),
    "service_dates": (
        "service dates | dates of service | date of service | service period | service date | service from - to | "
        "from - to | from - through | served | date(s) of service"
    ),
    "service_from": (
        "service from | from date of service | first service date | first day of service | service from date | "
        "statement from"
    ),
    "service_to": (
        "service to | to date of service | last service date | last day of service | service to date | service "
        "through | statement through"
    ),
    "received_date": "received | received date | date received | claim received | received on | claim received date",
    "billed": (
        "billed | billed amount | amount billed | total charge | charge | total billed amount | claim charge | "
        "submitted charge | amount charged | billed charge | charged | submitted | claim charge amount | submitted "
        "amount | claim billed | you billed"
    ),
    "allowed": (
        "allowed | allowed amount | amount allowed | total allowed amount | approved | approved amount | amount "
        "approved | eligible amount | plan allowed | claim allowed | allowable | we allowed"
    ),
    "paid": (
        "paid | paid amount | amount paid | claim payment | claim paid | plan paid | net paid | benefit paid | claim "
        "payment amount | benefit | paid to provider | provider paid | we paid | reimbursed | reimbursement | "
        "reimbursement amount"
    ),
    "patient_responsibility": (
        "patient responsibility | member share | patient pays | patient owes | member responsibility | you may bill | "
        "patient responsibility amount | patient liability | beneficiary responsibility | patient balance | patient "
        "share | member owes | may be billed to patient | recipient liability | patient may owe | member liability | "
        "recipient share | beneficiary liability"
    ),
    "adjustments": (
        "adjustments | claim adjustments | claim adjustment reasons | adjustment codes | claim level adjustments | "
        "adjustment reason | reason codes | claim adjustment codes"
    ),
    "remark_codes": (
        "remarks | remark codes | claim remarks | claim remark codes | rarc | remark | moa codes | mia codes | claim "
        "level remarks | messages | message codes | remittance remarks"
    ),
    "rendering_provider": (
        "rendering provider | rendering npi | rendering provider npi | treating provider | performing provider | "
        "performing provider npi"
    ),
    "corrected_member_id": (
        "new subscriber id | corrected mbi | current member id | new mbi | new recipient id | corrected member id | "
        "corrected id | correct member id | new member id | corrected medicare number | corrected recipient id | "
        "member id corrected to | corrected medicare id | corrected subscriber id"
    ),
    "corrected_name": (
        "corrected name | corrected insured | corrected patient name | corrected member name | name corrected to | "
        "corrected insured name | corrected patient"
    ),
    "crossover_payer": (
        "claim information forwarded to | also forwarded to | crossover payer | crossover | forwarded to | claim "
        "forwarded to | crossed over to | crossover carrier | crossover to | sent on to | passed on to | also sent to"
    ),
})  # fmt: skip
"""What a claim says of itself, above its lines or in a row of its own."""

TOTAL = _by_wording({
    "billed": "total billed | total charges billed | billed total | total charged | billed in all",
    "allowed": "total allowed | allowed total",
    "paid": (
        "total paid | total paid total | total paid to provider | total paid on claims | paid for "
        "claims | total claims paid | claims paid | total provider paid | paid in all"
    ),
    "adjusted": (
        "total provider adjustments | provider adjustments total | net provider adjustments | total provider level "
        "adjustments"
    ),
    "claims": "number of claims | total claims | claim count | claims in this payment",
})  # fmt: skip
"""What is told of all claims of a payment together; read only to be compared."""

LINE = _by_wording({
    "number": "line | line number | number | ln | item | line item | seq",
    "procedure": (
        "procedure | procedure code | cpt | hcpcs | cpt/hcpcs | service code | hcpcs/cpt | service | code | cpt code "
        "| hcpcs code | procedure/service | cpt/hcpcs code | service/procedure"
    ),
    "modifiers": "modifier | modifiers | procedure modifier",
    "revenue_code": "revenue code | rev code | revenue | rev",
    "service_dates": (
        "date | date of service | service date | service dates | dates of service | served | serv date | from - to | "
        "from - through | date(s) of service | day of service | day"
    ),
    "service_from": "from | from date | service from | first day",
    "service_to": "to | through | thru | to date | service to | last day",
    "units": (
        "units | nos | number of services | days or units | quantity | days/units | units of service | count | unit "
        "count"
    ),
    "billed": (
        "billed | charge | amount billed | billed amount | charged | submitted charge | submitted | amount charged | "
        "billed charge | total charge | submitted amount | you billed"
    ),
    "allowed": (
        "allowed | allowed amount | amount allowed | approved | approved amount | amount approved | eligible amount | "
        "allowable | we allowed"
    ),
    "paid": (
        "paid | payment | amount paid | paid amount | plan paid | net paid | benefit paid | provider paid | paid to "
        "provider | payment amount | benefit | we paid | reimbursed | reimbursement"
    ),
    "patient_responsibility": (
        "patient responsibility | patient owes | member responsibility | patient liability | patient balance | "
        "patient share | patient may owe | member owes"
    ),
    "adjustments": (
        "adjustments | adjustment | adjustment code | reason code | group/reason | group reason | adjustment reason | "
        "carc | adjustment reason code | reason | grp/rc | group/carc | adjustments (group-code amount) | grp/rc-amt "
        "| reduction | not paid because"
    ),
    "adjustment_amounts": "adjustment amount | amount adjusted | reason amount | reduction amount",
    "remark_codes": "remark | remarks | remark code | rarc | remark codes | message | message code | note | see note",
    "deductible": "deductible",
    "coinsurance": "coinsurance | co-insurance",
    "copay": "copay | co-pay | copayment | co-payment",
    "contractual": "contractual adjustment | contractual | contractual write off | provider discount",
    "line_control_number": "line control number | your line number | provider line number",
})  # fmt: skip
"""The columns of a table of service lines."""

PROVIDER = _by_wording({
    "reason": (
        "plb reason code | plb reason | plb code | reason | adjustment reason | code | reason code | adjustment code "
        "| adjustment type | type | description | provider adjustment | adjustment | what for"
    ),
    "reference": (
        "fcn/other identifier | fcn | related number | related claim | reference | reference number | claim number | "
        "claim | icn | reference id | claim/reference | adjustment identifier | identifier | claim or payment | tcn | "
        "about"
    ),
    "amount": (
        "amount | adjustment amount | amount withheld | amount adjusted | withheld | amount taken | taken from "
        "payment | taken"
    ),
})  # fmt: skip
"""The columns of a table of adjustments that belong to no claim."""

_SECTIONS = _by_wording({
    "provider": (
        "provider adjustments | provider level adjustments | adjustments to this payment | other adjustments | "
        "payment adjustments | financial adjustments | adjustments that belong to no claim | plb adjustments | "
        "non-claim adjustments | accounts receivable and other adjustments | provider adjustment details | "
        "provider level adjustment details | financial transactions"
    ),
    "total": (
        "totals | total | payment totals | summary | payment summary | totals of this payment | remittance totals | "
        "summary of this payment | grand totals | remittance summary"
    ),
})  # fmt: skip
"""Headings above what belongs to no claim."""

CLAIM_STATUSES = _by_wording({
    "1": "processed as primary | primary | paid as primary | paid as primary payer | paid",
    "2": "processed as secondary | secondary | paid as secondary | paid as secondary payer",
    "3": "processed as tertiary | tertiary | paid as tertiary",
    "4": "denied | claim denied | payment denied",
    "19": (
        "processed as primary, forwarded to additional payer(s) | processed as primary, forwarded | primary, "
        "forwarded | paid as primary, forwarded | processed as primary and forwarded | paid and forwarded | paid, "
        "forwarded | paid as primary and forwarded | paid and sent on | paid, crossed over | processed as "
        "primary, sent on"
    ),
    "20": (
        "processed as secondary, forwarded to additional payer(s) | processed as secondary, forwarded | processed "
        "as secondary and forwarded"
    ),
    "21": (
        "processed as tertiary, forwarded to additional payer(s) | processed as tertiary, forwarded | processed "
        "as tertiary and forwarded"
    ),
    "22": (
        "reversal of previous payment | reversal | reversed | payment reversed | taken back | reversal of a "
        "previous payment | reversal of earlier payment | voided | void"
    ),
    "23": (
        "not our claim, forwarded to additional payer(s) | not our claim, forwarded | not ours, forwarded | not "
        "our claim"
    ),
    "25": (
        "predetermination pricing only - no payment | predetermination | predetermination, no payment | "
        "predetermination only"
    ),
})  # fmt: skip
"""A claim's status in words, as CLP02."""

PROVIDER_REASONS = _by_wording({
    "WO": "overpayment recovery | recovery | recoupment | takeback | take-back | withholding",
    "FB": "forwarding balance | balance forward | balance carried forward | forwarded balance",
    "L6": "interest | interest owed | interest paid | late payment interest",
    "72": "authorized return | refund | refund received",
    "J1": "nonreimbursable | non-reimbursable",
    "IR": "internal revenue service withholding | tax withholding",
    "CS": "adjustment | manual adjustment",
})  # fmt: skip
"""A provider adjustment's reason in words, as the code of PLB03-1."""

METHODS = _by_wording({
    "ACH": (
        "ach | eft | electronic funds transfer | direct deposit | electronic | electronic payment | eft (ach) | "
        "ach credit | eft payment"
    ),
    "CHK": "check | paper check | cheque | warrant",
    "NON": "non-payment | no payment | none | non | no money moved | zero payment | non payment",
    "FWT": "wire | wire transfer | federal wire | fwt",
})  # fmt: skip
"""How a payment was made, as BPR04."""

PATIENT_SHARES: Mapping[str, tuple[str, str]] = {
    "deductible": ("PR", "1"),
    "coinsurance": ("PR", "2"),
    "copay": ("PR", "3"),
    "contractual": ("CO", "45"),
}
"""Columns of amounts that are adjustments of their own: group and claim adjustment reason code (CARC 1, 2, 3, 45)."""


def is_provider_section(text: str) -> bool:
    """Is this the heading above adjustments that belong to no claim?"""
    return _SECTIONS.get(plain(text)) == "provider"


def is_total_section(text: str) -> bool:
    """Is this the heading above the totals of the payment?"""
    return _SECTIONS.get(plain(text)) == "total"
