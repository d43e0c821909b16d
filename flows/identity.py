"""The identity gate: is what the page shows about whom and what was asked? (DESIGN 2.1)

Everything that the page shows is compared; what it does not show cannot be. Too little shown is no match either.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flows.answers import Shown
from flows.matching import (
    MatchingRules,
    NameRule,
    canonical_id,
    is_cut,
    same_first_name,
    same_last_name,
    same_member_id,
    same_person_name,
)
from flows.portal import Value
from flows.questions import Appeal, AppealStatus, Claim, ClaimStatus, Eligibility, Patient, Service

IDENTITY_FIELDS = (
    "member_id",
    "patient_name",
    "last_name",
    "first_name",
    "birth_date",
    "patient_account_number",
    "payer_claim_number",
    "provider_npi",
    "provider_tin",
    "service_from",
    "service_to",
    "billed",
    "first_procedure",
)
"""The field names that the gate compares where a pack's view has them."""


@dataclass(frozen=True)
class Compared:
    """What the gate found: names of the fields that agree and of those that differ, with the differing texts."""

    agree: frozenset[str]
    differ: frozenset[str]
    seen: tuple[Shown, ...]
    facts_needed: int = 2
    """How many of name, member id and birth date must be shown and agree."""

    @property
    def same_person(self) -> bool:
        """Enough is shown to say that this is the patient, and nothing says otherwise."""
        named = "patient_name" in self.agree or {"last_name", "first_name"} <= self.agree
        person = sum((named, "member_id" in self.agree, "birth_date" in self.agree))
        return not self.differ & _PERSON and person >= self.facts_needed

    @property
    def same_claim(self) -> bool:
        """Enough is shown to say that this is the claim, and nothing says otherwise."""
        numbered = bool(self.agree & {"payer_claim_number", "patient_account_number"})
        described = {"service_from", "billed"} <= self.agree
        return not self.differ and (described or (numbered and "service_from" in self.agree))


_NAMES = ("patient_name", "last_name", "first_name")
_PERSON = frozenset({"member_id", "patient_name", "last_name", "first_name", "birth_date"})


Asked = ClaimStatus | Eligibility | Appeal | AppealStatus
"""The questions that are about a person."""


def compare(question: Asked, shown: Mapping[str, Value], rules: MatchingRules) -> Compared:
    """Compare every identity field that the page shows with the question.

    A shown blank is not compared: the page does not say. Our payer claim number and first procedure are compared only
    where the office has them.
    """
    asked = _service(question.service) if isinstance(question, Eligibility) else _claim(question.claim)
    tests = {
        **_person(question.patient, rules),
        **asked,
        "provider_npi": _number(question.provider.npi),
        "provider_tin": _number(question.provider.tin),
    }
    agree, differ, seen = set(), set(), []
    for name in IDENTITY_FIELDS:
        value, test = shown.get(name), tests.get(name)
        if value is None or value.normal is None or test is None:
            continue
        if test(value.normal):
            agree.add(name)
        else:
            differ.add(name)
            seen.append(value.shown)
    # Where only the beginning of a name counts, name, id and birth date must all three agree (DOMAIN 2.5).
    names = [shown[name].normal for name in _NAMES if name in shown]
    beginning = rules.names is NameRule.FIRST_THREE or any(isinstance(n, str) and is_cut(n, rules) for n in names)
    facts_needed = 3 if beginning else 2
    return Compared(agree=frozenset(agree), differ=frozenset(differ), seen=tuple(seen), facts_needed=facts_needed)


_Test = Callable[[object], bool]


def _person(patient: Patient, rules: MatchingRules) -> Mapping[str, _Test]:
    return {
        "member_id": _text(lambda value: same_member_id(patient.member_id, value, rules)),
        "patient_name": _text(lambda value: same_person_name(patient.last_name, patient.first_name, value, rules)),
        "last_name": _text(lambda value: same_last_name(patient.last_name, value, rules)),
        "first_name": _text(lambda value: same_first_name(patient.first_name, value, rules)),
        "birth_date": _day(patient.birth_date),
    }


def _service(service: Service) -> Mapping[str, _Test]:
    return {"service_from": _day(service.service_from), "service_to": _day(service.service_to)}


def _claim(claim: Claim) -> Mapping[str, _Test]:
    tests: dict[str, _Test] = {
        "patient_account_number": _number(claim.patient_account_number),
        "service_from": _day(claim.service_from),
        "service_to": _day(claim.service_to),
        "billed": lambda value: isinstance(value, Decimal) and value == claim.billed,
    }
    if claim.payer_claim_number is not None:
        tests["payer_claim_number"] = _number(claim.payer_claim_number)
    if claim.first_procedure is not None:
        tests["first_procedure"] = _number(claim.first_procedure)
    return tests


def _text(test: Callable[[str], bool]) -> _Test:
    return lambda value: isinstance(value, str) and test(value)


def _day(ours: date) -> _Test:
    return lambda value: value == ours


def _number(ours: str) -> _Test:
    return _text(lambda value: canonical_id(value) == canonical_id(ours))
