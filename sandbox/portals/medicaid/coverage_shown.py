"""How the Medicaid portal writes a member's eligibility: segments by their dates, amounts without a dollar sign."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandbox.portals.medicaid.coverage_texts import (
    KIND_TEXTS,
    ORDER_TEXTS,
    PERIOD_TEXTS,
    PROGRAM_TEXTS,
    SEGMENT_TEXTS,
    SERVICE_TEXTS,
    SEX_TEXTS,
    STATUS_TEXTS,
)
from sandbox.portals.medicaid.shown import Pairs, amount, day, person
from sandbox.truth.coverage import Benefit, CoverageOnDays, OtherPayer, Segment
from sandbox.truth.model import Member

OPEN_END = date(2299, 12, 31)
"""What this program writes for an end that nobody knows."""

Row = dict[str, str]
Rows = tuple[Row, ...]


@dataclass(frozen=True)
class CoverageShown:
    """The answer's panels: pairs of label and text, rows of the grids by column, and messages."""

    eligibility: Pairs
    member: Pairs
    segments: Rows
    other_insurance: Rows
    benefits: Rows
    messages: tuple[str, ...]


def coverage_shown(coverage: CoverageOnDays, member: Member) -> CoverageShown:
    """The page's view of a member's coverage on the days asked about."""
    home = coverage.address
    return CoverageShown(
        eligibility=(
            ("Eligibility Status", STATUS_TEXTS[coverage.status]),
            ("Dates of Service", f"{day(coverage.first_day)} - {day(coverage.last_day)}"),
            ("Program", PROGRAM_TEXTS[coverage.insurance_type]),
            ("Benefit Plan", coverage.plan_name),
            ("Plan Begins", day(coverage.plan_begins)),
            ("Plan Ends", day(coverage.plan_ends or OPEN_END)),
        ),
        member=(
            ("Member ID", coverage.member_id),
            ("Member Name", person(member)),
            ("Birth Date", day(coverage.birth_date)),
            ("Sex", SEX_TEXTS[coverage.sex]),
            ("Address", f"{home.street}, {home.city} {home.state} {home.postal_code}"),
        ),
        segments=tuple(_segment(one) for one in coverage.segments),
        other_insurance=tuple(_other_payer(one) for one in coverage.other_payers),
        benefits=tuple(_benefit(one) for one in coverage.benefits),
        messages=coverage.messages,
    )


def listed_member(member: Member) -> Row:
    """A member as the list of several shows them, by column."""
    return {"Member ID": member.member_id, "Member Name": person(member), "Birth Date": day(member.birth_date)}


def _segment(segment: Segment) -> Row:
    return {
        "Segment": SEGMENT_TEXTS[segment.kind],
        "Code": segment.code,
        "Description": segment.name,
        "Bill To": segment.payer or "",
        "Amount Left": amount(segment.amount),
        "From Date": day(segment.begins),
        "To Date": day(segment.ends or OPEN_END),
    }


def _other_payer(payer: OtherPayer) -> Row:
    return {
        "Carrier": payer.name,
        "Carrier Code": payer.payer_id,
        "Policy No.": payer.policy_number,
        "Pays": ORDER_TEXTS[payer.order],
        "From Date": day(payer.begins),
        "To Date": day(payer.ends or OPEN_END),
    }


def _benefit(benefit: Benefit) -> Row:
    authorization = benefit.authorization_required
    return {
        "Service": SERVICE_TEXTS[benefit.service_type],
        "Benefit": KIND_TEXTS[benefit.kind],
        "Amount or Limit": _worth(benefit),
        "Per": "" if benefit.period is None else PERIOD_TEXTS[benefit.period],
        "PA Required": "" if authorization is None else "Y" if authorization else "N",
        "Notes": " ".join(benefit.messages),
    }


def _worth(benefit: Benefit) -> str:
    """What the line is about: dollars, a share, or a number of visits or days."""
    if benefit.amount is not None:
        return amount(benefit.amount)
    if benefit.percent is not None:
        return f"{_plain(benefit.percent)}%"
    if benefit.quantity is not None:
        return f"{_plain(benefit.quantity)} {(benefit.unit or '').upper()}"
    return ""


def _plain(number: Decimal) -> str:
    """A number without the zeros behind its point: 20, 12.5."""
    return f"{number.normalize():f}"
