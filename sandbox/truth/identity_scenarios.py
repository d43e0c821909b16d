"""Stories about who the patient is: names, twins, member ids and birth dates that differ between the sides."""

from datetime import date, timedelta

from sandbox.truth.draft import RECENT, Draft
from sandbox.truth.model import Member
from sandbox.truth.names import (
    ACCENTS,
    APOSTROPHES,
    HYPHENATED,
    NEAR_LAST_NAMES,
    NEAR_NAMES,
    SUFFIXES,
    TWINS,
)
from sandbox.truth.single_scenarios import paid_claim


def _named(draft: Draft, scenario: str, member: Member, last_name: str = "", first_name: str = "") -> None:
    claim, account = paid_claim(draft, member)
    draft.ask(
        scenario,
        "ANSWERED",
        "the same person under two spellings",
        member,
        claim.lines,
        answer=claim,
        patient_account_number=account,
        last_name=last_name,
        first_name=first_name,
    )


def hyphenated_name(draft: Draft, scenario: str) -> None:
    """Hyphen on one side, blank on the other, or hyphen on both."""
    office, payer = draft.rng.choice(HYPHENATED)
    _named(draft, scenario, draft.member(last_name=payer), office)


def apostrophe_name(draft: Draft, scenario: str) -> None:
    """An apostrophe that the payer keeps or loses."""
    office, payer = draft.rng.choice(APOSTROPHES)
    _named(draft, scenario, draft.member(last_name=payer), office)


def suffixed_name(draft: Draft, scenario: str) -> None:
    """A generation suffix in the last name, on one side or on both."""
    office, payer = draft.rng.choice(SUFFIXES)
    _named(draft, scenario, draft.member(last_name=payer), office)


def accented_name(draft: Draft, scenario: str) -> None:
    """Accents in the office, none at the payer."""
    last_name, first_name, payer_last, payer_first = draft.rng.choice(ACCENTS)
    _named(draft, scenario, draft.member(last_name=payer_last, first_name=payer_first), last_name, first_name)


def leap_day(draft: Draft, scenario: str) -> None:
    """Born on 29 February."""
    member = draft.member(birth_date=date(draft.rng.choice((1948, 1964, 2000)), 2, 29))
    _named(draft, scenario, member)


def twins(draft: Draft, scenario: str) -> None:
    """Two children, one birth date, an id for each; same day, same charge."""
    elder, younger = draft.rng.choice(TWINS)
    first_id, second_id = draft.numbers.siblings()
    first = draft.member(first_name=elder, member_id=first_id)
    second = draft.member(
        last_name=first.last_name,
        first_name=younger,
        member_id=second_id,
        birth_date=first.birth_date,
    )
    lines = draft.lines(draft.service_day())
    for member in (first, second):
        claim, account = paid_claim(draft, member, lines=lines)
        draft.ask(
            scenario,
            "ANSWERED",
            "the twin's claim looks the same",
            member,
            lines,
            answer=claim,
            patient_account_number=account,
        )


def shared_member_id(draft: Draft, scenario: str) -> None:
    """Two people with nearly the same name under one member id; same day, same charge."""
    first_name, second_name = draft.rng.choice(NEAR_NAMES)
    first = draft.member(first_name=first_name)
    second = draft.member(
        last_name=first.last_name,
        first_name=second_name,
        member_id=first.member_id,
        birth_date=first.birth_date + timedelta(days=draft.rng.randint(400, 3000)),
    )
    lines = draft.lines(draft.service_day())
    for member in (first, second):
        claim, account = paid_claim(draft, member, lines=lines)
        draft.ask(
            scenario,
            "ANSWERED",
            "only name and birth date tell the two apart",
            member,
            lines,
            answer=claim,
            patient_account_number=account,
        )


def corrected_member_id(draft: Draft, scenario: str) -> None:
    """The payer finds the member under the old id and shows a new one."""
    old = draft.numbers.member_id()
    member = draft.member(former_member_ids=(old,))
    claim, account = paid_claim(draft, member)
    draft.ask(
        scenario,
        "NEEDS_STAFF",
        "the payer shows another member id; a person confirms the change",
        member,
        claim.lines,
        patient_account_number=account,
        member_id=old,
    )


def wrong_birth_date(draft: Draft, scenario: str) -> None:
    """The office holds another birth date than the payer shows."""
    member = draft.member()
    claim, account = paid_claim(draft, member)
    draft.ask(
        scenario,
        "NEEDS_STAFF",
        "the birth date on the page is not the patient's",
        member,
        claim.lines,
        patient_account_number=account,
        birth_date=member.birth_date + timedelta(days=draft.rng.choice((-10, 9, 31, 365))),
    )


def _stranger(draft: Draft) -> Member:
    """Somebody the payer does not know; never added to the ledger."""
    return Member(
        patient="",
        member_id=draft.numbers.member_id(),
        last_name="Unbekant",
        first_name=draft.rng.choice(("Alva", "Bruno", "Cora", "Dario")),
        birth_date=draft.birth_date(),
    )


def member_not_found(draft: Draft, scenario: str) -> None:
    """The payer has no such member."""
    draft.ask(
        scenario,
        "NEGATIVE",
        "the payer does not know the member",
        _stranger(draft),
        draft.lines(draft.service_day(RECENT)),
    )


def member_not_found_near_name(draft: Draft, scenario: str) -> None:
    """The payer has no such member, but a near-namesake born the same day with the same charge."""
    asked, known = draft.rng.choice(NEAR_LAST_NAMES)
    other = draft.member(last_name=known)
    lines = draft.lines(draft.service_day())
    paid_claim(draft, other, lines=lines)
    stranger = other.model_copy(update={"last_name": asked, "member_id": draft.numbers.member_id()})
    draft.ask(scenario, "NEGATIVE", "the member found by name is somebody else", stranger, lines)
