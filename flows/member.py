"""Whose coverage is it? The identity gate for a member's page, and what the payer holds otherwise than the office.

A payer may return another member id, or another last name, for the person who was asked about: that is told and never
silent. Anything else that differs makes it somebody else's page, or a question for a person.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from flows.coverage import Coverage, Difference, OtherPayer
from flows.identity import Compared, compare
from flows.matching import MatchingRules, canonical_id, plain_name, same_first_name, same_last_name, split_name
from flows.portal import Value
from flows.questions import Eligibility, Service
from flows.reading import text_of
from flows.segments import touches


class Whose(Enum):
    """What the gate says of a page or of a row of a list."""

    OURS = auto()
    """Enough is shown to say that this is who was asked about; what the payer corrects is in `differences`."""
    TOO_LITTLE = auto()
    """Nothing differs, and too little is shown to be sure."""
    OTHER_BIRTH_DATE = auto()
    """Id and name agree, and the birth date does not: probably ours, and a person says so."""
    STRANGER = auto()
    """Another id and another name: somebody whom the search found beside our member, who is not there."""
    UNCLEAR = auto()
    """Something differs that no payer corrects, and not enough to say that it is somebody else."""


_NAMES = frozenset({"patient_name", "last_name", "first_name"})


@dataclass(frozen=True)
class Judged:
    """Whose page it is, what was compared, and what the payer corrects."""

    whose: Whose
    compared: Compared
    differences: tuple[Difference, ...] = ()


def judge(question: Eligibility, shown: Mapping[str, Value], rules: MatchingRules) -> Judged:
    """Compare what a page or row shows of a member with the question."""
    compared = compare(question, shown, rules)
    if not compared.differ:
        return Judged(Whose.OURS if compared.same_person else Whose.TOO_LITTLE, compared)
    named = "patient_name" in compared.agree or {"last_name", "first_name"} <= compared.agree
    whole_id = canonical_id(text_of(shown, "member_id") or "") == canonical_id(question.patient.member_id)
    born = "birth_date" in compared.agree
    # Where only the beginning of a name counts, a name alone is too little to accept another id by.
    if compared.differ == {"member_id"} and named and born and compared.facts_needed == 2:
        returned = text_of(shown, "member_id")
        return Judged(
            Whose.OURS,
            compared,
            (Difference(field="member_id", ours=question.patient.member_id, theirs=returned),),
        )
    if compared.differ == {"birth_date"} and named and whole_id:
        return Judged(Whose.OTHER_BIRTH_DATE, compared)
    other = _other_last_name(question, shown, compared, rules)
    # Twins share birth date and often the id: another first name is another person, another last name a marriage.
    if other is not None and whole_id and born:
        difference = Difference(field="last_name", ours=question.patient.last_name, theirs=other)
        return Judged(Whose.OURS, compared, (difference,))
    stranger = "member_id" in compared.differ and bool(compared.differ & _NAMES)
    return Judged(Whose.STRANGER if stranger else Whose.UNCLEAR, compared)


def _other_last_name(
    question: Eligibility, shown: Mapping[str, Value], compared: Compared, rules: MatchingRules
) -> str | None:
    """The last name that the payer shows, where that and nothing else differs."""
    patient = question.patient
    if compared.differ == {"last_name"} and "first_name" in compared.agree:
        return text_of(shown, "last_name")
    whole = text_of(shown, "patient_name")
    parts = split_name(whole, rules) if whole is not None and compared.differ == {"patient_name"} else None
    if parts is None or not same_first_name(patient.first_name, parts[1], rules):
        return None
    return None if same_last_name(patient.last_name, parts[0], rules) else parts[0]


def held_otherwise(question: Eligibility, coverage: Coverage, *, says_of_other_payers: bool) -> Iterator[Difference]:
    """Where the payer's page and what the office holds of plan, group and other payers are not the same."""
    held = question.held
    ours, theirs = held.plan_name, coverage.plan_name
    if ours is not None and theirs is not None and plain_name(ours) != plain_name(theirs):
        yield Difference(field="plan_name", ours=ours, theirs=theirs)
    ours, theirs = held.group_number, coverage.group_number
    if ours is not None and theirs is not None and canonical_id(ours) != canonical_id(theirs):
        yield Difference(field="group_number", ours=ours, theirs=theirs)
    if not says_of_other_payers:
        return
    current = [payer for payer in coverage.other_payers if _pays_then(payer, question.service)]
    unknown = [payer.name for payer in current if plain_name(payer.name) != plain_name(held.other_payer or "")]
    for name in unknown:
        yield Difference(field="other_payer", ours=held.other_payer, theirs=name)
    if held.other_payer is not None and not current:
        yield Difference(field="other_payer", ours=held.other_payer, theirs=None)


def _pays_then(payer: OtherPayer, service: Service) -> bool:
    return touches(payer.begins, payer.ends, service)
