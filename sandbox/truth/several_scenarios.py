"""Stories in which several claims look alike or belong together: replaced, voided, split, same day, many."""

from datetime import timedelta

from sandbox.truth.adjudication import (
    DENIALS,
    PRICES,
    deductible_line,
    denied_line,
    paid_line,
    reversed_line,
    with_units,
)
from sandbox.truth.draft import RECENT, Draft
from sandbox.truth.model import RelatedClaim, ServiceLine
from sandbox.truth.single_scenarios import paid_claim


def _paid(draft: Draft, lines: tuple[ServiceLine, ...]) -> tuple[ServiceLine, ...]:
    return tuple(paid_line(draft.rng, line) for line in lines)


def replaced(draft: Draft, scenario: str) -> None:
    """A corrected claim took the place of the first; the office asks how it stands now."""
    member = draft.member()
    account = draft.numbers.patient_account_number()
    billed = draft.lines(draft.service_day())
    refused = tuple(denied_line(line, draft.rng.choice(DENIALS)) for line in billed)
    original = draft.claim(
        member,
        "F3",
        refused,
        status_codes=("101",),
        patient_account_number=account,
        text_hint="replaced",
    )
    outcome = draft.rng.choice(("F1", "F1", "F4"))
    lines = _paid(draft, billed) if outcome == "F1" else tuple(deductible_line(draft.rng, line) for line in billed)
    current = draft.claim(
        member,
        outcome,
        lines,
        status_codes=("65",) if outcome == "F1" else ("104",),
        patient_account_number=account,
        related=(RelatedClaim(payer_claim_number=original.payer_claim_number, role="original"),),
        received_after=10,
    )
    draft.relate(original, RelatedClaim(payer_claim_number=current.payer_claim_number, role="replacement"))
    draft.ask(
        scenario,
        "ANSWERED",
        "the replacement is the claim that counts",
        member,
        billed,
        answer=current,
        patient_account_number=account,
    )


def voided(draft: Draft, scenario: str) -> None:
    """Paid, then taken back; no new claim followed."""
    member = draft.member()
    account = draft.numbers.patient_account_number()
    lines = _paid(draft, draft.lines(draft.service_day()))
    original = draft.claim(
        member, "F3", lines, status_codes=("101",), patient_account_number=account, text_hint="voided"
    )
    void = draft.claim(
        member,
        "F3",
        tuple(reversed_line(line) for line in lines),
        status_codes=("101",),
        patient_account_number=account,
        text_hint="reversal",
        related=(RelatedClaim(payer_claim_number=original.payer_claim_number, role="original"),),
        received_after=9,
    )
    original = draft.relate(original, RelatedClaim(payer_claim_number=void.payer_claim_number, role="void"))
    draft.ask(
        scenario,
        "ANSWERED",
        "voided and not replaced",
        member,
        lines,
        answer=original,
        patient_account_number=account,
    )


def split(draft: Draft, scenario: str) -> None:
    """The payer divided the claim; each part is decided by itself."""
    member = draft.member()
    account = draft.numbers.patient_account_number()
    first, second = sorted(draft.rng.sample(sorted(PRICES), 2))
    day = draft.service_day()
    billed = draft.lines(day, procedures=(first, second))
    parent = draft.claim(member, "A5", billed, status_codes=("20",), patient_account_number=account)
    children = []
    for line in billed:
        part = (line.model_copy(update={"number": 1}),)
        child = draft.claim(
            member,
            "F1",
            _paid(draft, part),
            status_codes=("65",),
            patient_account_number=account,
            related=(RelatedClaim(payer_claim_number=parent.payer_claim_number, role="original"),),
        )
        children.append(RelatedClaim(payer_claim_number=child.payer_claim_number, role="split"))
    parent = draft.relate(parent, *children)
    draft.ask(
        scenario,
        "ANSWERED",
        "split: the parts are named on the page",
        member,
        billed,
        answer=parent,
        patient_account_number=account,
    )


def crossover(draft: Draft, scenario: str) -> None:
    """Paid and passed on to a secondary payer, whose number is on the page."""
    member = draft.member()
    account = draft.numbers.patient_account_number()
    lines = _paid(draft, draft.lines(draft.service_day()))
    elsewhere = draft.numbers.payer_claim_number(draft.today)
    claim = draft.claim(
        member,
        "F3F",
        lines,
        status_codes=("65", "16"),
        patient_account_number=account,
        related=(RelatedClaim(payer_claim_number=elsewhere, role="crossover"),),
    )
    draft.ask(
        scenario,
        "ANSWERED",
        "paid and forwarded",
        member,
        lines,
        answer=claim,
        patient_account_number=account,
    )


def duplicates_by_procedure(draft: Draft, scenario: str) -> None:
    """Two claims of one day with one charge; the payer keeps no account number, the first procedures differ."""
    member = draft.member()
    day = draft.service_day()
    first, second, third = draft.rng.sample(sorted(PRICES), 3)
    for procedures in ((first, second, third), (second, first, third)):
        # The same three services in another order: the charge is equal by nature.
        lines = tuple(with_units(line, 1) for line in draft.lines(day, procedures=procedures))
        claim = draft.claim(member, "F1", _paid(draft, lines), status_codes=("65",))
        draft.ask(
            scenario,
            "ANSWERED",
            "the first procedure tells the two apart",
            member,
            lines,
            answer=claim,
        )


def duplicates_by_account(draft: Draft, scenario: str) -> None:
    """Two claims of one day with one charge and one procedure; the account number is on the detail page."""
    member = draft.member()
    lines = draft.lines(draft.service_day(), procedures=(draft.procedure(),))
    for _ in range(2):
        claim, account = paid_claim(draft, member, lines=lines)
        draft.ask(
            scenario,
            "ANSWERED",
            "the account number tells the two apart",
            member,
            lines,
            answer=claim,
            patient_account_number=account,
        )


def duplicates_alike(draft: Draft, scenario: str) -> None:
    """Two claims of one day alike in all that the office knows; one paid, one denied as a duplicate."""
    member = draft.member()
    lines = draft.lines(draft.service_day(), procedures=(draft.procedure(),))
    draft.claim(member, "F1", _paid(draft, lines), status_codes=("65",))
    draft.claim(
        member,
        "F2",
        tuple(denied_line(line, ("CO", "18", ("N522",))) for line in lines),
        status_codes=("54",),
    )
    for _ in range(2):
        draft.ask(scenario, "NEEDS_STAFF", "nothing tells the two claims apart", member, lines)


def many_on_one_day(draft: Draft, scenario: str) -> None:
    """A day in hospital with more claims than one page lists, each with its own charge."""
    member = draft.member()
    day = draft.service_day()
    several = []
    for units in range(1, 14):
        lines = tuple(with_units(line, units) for line in draft.lines(day, procedures=("97110",)))
        several.append((*paid_claim(draft, member, lines=lines), lines))
    for days in range(1, 11):
        paid_claim(draft, member, lines=draft.lines(day - timedelta(days=days)))
    for claim, account, lines in draft.rng.sample(several, 2):
        draft.ask(
            scenario,
            "ANSWERED",
            "one of many of that day; only the charge picks it",
            member,
            lines,
            answer=claim,
            patient_account_number=account,
        )


def too_many(draft: Draft, scenario: str) -> None:
    """A treatment on every day: a wide search lists nothing, a narrow one finds the day."""
    member = draft.member()
    for days in range(RECENT[0], RECENT[0] + 60):
        paid_claim(draft, member, lines=draft.lines(draft.today - timedelta(days=days + 20)))
    claim, account = paid_claim(draft, member, lines=draft.lines(draft.today - timedelta(days=28)))
    draft.ask(
        scenario,
        "ANSWERED",
        "one of sixty-one; the day picks it",
        member,
        claim.lines,
        answer=claim,
        patient_account_number=account,
    )


def other_location(draft: Draft, scenario: str) -> None:
    """The practice's other location has a claim for the same patient, day and charge, and it was denied."""
    member = draft.member()
    lines = draft.lines(draft.service_day())
    claim, account = paid_claim(draft, member, lines=lines)
    draft.claim(
        member,
        "F2",
        tuple(denied_line(line, ("CO", "18", ("N522",))) for line in lines),
        status_codes=("54",),
        billing_npi=draft.practice.providers[1].npi,
    )
    draft.ask(
        scenario,
        "ANSWERED",
        "only right when acting as the billing location",
        member,
        lines,
        answer=claim,
        patient_account_number=account,
    )


def several_days(draft: Draft, scenario: str) -> None:
    """One claim for services over several days."""
    member = draft.member()
    day = draft.service_day()
    procedures = tuple(draft.rng.sample(sorted(PRICES), 3))
    lines = draft.lines(day, day + timedelta(days=draft.rng.randint(2, 6)), procedures)
    claim, account = paid_claim(draft, member, lines=lines)
    draft.ask(
        scenario,
        "ANSWERED",
        "paid",
        member,
        lines,
        answer=claim,
        patient_account_number=account,
    )
