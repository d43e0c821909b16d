"""Does a coverage page add up? Status, dates, segments and benefits are compared before any of it is believed."""

from collections.abc import Iterator

from flows.coverage import Benefit, BenefitKind, Coverage, CoverageStatus
from flows.portal import Reading
from flows.questions import Service
from flows.reading import day_of
from flows.segments import COVERING, holds_throughout, is_open_ended, touches

_ACTIVE = frozenset(
    {
        CoverageStatus.ACTIVE,
        CoverageStatus.ACTIVE_FULL_RISK_CAPITATION,
        CoverageStatus.ACTIVE_SERVICES_CAPITATED,
        CoverageStatus.ACTIVE_CAPITATED_PRIMARY_CARE,
        CoverageStatus.ACTIVE_PENDING,
    }
)
_NO_BENEFIT = frozenset({BenefitKind.NOT_COVERED, BenefitKind.EXCLUSION, BenefitKind.SPEND_DOWN})
_WITHOUT_BENEFITS = frozenset({CoverageStatus.INACTIVE, CoverageStatus.NOT_LOADED})


def contradictions(coverage: Coverage, reading: Reading, service: Service) -> tuple[str, ...]:
    """What does not fit together, each as a short sentence of ours without a value; empty when all is well."""
    return (*_dates(coverage, reading, service), *_segments(coverage, service), *_benefits(coverage))


def _dates(coverage: Coverage, reading: Reading, service: Service) -> Iterator[str]:
    for name, begins, ends in (
        ("eligibility", coverage.eligibility_begins, coverage.eligibility_ends),
        ("plan", coverage.plan_begins, coverage.plan_ends),
    ):
        if begins is not None and ends is not None and ends < begins:
            yield f"The {name} ends before it begins."
        elif coverage.status in _ACTIVE and not holds_throughout(begins, ends, service):
            yield f"The status is active, and the dates of the {name} do not hold on all of the service days."
    # Of the two, the dates of eligibility say more; a blank end says nothing.
    for name, begins in (("eligibility", coverage.eligibility_begins), ("plan", coverage.plan_begins)):
        end = day_of(reading.fields, f"{name}_ends")
        if begins is None:
            continue
        known = end is not None and (is_open_ended(end) or end >= service.service_to)
        if coverage.status is CoverageStatus.INACTIVE and known and begins <= service.service_from:
            yield f"The status is inactive, and the dates of the {name} hold on all of the service days."
        return


def _segments(coverage: Coverage, service: Service) -> Iterator[str]:
    covering = [segment for segment in coverage.segments if segment.kind in COVERING]
    for segment in coverage.segments:
        if segment.ends is not None and segment.ends < segment.begins:
            yield "A stretch of coverage ends before it begins."
    if coverage.status in _ACTIVE and covering and not any(touches(s.begins, s.ends, service) for s in covering):
        yield "The status is active, and no stretch of coverage holds on the service days."
    if coverage.status is CoverageStatus.INACTIVE and any(
        holds_throughout(segment.begins, segment.ends, service) for segment in covering
    ):
        yield "The status is inactive, and a stretch of coverage holds on all of the service days."


def _benefits(coverage: Coverage) -> Iterator[str]:
    given = [benefit for benefit in coverage.benefits if benefit.kind not in _NO_BENEFIT]
    if coverage.status in _WITHOUT_BENEFITS and given:
        yield "The status says that there is no coverage, and benefits are shown."
    seen: dict[Benefit, Benefit] = {}
    for benefit in coverage.benefits:
        same = benefit.model_copy(update={"amount": None, "percent": None, "quantity": None})
        if seen.setdefault(same, benefit) != benefit:
            yield "A benefit is shown with two different amounts for the same."
            return
