"""Stretches of coverage: what holds on the service days, who has to be billed then, and whether there is coverage."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from flows.coverage import CoverageStatus, Segment, SegmentKind
from flows.portal import Row, Value
from flows.questions import Service
from flows.reading import Unreadable, amount_of, day_of, text_of

_OPEN_ENDED = frozenset({date(9999, 12, 31), date(2299, 12, 31)})
"""How portals write that there is no end (DOMAIN 2.5)."""

COVERING = frozenset({SegmentKind.COVERAGE, SegmentKind.AID_CATEGORY, SegmentKind.PART_A, SegmentKind.PART_B})
"""Segments that are coverage; the others only say how it is given, or what else holds."""

_DECIDING = frozenset({SegmentKind.COVERAGE, SegmentKind.AID_CATEGORY})
"""Segments that decide by themselves whether there is coverage. One part of Medicare alone does not."""

_BILLED_INSTEAD = frozenset({SegmentKind.ADVANTAGE_PLAN, SegmentKind.MANAGED_CARE})


def is_open_ended(end: date | None) -> bool:
    """Does the portal say outright that there is no end? A blank does not say so."""
    return end in _OPEN_ENDED


def ending(end: date | None) -> date | None:
    """The last day; None where there is none or none is shown."""
    return None if is_open_ended(end) else end


def segments(fields: Mapping[str, Value], rows: Iterable[Row]) -> Iterator[Segment]:
    """Every segment that the table shows, and those that stand as fields of their own. Raises Unreadable."""
    for row in rows:
        kind = SegmentKind(text_of(row.cells, "kind") or SegmentKind.COVERAGE)
        yield _segment(kind, row.cells, "")
    for kind in SegmentKind:
        prefix = f"{kind.replace('-', '_')}_"
        shown = [value for name in ("begins", "what", "payer") if (value := fields.get(prefix + name)) is not None]
        if any(value.normal is not None for value in shown):
            yield _segment(kind, fields, prefix)


def _segment(kind: SegmentKind, shown: Mapping[str, Value], prefix: str) -> Segment:
    begins = day_of(shown, f"{prefix}begins")
    if begins is None:
        seen = next(value for name, value in shown.items() if name.startswith(prefix) and value.normal is not None)
        raise Unreadable("The page shows a stretch of coverage and not when it begins.", seen.shown)
    payer = text_of(shown, f"{prefix}payer")
    return Segment(
        kind=kind,
        what=text_of(shown, f"{prefix}what") or payer or kind.value,
        begins=begins,
        ends=ending(day_of(shown, f"{prefix}ends")),
        payer=payer,
        amount=amount_of(shown, f"{prefix}amount"),
    )


def touches(begins: date | None, ends: date | None, service: Service) -> bool:
    """Does the stretch hold on one of the service days, as far as its days are known?"""
    return (begins is None or begins <= service.service_to) and (ends is None or ends >= service.service_from)


def holds_throughout(begins: date | None, ends: date | None, service: Service) -> bool:
    """Does the stretch hold on all of the service days?"""
    return (begins is None or begins <= service.service_from) and (ends is None or ends >= service.service_to)


def decided_status(found: Iterable[Segment], service: Service) -> tuple[CoverageStatus, str] | None:
    """Whether there is coverage on the service days, where the page only lists segments; and the segment's text.

    A spend-down that is open on these days holds coverage back. None where the segments do not decide: coverage begins
    or ends within the service days, or all that is shown is something else than coverage.
    """
    on_these_days = [segment for segment in found if touches(segment.begins, segment.ends, service)]
    covering = [segment for segment in on_these_days if segment.kind in _DECIDING]
    if not on_these_days:
        return CoverageStatus.INACTIVE, ""
    if not any(holds_throughout(segment.begins, segment.ends, service) for segment in covering):
        return None
    for segment in on_these_days:
        if segment.kind is SegmentKind.SPEND_DOWN and segment.amount != 0:
            return CoverageStatus.INACTIVE_PENDING_ELIGIBILITY, segment.what
    return CoverageStatus.ACTIVE, covering[0].what


def billed_instead(found: Iterable[Segment], service: Service) -> tuple[str, ...]:
    """Every plan that is to be billed in place of the payer on one of the service days, each once."""
    return tuple(
        dict.fromkeys(
            segment.payer or segment.what
            for segment in found
            if segment.kind in _BILLED_INSTEAD and touches(segment.begins, segment.ends, service)
        )
    )
