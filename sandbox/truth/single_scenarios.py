"""Stories with one claim and nothing doubtful about the person: paid, denied, pending, requested, rejected."""

from collections.abc import Callable
from datetime import timedelta

from sandbox.truth.adjudication import DENIALS, capitated_line, deductible_line, denied_line, paid_line
from sandbox.truth.draft import RECENT, Draft
from sandbox.truth.model import Claim, Member, Request, ServiceLine, Wording

Build = Callable[[Draft, str], None]

OTHER_CATEGORIES = {
    # claim status category: claim status codes shown with it
    "A0": ("16",),
    "A1": ("19",),
    "A2": ("20",),
    "A6": ("21", "153"),
    "A8": ("187", "255"),
    "P0": ("3",),
    "P4": ("56",),
    "P5": ("41",),
}
REQUEST_CATEGORIES = {
    # request for information of this kind: what is asked for, and the claim status codes shown with it
    "R0": ("Additional information", ("1",)),
    "R1": ("Provider information form", ("123",)),
    "R3": ("Itemized bill", ("276",)),
    "R4": ("Operative report", ("298",)),
    "R5": ("Details of the accident", ("304",)),
    "R6": ("Signed consent form", ("363",)),
    "R7": ("Treatment plan", ("322",)),
    "R8": ("Letter supporting a coverage exception", ("294",)),
    "R9": ("Medical records", ("317",)),
    "R10": ("Records supporting the grievance", ("317",)),
    "R11": ("Records for pre-payment review", ("317",)),
    "R12": ("Justification of the procedure billed", ("306",)),
    "R13": ("Readable copy of the records sent", ("294",)),
    "R14": ("The records first asked for", ("294",)),
    "R15": ("Workers' compensation claim details", ("286",)),
    "R16": ("Proof of eligibility", ("56",)),
    "R17": ("Records as asked for in the replaced request", ("317",)),
}


def paid_claim(
    draft: Draft,
    member: Member,
    *,
    wording: Wording = "plain",
    lines: tuple[ServiceLine, ...] = (),
    account: str | None = None,
) -> tuple[Claim, str]:
    """Add a paid claim for a member; also returns the office's account number."""
    number = account or draft.numbers.patient_account_number()
    billed = lines or draft.lines(draft.service_day())
    claim = draft.claim(
        member,
        "F1",
        tuple(paid_line(draft.rng, line) for line in billed),
        status_codes=("65",),
        patient_account_number=number,
        wording=wording,
    )
    return claim, number


def paid(draft: Draft, scenario: str) -> None:
    """Paid, plain and simple."""
    member = draft.member()
    claim, account = paid_claim(draft, member)
    draft.ask(scenario, "ANSWERED", "paid", member, claim.lines, answer=claim, patient_account_number=account)


def paid_with_number(draft: Draft, scenario: str) -> None:
    """Paid, and the office already knows the payer's claim number."""
    member = draft.member()
    claim, account = paid_claim(draft, member)
    draft.ask(
        scenario,
        "ANSWERED",
        "paid",
        member,
        claim.lines,
        answer=claim,
        patient_account_number=account,
        payer_claim_number=claim.payer_claim_number,
    )


def processed_paid(draft: Draft, scenario: str) -> None:
    """Paid, under a word that may also mean denied."""
    member = draft.member()
    claim, account = paid_claim(draft, member, wording="ambiguous")
    why = "the text may mean anything, the money says paid"
    draft.ask(scenario, "ANSWERED", why, member, claim.lines, answer=claim, patient_account_number=account)


def _decided(
    draft: Draft,
    scenario: str,
    category: str,
    lines: tuple[ServiceLine, ...],
    *,
    status_codes: tuple[str, ...],
    why: str,
    wording: Wording = "plain",
) -> None:
    member = draft.member()
    account = draft.numbers.patient_account_number()
    claim = draft.claim(
        member,
        category,
        lines,
        status_codes=status_codes,
        patient_account_number=account,
        wording=wording,
    )
    draft.ask(scenario, "ANSWERED", why, member, lines, answer=claim, patient_account_number=account)


def denied(draft: Draft, scenario: str, wording: Wording = "plain", why: str = "denied") -> None:
    """Every line refused for one reason."""
    denial = draft.rng.choice(DENIALS)
    lines = tuple(denied_line(line, denial) for line in draft.lines(draft.service_day()))
    _decided(draft, scenario, "F2", lines, status_codes=("585",), why=why, wording=wording)


def processed_denied(draft: Draft, scenario: str) -> None:
    """Denied, under a word that may also mean paid."""
    denied(draft, scenario, "ambiguous", "the text may mean anything, money and lines say denied")


def zero_pay_deductible(
    draft: Draft, scenario: str, wording: Wording = "plain", why: str = "all of it is the deductible"
) -> None:
    """Nothing paid because everything allowed is the patient's deductible."""
    lines = tuple(deductible_line(draft.rng, line) for line in draft.lines(draft.service_day()))
    _decided(draft, scenario, "F4", lines, status_codes=("104",), why=why, wording=wording)


def processed_zero_pay(draft: Draft, scenario: str) -> None:
    """The same, under a word that may also mean paid or denied."""
    zero_pay_deductible(draft, scenario, "ambiguous", "the text may mean anything, the lines say patient's deductible")


def capitated(draft: Draft, scenario: str) -> None:
    """Nothing paid because the monthly capitation covers it."""
    lines = tuple(capitated_line(line) for line in draft.lines(draft.service_day()))
    _decided(draft, scenario, "F4", lines, status_codes=("105",), why="covered by capitation")


def revised(draft: Draft, scenario: str) -> None:
    """Paid after a second look."""
    lines = tuple(paid_line(draft.rng, line) for line in draft.lines(draft.service_day()))
    _decided(draft, scenario, "F3", lines, status_codes=("101",), why="revised")


def not_forwarded(draft: Draft, scenario: str) -> None:
    """Paid and not sent on to the other payer named on the claim."""
    lines = tuple(paid_line(draft.rng, line) for line in draft.lines(draft.service_day()))
    _decided(draft, scenario, "F3N", lines, status_codes=("65",), why="finalised, not forwarded")


def finalised_without_details(draft: Draft, scenario: str) -> None:
    """Through adjudication, but the amounts are not on the portal yet."""
    lines = draft.lines(draft.service_day())
    _decided(draft, scenario, "F0", lines, status_codes=("1",), why="finalised, no amounts shown yet")


def in_category(category: str, *status_codes: str) -> Build:
    """A claim on its way, in this claim status category."""

    def build(draft: Draft, scenario: str) -> None:
        lines = draft.lines(draft.service_day(RECENT))
        _decided(draft, scenario, category, lines, status_codes=status_codes, why=f"in category {category}")

    return build


def _requested(draft: Draft, scenario: str, category: str, what: str, status_codes: tuple[str, ...]) -> None:
    member = draft.member()
    account = draft.numbers.patient_account_number()
    lines = draft.lines(draft.service_day(RECENT))
    due = draft.today + timedelta(days=draft.rng.randint(8, 35))
    claim = draft.claim(
        member,
        category,
        lines,
        status_codes=status_codes,
        patient_account_number=account,
        requests=(Request(what=what, due=due),),
    )
    draft.ask(
        scenario,
        "ANSWERED",
        "the payer waits for information",
        member,
        lines,
        answer=claim,
        patient_account_number=account,
    )


def records_requested(draft: Draft, scenario: str) -> None:
    """Pending until the office sends records."""
    _requested(draft, scenario, "P3", "Medical records", ("317",))


def request_in_category(category: str) -> Build:
    """A request of one of the kinds in `REQUEST_CATEGORIES`."""
    what, status_codes = REQUEST_CATEGORIES[category]

    def build(draft: Draft, scenario: str) -> None:
        _requested(draft, scenario, category, what, status_codes)

    return build


def system_error(category: str) -> Build:
    """The payer's system cannot tell the status, which says nothing about the claim."""

    def build(draft: Draft, scenario: str) -> None:
        member = draft.member()
        account = draft.numbers.patient_account_number()
        lines = draft.lines(draft.service_day(RECENT))
        draft.claim(member, category, lines, status_codes=("0",), patient_account_number=account)
        draft.ask(
            scenario,
            "NEEDS_STAFF",
            "the payer's system did not answer the question",
            member,
            lines,
            patient_account_number=account,
        )

    return build


def unmapped_text(draft: Draft, scenario: str) -> None:
    """A status in words that the portal never used before."""
    member = draft.member()
    account = draft.numbers.patient_account_number()
    lines = draft.lines(draft.service_day(RECENT))
    draft.claim(member, "P1", lines, status_codes=("20",), patient_account_number=account, wording="unmapped")
    draft.ask(
        scenario,
        "NEEDS_STAFF",
        "nobody has said yet what this text means",
        member,
        lines,
        patient_account_number=account,
    )


def money_does_not_add_up(draft: Draft, scenario: str) -> None:
    """Paid, but the payer's page shows a wrong amount."""
    member = draft.member()
    account = draft.numbers.patient_account_number()
    lines = tuple(paid_line(draft.rng, line) for line in draft.lines(draft.service_day()))
    draft.claim(
        member,
        "F1",
        lines,
        status_codes=("65",),
        patient_account_number=account,
        page_error=draft.rng.choice(("wrong-total", "wrong-line")),
    )
    draft.ask(
        scenario,
        "NEEDS_STAFF",
        "the amounts on the page contradict each other",
        member,
        lines,
        patient_account_number=account,
    )


def claim_not_found(draft: Draft, scenario: str) -> None:
    """The payer knows the member and another claim, but not this one."""
    member = draft.member()
    paid_claim(draft, member)
    lines = draft.lines(draft.service_day(RECENT))
    draft.ask(scenario, "NEGATIVE", "the claim never reached the payer", member, lines)
