"""How Practice Exchange writes a member's coverage: tabs by network, cards by service, amounts without a sign."""

from datetime import date
from decimal import Decimal
from typing import Any

from sandbox.portals.multipayer.coverage_texts import (
    BENEFIT_YEAR_TEXTS,
    INSURANCE_TEXTS,
    KIND_TEXTS,
    LEVEL_TEXTS,
    NETWORK_TABS,
    ORDER_TEXTS,
    PERIOD_TEXTS,
    RELATIONSHIP_TEXTS,
    SERVICE_TEXTS,
    SEX_TEXTS,
    STATUS_TEXTS,
)
from sandbox.portals.multipayer.shown import ABSENT, day, listed_day, money
from sandbox.truth.coverage import Accumulator, Benefit, CoverageOnDays, OtherPayer
from sandbox.truth.model import Member

Shown = dict[str, Any]


def coverage_page(coverage: CoverageOnDays) -> Shown:
    """The page of one member. Who is not covered has no tabs."""
    home = coverage.address
    loaded = coverage.status != "not-loaded"
    return {
        "patient": {
            # In the payer's answer the letters at the head are there, as on the card.
            "memberId": coverage.member_id,
            "lastName": coverage.last_name,
            "firstName": f"{coverage.first_name} {coverage.middle_initial}".rstrip(),
            "birthDate": day(coverage.birth_date),
            "sex": SEX_TEXTS[coverage.sex],
            "relationship": RELATIONSHIP_TEXTS[coverage.relationship],
            "address": f"{home.street}, {home.city}, {home.state} {home.postal_code}",
        },
        "coverage": {
            "status": STATUS_TEXTS[coverage.status],
            "days": _days(coverage.first_day, coverage.last_day),
            "plan": coverage.plan_name,
            "insuranceType": INSURANCE_TEXTS[coverage.insurance_type],
            "groupNumber": coverage.group_number or ABSENT,
            "groupName": coverage.group_name or ABSENT,
            "planBegins": listed_day(coverage.plan_begins),
            "planEnds": listed_day(coverage.plan_ends),
            "benefitYear": BENEFIT_YEAR_TEXTS[coverage.benefit_year],
        },
        "care": {
            "provider": coverage.primary_care_provider or ABSENT,
            "providerRequired": _yes_or_no(coverage.primary_care_required),
            "referralRequired": _yes_or_no(coverage.referral_required),
        },
        "otherPayers": [_other_payer(payer) for payer in coverage.other_payers],
        "networks": _networks(coverage) if coverage.status in ("1", "5") else [],
        "messages": list(coverage.messages) if loaded else [],
        "disclaimer": "" if loaded else " ".join(coverage.messages),
    }


def listed_member(member: Member, reference: str) -> Shown:
    """One row of the list of members who fit."""
    return {
        "reference": reference,
        "memberId": member.member_id,
        "patient": f"{member.last_name}, {member.first_name} {member.middle_initial}".rstrip(),
        "birthDate": listed_day(member.birth_date),
    }


def _days(first: date, last: date) -> str:
    return listed_day(first) if first == last else f"{listed_day(first)} to {listed_day(last)}"


def _yes_or_no(answer: bool) -> str:
    return "Yes" if answer else "No"


def _other_payer(payer: OtherPayer) -> Shown:
    return {
        "name": payer.name,
        "payerId": payer.payer_id,
        "policy": payer.policy_number,
        "order": ORDER_TEXTS[payer.order],
        "begins": listed_day(payer.begins),
        "ends": listed_day(payer.ends),
    }


def _networks(coverage: CoverageOnDays) -> list[Shown]:
    """The tabs: of each the yearly amounts, and the benefits by service in the payer's order."""
    tabs = []
    for name in dict.fromkeys(NETWORK_TABS.values()):
        benefits = [one for one in coverage.benefits if NETWORK_TABS[one.network] == name]
        services = dict.fromkeys(one.service_type for one in benefits)
        tabs.append(
            {
                "name": name,
                "amounts": [_amount(one) for one in coverage.accumulators if NETWORK_TABS[one.network] == name],
                "services": [
                    {
                        "name": SERVICE_TEXTS[service],
                        "benefits": [_benefit(one) for one in benefits if one.service_type == service],
                    }
                    for service in services
                ],
            }
        )
    return tabs


def _amount(one: Accumulator) -> Shown:
    return {
        "kind": KIND_TEXTS[one.kind],
        "level": LEVEL_TEXTS[one.level],
        "total": money(one.total),
        "met": money(one.met),
        "remaining": money(one.remaining),
        "share": str(min(100, int(one.met * 100 / one.total)) if one.total else 0),
    }


def _benefit(benefit: Benefit) -> Shown:
    return {
        "kind": KIND_TEXTS[benefit.kind],
        "level": ABSENT if benefit.level is None else LEVEL_TEXTS[benefit.level],
        "worth": _worth(benefit),
        "period": ABSENT if benefit.period is None else PERIOD_TEXTS[benefit.period],
        "authorization": ABSENT
        if benefit.authorization_required is None
        else _yes_or_no(benefit.authorization_required),
        "notes": "; ".join(benefit.messages) or ABSENT,
    }


def _worth(benefit: Benefit) -> str:
    """What the benefit line is about: dollars, a share, or a number of visits or days."""
    if benefit.amount is not None:
        return money(benefit.amount)
    if benefit.percent is not None:
        return f"{_plain(benefit.percent)}%"
    if benefit.quantity is not None:
        return f"{_plain(benefit.quantity)} {benefit.unit}"
    return ABSENT


def _plain(number: Decimal) -> str:
    """A number without the zeros behind its point: 20, 12.5."""
    return f"{number.normalize():f}"
