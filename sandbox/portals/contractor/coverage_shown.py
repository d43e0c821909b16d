"""How the contractor writes a beneficiary's eligibility: a page of pairs and tables for each tab."""

from dataclasses import dataclass
from typing import Literal, get_args

from sandbox.portals.contractor.coverage_texts import (
    KIND_TEXTS,
    MSP_TEXTS,
    PART_TEXTS,
    PERIOD_TEXTS,
    SERVICE_TEXTS,
    SEX_TEXTS,
    STATUS_TEXTS,
)
from sandbox.portals.contractor.shown import Pairs, day, money
from sandbox.truth.coverage import Benefit, CoverageOnDays, OtherPayer, Segment

Tab = Literal["entitlement", "deductible", "plans", "msp", "home_health", "renal"]
TABS: tuple[Tab, ...] = get_args(Tab)
OPEN_END = "--"
"""What stands in place of an end that nobody knows."""


@dataclass(frozen=True)
class CoverageTable:
    """A table of a tab: keys of its heading, its columns and its sentence for "nothing", and the rows' texts."""

    title: str
    columns: tuple[str, ...]
    empty: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class CoverageTab:
    """One tab of the eligibility page."""

    pairs: tuple[tuple[str, Pairs], ...]
    """Key of a heading, and the pairs below it."""
    tables: tuple[CoverageTable, ...]


def tabs_of(coverage: CoverageOnDays) -> tuple[Tab, ...]:
    """The tabs that this beneficiary has: that of renal disease stands there only for who has it."""
    renal = any(one.kind == "end-stage-renal" for one in coverage.segments)
    return tuple(tab for tab in TABS if tab != "renal" or renal)


def coverage_tab(coverage: CoverageOnDays, tab: Tab) -> CoverageTab:
    """What one tab shows of the coverage."""
    match tab:
        case "entitlement":
            return CoverageTab(
                (("beneficiary", _person(coverage)), ("entitlement", _entitlement(coverage))), _parts(coverage)
            )
        case "deductible":
            return CoverageTab(_whose(coverage), _cost_sharing(coverage))
        case "plans":
            return CoverageTab(_whose(coverage), _plans(coverage))
        case "msp":
            return CoverageTab(_whose(coverage), _insurers(coverage))
        case "home_health":
            return CoverageTab(_whose(coverage), _episodes(coverage))
        case "renal":
            rows = tuple((one.name, *_days(one)) for one in _of_kind(coverage, "end-stage-renal"))
            return CoverageTab(_whose(coverage), (_table("renal", ("renal_what", "starts", "ends"), rows),))


def _table(title: str, columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...], empty: str = "") -> CoverageTable:
    return CoverageTable(title, columns, empty or f"no_{title}", rows)


def _name(coverage: CoverageOnDays) -> str:
    return f"{coverage.last_name}, {coverage.first_name} {coverage.middle_initial}".rstrip()


def _whose(coverage: CoverageOnDays) -> tuple[tuple[str, Pairs], ...]:
    return (("beneficiary", (("name", _name(coverage)), ("mbi", coverage.member_id))),)


def _person(coverage: CoverageOnDays) -> Pairs:
    home = coverage.address
    return (
        ("name", _name(coverage)),
        ("mbi", coverage.member_id),
        ("birth_date", day(coverage.birth_date)),
        ("sex", SEX_TEXTS[coverage.sex]),
        ("address", f"{home.street}, {home.city}, {home.state} {home.postal_code}"),
    )


def _entitlement(coverage: CoverageOnDays) -> Pairs:
    return (
        ("eligibility_status", STATUS_TEXTS[coverage.status]),
        ("asked_days", f"{day(coverage.first_day)} - {day(coverage.last_day)}"),
        ("coverage", coverage.plan_name),
        ("entitled_from", day(coverage.plan_begins)),
        ("entitled_to", day(coverage.plan_ends) or OPEN_END),
    )


def _of_kind(coverage: CoverageOnDays, *kinds: str) -> tuple[Segment, ...]:
    return tuple(one for one in coverage.segments if one.kind in kinds)


def _days(one: Segment | OtherPayer) -> tuple[str, str]:
    return day(one.begins), day(one.ends) or OPEN_END


def _parts(coverage: CoverageOnDays) -> tuple[CoverageTable, ...]:
    rows = tuple((PART_TEXTS[one.kind], *_days(one)) for one in _of_kind(coverage, *PART_TEXTS))
    return (
        _table("parts", ("part", "effective_day", "termination_day"), rows),
        _table("notes", ("note",), tuple((message,) for message in coverage.messages)),
    )


def _cost_sharing(coverage: CoverageOnDays) -> tuple[CoverageTable, ...]:
    yearly = tuple((money(one.total), money(one.met), money(one.remaining)) for one in coverage.accumulators)
    return (
        _table(
            "part_b_deductible",
            ("deductible_total", "deductible_met", "deductible_remaining"),
            yearly,
            empty="no_deductible",
        ),
        _table(
            "benefits",
            ("service", "benefit", "pays", "period", "benefit_note"),
            tuple(_benefit(one) for one in coverage.benefits),
        ),
    )


def _benefit(one: Benefit) -> tuple[str, ...]:
    return (
        SERVICE_TEXTS[one.service_type],
        KIND_TEXTS[one.kind],
        money(one.amount) if one.percent is None else f"{one.percent.normalize():f}%",
        "" if one.period is None else PERIOD_TEXTS[one.period],
        "; ".join(one.messages),
    )


def _plans(coverage: CoverageOnDays) -> tuple[CoverageTable, ...]:
    columns = ("contract", "plan_name", "enrolled_from", "enrolled_to")
    return tuple(
        _table(title, columns, tuple((one.code, one.name, *_days(one)) for one in _of_kind(coverage, kind)))
        for title, kind in (("advantage", "advantage-plan"), ("part_d", "part-d"))
    )


def _insurers(coverage: CoverageOnDays) -> tuple[CoverageTable, ...]:
    first = tuple(
        (one.name, one.payer_id, one.policy_number, MSP_TEXTS[one.msp_type] if one.msp_type else "", *_days(one))
        for one in coverage.other_payers
        if one.order == "primary"
    )
    second = tuple(
        (one.name, one.payer_id, one.policy_number, *_days(one))
        for one in coverage.other_payers
        if one.order == "secondary"
    )
    days = ("effective_day", "termination_day")
    return (
        _table("msp", ("insurer", "insurer_id", "policy", "msp_type", *days), first),
        _table("supplemental", ("insurer", "insurer_id", "policy", *days), second),
    )


def _episodes(coverage: CoverageOnDays) -> tuple[CoverageTable, ...]:
    return tuple(
        _table(
            title,
            ("provider_number", "starts", "ends"),
            tuple((one.code, *_days(one)) for one in _of_kind(coverage, kind)),
        )
        for title, kind in (("home_health", "home-health"), ("hospice", "hospice"))
    )
