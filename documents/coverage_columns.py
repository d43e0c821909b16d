"""The columns of exported eligibility answers: one row for each appointment, or one for each benefit.

Names and order are documented in docs/files.md and stay as they are; a new column joins at the end.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from documents.answered_question import (
    PATIENT,
    AnsweredQuestion,
    Meaning,
    NotThisFlow,
    key_cells,
    key_columns,
    made_cells,
    patient_cells,
)
from documents.columns import Cell, Column, Kind, listed
from flows.coverage import (
    Accumulator,
    Benefit,
    BenefitKind,
    Coverage,
    Difference,
    Level,
    MemberNotFound,
    Network,
    OtherPayer,
    Segment,
)
from flows.questions import Eligibility

PERSONAL = frozenset({"member_id", "last_name", "first_name", "birth_date"})
"""What differs in these is told without its values, unless patients' names were asked for."""

_KINDS = {"deductible": BenefitKind.DEDUCTIBLE, "out_of_pocket": BenefitKind.OUT_OF_POCKET}
_LEVELS = {"individual": Level.INDIVIDUAL, "family": Level.FAMILY}
_NETWORKS = {"in": Network.IN, "out": Network.OUT}
_AMOUNTS = ("total", "met", "remaining")
_ACCUMULATED = tuple(product(_KINDS, _LEVELS, _NETWORKS, _AMOUNTS))

_COVERAGE = (
    Column("service_from", Kind.DATE),
    Column("service_to", Kind.DATE),
    Column("service_type", Kind.TEXT),
    Column("ending", Kind.TEXT),
    Column("coverage_status", Kind.TEXT),
    Column("meaning", Kind.TEXT),
    Column("portal_text", Kind.TEXT),
    Column("plan_name", Kind.TEXT),
    Column("insurance_type", Kind.TEXT),
    Column("group_number", Kind.TEXT),
    Column("plan_begins", Kind.DATE),
    Column("plan_ends", Kind.DATE),
    Column("eligibility_begins", Kind.DATE),
    Column("eligibility_ends", Kind.DATE),
    Column("benefit_year", Kind.TEXT),
    Column("payer_to_bill", Kind.TEXT),
    Column("primary_care_provider", Kind.TEXT),
    Column("primary_care_required", Kind.YES_NO),
    Column("referral_required", Kind.YES_NO),
    Column("id_corrected", Kind.YES_NO),
    Column("differences", Kind.TEXT),
    Column("other_payers", Kind.TEXT),
    Column("segments", Kind.TEXT),
    Column("messages", Kind.TEXT),
    *(Column("_".join(parts), Kind.DOLLARS) for parts in _ACCUMULATED),
    Column("computed", Kind.TEXT),
    Column("other_accumulators", Kind.TEXT),
    Column("searched", Kind.TEXT),
    Column("rejected", Kind.TEXT),
    Column("benefits", Kind.NUMBER),
    Column("reused", Kind.YES_NO),
    Column("observed_at", Kind.INSTANT),
    Column("recorded_at", Kind.INSTANT),
    Column("author", Kind.TEXT),
    Column("pack_version", Kind.TEXT),
)

_BENEFIT = (
    Column("benefit_number", Kind.NUMBER),
    Column("benefit", Kind.TEXT),
    Column("benefit_meaning", Kind.TEXT),
    Column("service_type", Kind.TEXT),
    Column("network", Kind.TEXT),
    Column("level", Kind.TEXT),
    Column("period", Kind.TEXT),
    Column("amount", Kind.DOLLARS),
    Column("percent", Kind.NUMBER),
    Column("quantity", Kind.NUMBER),
    Column("unit", Kind.TEXT),
    Column("place", Kind.TEXT),
    Column("authorization_required", Kind.YES_NO),
    Column("messages", Kind.TEXT),
    Column("observed_at", Kind.INSTANT),
)


def columns(*, lines: bool, names: bool) -> tuple[Column, ...]:
    """The columns of a file: by appointment, or with `lines` by benefit (whose key has the benefit's number too)."""
    return (*key_columns("appointment_number"), *(PATIENT if names else ()), *(_BENEFIT if lines else _COVERAGE))


def rows(
    answers: Iterable[AnsweredQuestion], meaning: Meaning, *, lines: bool, names: bool
) -> Iterator[Sequence[Cell]]:
    """The cells of each row, in the order of `columns`. An answer without benefits has no row by benefit."""
    for answer in answers:
        question = answer.question
        if not isinstance(question, Eligibility):
            raise NotThisFlow(question.flow)
        start = (*key_cells(answer), *(patient_cells(question.patient) if names else ()))
        if lines:
            yield from ((*start, *cells) for cells in _benefit_rows(answer))
        else:
            yield (*start, *_coverage_row(answer, question, meaning, names=names))


def _coverage_row(
    answer: AnsweredQuestion, question: Eligibility, meaning: Meaning, *, names: bool
) -> tuple[Cell, ...]:
    service, said = question.service, answer.answer.normalised
    asked = (service.service_from, service.service_to, service.service_type, answer.ending.value)
    made = (answer.reused, *made_cells(answer))
    if isinstance(said, MemberNotFound):
        blank = (None,) * (len(_COVERAGE) - len(asked) - len(made) - 3)
        return (*asked, *blank, listed(said.searched), listed(said.rejected), None, *made)
    if not isinstance(said, Coverage):
        raise NotThisFlow(answer.flow)
    return (*asked, *_coverage(said, meaning, names=names), None, None, len(said.benefits), *made)


def _coverage(said: Coverage, meaning: Meaning, *, names: bool) -> tuple[Cell, ...]:
    amounts, other = _accumulated(said.accumulators)
    computed = [name for name, (_, derived) in amounts.items() if derived]
    return (
        said.status.value,
        meaning(said.status),
        said.portal_text,
        said.plan_name,
        said.insurance_type,
        said.group_number,
        said.plan_begins,
        said.plan_ends,
        said.eligibility_begins,
        said.eligibility_ends,
        said.benefit_year,
        said.payer_to_bill,
        said.primary_care_provider,
        said.primary_care_required,
        said.referral_required,
        said.id_corrected,
        listed(_difference(one, names=names) for one in said.differences),
        listed(_other_payer(one) for one in said.other_payers),
        listed(_segment(one) for one in said.segments),
        listed(said.messages),
        *(amounts.get("_".join(parts), (None, False))[0] for parts in _ACCUMULATED),
        listed(computed),
        listed(other),
    )


def _accumulated(accumulators: Iterable[Accumulator]) -> tuple[dict[str, tuple[Cell, bool]], list[str]]:
    """The amount in each column, and whether we computed it; and, as text, what has no column of its own."""
    amounts: dict[str, tuple[Cell, bool]] = {}
    other: list[str] = []
    for one in accumulators:
        kind = next(name for name, value in _KINDS.items() if value is one.kind)
        level = next((name for name, value in _LEVELS.items() if value is one.level), None)
        networks = [name for name, value in _NETWORKS.items() if one.network in {value, Network.BOTH}]
        shown = {name: amount for name in _AMOUNTS if (amount := getattr(one, name)) is not None}
        if level is None or not networks:
            told = ", ".join(f"{name} {amount:.2f}" for name, amount in shown.items())
            other.append(f"{kind} {one.level.value} {one.network.value}: {told}")
        for network, (name, amount) in product(networks if level else (), shown.items()):
            amounts[f"{kind}_{level}_{network}_{name}"] = amount, one.derived == name
    return amounts, other


def _difference(one: Difference, *, names: bool) -> str:
    if one.field in PERSONAL and not names:
        return one.field
    return f"{one.field}: {one.ours or '(nothing)'} -> {one.theirs or '(nothing)'}"


def _other_payer(one: OtherPayer) -> str:
    dates = f"{one.begins or ''}..{one.ends or ''}" if one.begins or one.ends else None
    told = [part for part in (one.order, one.payer_id, one.msp_type, dates) if part]
    return f"{one.name} ({', '.join(told)})" if told else one.name


def _segment(one: Segment) -> str:
    amount = None if one.amount is None else f"{one.amount:.2f}"
    told = [part for part in (one.kind.value, f"{one.begins}..{one.ends or ''}", one.payer, amount) if part]
    return f"{one.what} ({', '.join(told)})"


def _benefit_rows(answer: AnsweredQuestion) -> Iterator[tuple[Cell, ...]]:
    said = answer.answer.normalised
    if isinstance(said, Coverage):
        for number, benefit in enumerate(said.benefits, start=1):
            yield (number, *_benefit(benefit), answer.answer.observed_at)


def _benefit(benefit: Benefit) -> tuple[Cell, ...]:
    return (
        benefit.kind.value,
        benefit.kind.name.lower().replace("_", " "),
        benefit.service_type,
        benefit.network.value,
        benefit.level.value if benefit.level else None,
        benefit.period,
        benefit.amount,
        benefit.percent,
        benefit.quantity,
        benefit.unit,
        benefit.place,
        benefit.authorization_required,
        listed(benefit.messages),
    )
