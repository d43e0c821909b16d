"""Is every eligibility answer right? Compares what was answered, fact by fact, with what a practice payer knows.

Portals differ in which facts they show. A fact that was not shown is not wrong; one that was answered otherwise is, and
so is a list (benefits, accumulators, other payers, segments) of which an entry is missing, changed or made up.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flows.answers import Normalised
from flows.coverage import Accumulator, Benefit, Coverage, MemberNotFound, OtherPayer, Segment
from flows.matching import letters
from flows.values import Frozen

Truth = Mapping[str, Any]
Facts = Mapping[str, object]


class WrongCoverage(Frozen):
    """An answer that is not the truth: the appointment's number, and the names of the facts that differ."""

    appointment_number: str
    facts: tuple[str, ...]


def wrong_coverages(answers: Iterable[tuple[str, Normalised]], truth: Truth) -> tuple[WrongCoverage, ...]:
    """Every answer, by appointment number, that the truth does not bear out.

    "Not found" is wrong where the payer knows the member; any answer is wrong where only a person could have decided.
    """
    asks = {ask["appointment_number"]: ask for ask in truth["appointment_asks"]}
    found = []
    for number, answer in answers:
        facts = tuple(_wrong_facts(answer, asks.get(number)))
        if facts:
            found.append(WrongCoverage(appointment_number=number, facts=facts))
    return tuple(found)


def _wrong_facts(answer: Normalised, ask: Mapping[str, Any] | None) -> Iterator[str]:
    if ask is None:
        yield "nobody asked"
    elif isinstance(answer, MemberNotFound):
        if ask["expect"] != "NEGATIVE":
            yield "not found"
    elif not isinstance(answer, Coverage):
        yield "no answer about coverage"
    elif ask["expect"] != "ANSWERED":
        yield "answered"
    else:
        yield from _differences(answer, ask["coverage"])
        yield from _untold(answer, ask)


def _differences(said: Coverage, true: Mapping[str, Any]) -> Iterator[str]:
    if said.status != true["status"]:
        yield "status"
    member = said.member
    for name, told, known in (
        ("member id", member.member_id, true["member_id"]),
        ("last name", _letters(member.last_name), _letters(true["last_name"])),
        ("birth date", member.birth_date, _day(true["birth_date"])),
        ("plan name", said.plan_name, true["plan_name"]),
        ("group number", said.group_number, true["group_number"]),
        ("plan begins", said.plan_begins, _day(true["plan_begins"])),
        ("plan ends", said.plan_ends, _day(true["plan_ends"])),
        ("payer to bill", said.payer_to_bill, true["payer_to_bill"]),
        ("primary care provider", said.primary_care_provider, true["primary_care_provider"]),
    ):
        if told is not None and told != known:
            yield name
    if said.payer_to_bill is None and true["payer_to_bill"] is not None:
        yield "payer to bill"
    for name, told_all, known_all in (
        ("benefits", [_benefit(one) for one in said.benefits], true["benefits"]),
        ("accumulators", [_accumulator(one) for one in said.accumulators], true["accumulators"]),
        ("other payers", [_other_payer(one) for one in said.other_payers], true["other_payers"]),
        ("segments", [_segment(one) for one in said.segments], true["segments"]),
    ):
        if not _same(told_all, [_plain(one) for one in known_all]):
            yield name


def _untold(said: Coverage, ask: Mapping[str, Any]) -> Iterator[str]:
    """What the payer holds otherwise must be told, as far as the page shows it; and nothing else."""
    told = {difference.field for difference in said.differences}
    held = set(ask["differences"])
    shown = {
        "group_number": said.group_number is not None,
        "plan_name": said.plan_name is not None,
        "other_payer": True,
        "member_id": said.member.member_id is not None,
        "last_name": said.member.last_name is not None,
        "first_name": said.member.first_name is not None,
        "birth_date": said.member.birth_date is not None,
    }
    if told - held:
        yield "a difference that is none"
    if any(shown[field] for field in held - told):
        yield "a difference that was not told"


def _same(told: Sequence[Facts], known: Sequence[Facts]) -> bool:
    """Does every entry of the one belong to one of the other, in whatever order?"""
    left = list(known)
    # Those that say most choose first: one that says little would fit several.
    for one in sorted(told, key=lambda facts: sum(fact is None for fact in facts.values())):
        fitting = next((other for other in left if _fits(one, other)), None)
        if fitting is None:
            return False
        left.remove(fitting)
    return not left


def _fits(told: Facts, known: Facts) -> bool:
    return all(fact is None or fact == known.get(name) for name, fact in told.items())


def _benefit(one: Benefit) -> Facts:
    return {
        "kind": one.kind.value,
        "service_type": one.service_type,
        "network": one.network.value,
        "level": one.level and one.level.value,
        "period": one.period,
        "amount": one.amount,
        "percent": one.percent,
        "quantity": one.quantity,
        "authorization_required": one.authorization_required,
    }


def _accumulator(one: Accumulator) -> Facts:
    return {
        "kind": one.kind.value,
        "level": one.level.value,
        "network": one.network.value,
        "total": one.total,
        "met": one.met,
        "remaining": one.remaining,
    }


def _other_payer(one: OtherPayer) -> Facts:
    return {
        "name": one.name,
        "payer_id": one.payer_id,
        "order": one.order,
        "begins": one.begins,
        "ends": one.ends,
        "msp_type": one.msp_type,
    }


def _segment(one: Segment) -> Facts:
    return {
        "kind": one.kind.value,
        "begins": one.begins,
        "ends": one.ends,
        "payer": one.payer,
        "amount": one.amount,
    }


_DAYS = ("begins", "ends")
_AMOUNTS = ("amount", "percent", "quantity", "total", "met", "remaining")


def _plain(true: Mapping[str, Any]) -> Facts:
    read: dict[str, object] = dict(true)
    read |= {name: _day(true[name]) for name in _DAYS if name in true}
    return read | {name: None if true[name] is None else Decimal(true[name]) for name in _AMOUNTS if name in true}


def _letters(name: str | None) -> str | None:
    return None if name is None else letters(name)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
