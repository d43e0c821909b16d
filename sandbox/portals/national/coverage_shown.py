"""How the national portal writes a member's coverage on its page: labels, dates, money, shares, blanks."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandbox.portals.national.coverage_texts import (
    BENEFIT_YEAR_TEXTS,
    INSURANCE_TEXTS,
    KIND_TEXTS,
    LEVEL_TEXTS,
    NETWORK_TEXTS,
    ORDER_TEXTS,
    PERIOD_TEXTS,
    RELATIONSHIP_TEXTS,
    SERVICE_TEXTS,
    SEX_TEXTS,
    STATUS_TEXTS,
)
from sandbox.portals.national.shown import Style
from sandbox.truth.coverage import Accumulator, Benefit, CoverageOnDays, OtherPayer

OPEN_END = date(9999, 12, 31)
"""What this portal writes for an end that nobody knows."""

Pairs = tuple[tuple[str, str], ...]
Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class CoveragePage:
    """The coverage page: pairs of label and text for each section, rows of the tables, notes."""

    member: Pairs
    coverage: Pairs
    care: Pairs
    other_insurance: Rows
    amounts: Rows
    benefits: Rows
    notes: tuple[str, ...]


def coverage_page(coverage: CoverageOnDays, style: Style) -> CoveragePage:
    """The page's view of the coverage. Benefits and amounts stay away where the coverage has none."""
    name = f"{coverage.last_name}, {coverage.first_name} {coverage.middle_initial}".rstrip()
    home = coverage.address
    return CoveragePage(
        member=(
            ("Member ID", coverage.member_id),
            ("Member name", name),
            ("Date of birth", style.day(coverage.birth_date)),
            ("Sex", SEX_TEXTS[coverage.sex]),
            ("Relationship to subscriber", RELATIONSHIP_TEXTS[coverage.relationship]),
            ("Address", f"{home.street}, {home.city}, {home.state} {home.postal_code}"),
        ),
        coverage=(
            ("Coverage status", STATUS_TEXTS[coverage.status]),
            ("For dates", f"{style.day(coverage.first_day)} - {style.day(coverage.last_day)}"),
            ("Plan", coverage.plan_name),
            ("Plan type", INSURANCE_TEXTS[coverage.insurance_type]),
            ("Group number", coverage.group_number or ""),
            ("Group name", coverage.group_name or ""),
            ("Plan begins", style.day(coverage.plan_begins)),
            ("Plan ends", style.day(coverage.plan_ends or OPEN_END)),
            ("Benefit year", BENEFIT_YEAR_TEXTS[coverage.benefit_year]),
        ),
        care=(
            ("Primary care provider", coverage.primary_care_provider or ""),
            ("Primary care provider required", _yes_or_no(coverage.primary_care_required)),
            ("Referral required", _yes_or_no(coverage.referral_required)),
        ),
        other_insurance=tuple(_other_payer(payer, style) for payer in coverage.other_payers),
        amounts=tuple(_amounts(one, style) for one in coverage.accumulators),
        benefits=tuple(_benefit(benefit, style) for benefit in coverage.benefits),
        notes=coverage.messages,
    )


def _yes_or_no(answer: bool) -> str:
    return "Yes" if answer else "No"


def _other_payer(payer: OtherPayer, style: Style) -> tuple[str, ...]:
    return (
        payer.name,
        payer.payer_id,
        payer.policy_number,
        ORDER_TEXTS[payer.order],
        style.day(payer.begins),
        style.day(payer.ends or OPEN_END),
    )


def _amounts(one: Accumulator, style: Style) -> tuple[str, ...]:
    return (
        KIND_TEXTS[one.kind],
        LEVEL_TEXTS[one.level],
        NETWORK_TEXTS[one.network],
        style.money(one.total),
        style.money(one.met),
        style.money(one.remaining),
    )


def _benefit(benefit: Benefit, style: Style) -> tuple[str, ...]:
    return (
        SERVICE_TEXTS[benefit.service_type],
        KIND_TEXTS[benefit.kind],
        NETWORK_TEXTS[benefit.network],
        "" if benefit.level is None else LEVEL_TEXTS[benefit.level],
        _worth(benefit, style),
        "" if benefit.period is None else PERIOD_TEXTS[benefit.period],
        "" if benefit.authorization_required is None else _yes_or_no(benefit.authorization_required),
        "; ".join(benefit.messages),
    )


def _worth(benefit: Benefit, style: Style) -> str:
    """What the benefit line is about: dollars, a share, or a number of visits or days."""
    if benefit.amount is not None:
        return style.money(benefit.amount)
    if benefit.percent is not None:
        return f"{_plain(benefit.percent)}%"
    if benefit.quantity is not None:
        return f"{_plain(benefit.quantity)} {benefit.unit}"
    return ""


def _plain(number: Decimal) -> str:
    """A number without the zeros behind its point: 20, 12.5."""
    return f"{number.normalize():f}"
