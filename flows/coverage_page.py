"""From a member's coverage page, as read, to coverage and benefits in the words of the 271."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flows.accumulators import accumulators, told
from flows.answers import Shown
from flows.coverage import (
    Benefit,
    BenefitKind,
    Coverage,
    CoverageStatus,
    Level,
    Member,
    Network,
    OtherPayer,
)
from flows.coverage_names import COVERAGE_FIELDS, COVERAGE_TABLES
from flows.matching import MatchingRules, plain_name, split_name
from flows.outcomes import Code
from flows.portal import Reading, Row, Value
from flows.questions import Service
from flows.reading import Unreadable, amount_of, day_of, flag_of, number_of, text_of, texts_of
from flows.segments import billed_instead, decided_status, ending, segments


@dataclass(frozen=True)
class Read:
    """The coverage that a page shows, and what on it contradicts itself, each as a short sentence of ours."""

    coverage: Coverage
    wrong: tuple[str, ...]


def coverage_of(reading: Reading, service: Service, rules: MatchingRules) -> Read:
    """The normalised answer of one coverage page, without the office's view of it. Raises Unreadable."""
    _all_mapped(reading)
    fields, tables = reading.fields, reading.tables
    found = tuple(segments(fields, tables.get("segments", ())))
    messages = (*texts_of(fields, "messages"), *_messages(tables.get("messages", ())))
    decided = decided_status(found, service) if "segments" in tables else None
    status, portal_text = _status(reading, messages, decided)
    lines = tuple(_benefit(row) for row in tables.get("benefits", ()))
    sums, wrong = accumulators(told(fields, tables.get("accumulators", ()), lines))
    instead = billed_instead(found, service)
    named = text_of(fields, "payer_to_bill")
    if len({plain_name(payer) for payer in (*instead, *((named,) if named else ()))}) > 1:
        wrong = (*wrong, "The page names more than one plan that is to be billed on these days.")
    coverage = Coverage(
        status=status,
        portal_text=portal_text,
        member=_member(fields, rules),
        plan_name=text_of(fields, "plan_name"),
        insurance_type=text_of(fields, "insurance_type"),
        group_number=text_of(fields, "group_number"),
        plan_begins=day_of(fields, "plan_begins"),
        plan_ends=ending(day_of(fields, "plan_ends")),
        eligibility_begins=day_of(fields, "eligibility_begins"),
        eligibility_ends=ending(day_of(fields, "eligibility_ends")),
        benefit_year=text_of(fields, "benefit_year"),
        payer_to_bill=named or next(iter(instead), None),
        primary_care_provider=text_of(fields, "primary_care_provider"),
        primary_care_required=flag_of(fields, "primary_care_required"),
        referral_required=flag_of(fields, "referral_required"),
        other_payers=tuple(_other_payers(fields, tables.get("other_payers", ()))),
        benefits=tuple(dict.fromkeys(lines)),
        accumulators=sums,
        segments=found,
        messages=messages,
    )
    return Read(coverage=coverage, wrong=wrong)


def says_of_other_payers(reading: Reading) -> bool:
    """Does the page have a place for other payers, so that none there means that the payer knows of none?"""
    return "other_payers" in reading.tables or "other_payer_name" in reading.fields


def _all_mapped(reading: Reading) -> None:
    known = [value for name, value in reading.fields.items() if name in COVERAGE_FIELDS]
    rows = [row for name in COVERAGE_TABLES for row in reading.tables.get(name, ())]
    for value in (*known, *(value for row in rows for value in row.cells.values())):
        if value.unmapped:
            raise Unreadable("The page uses words that are not in the portal's map of texts.", value.shown)


def _status(
    reading: Reading, messages: tuple[str, ...], decided: tuple[CoverageStatus, str] | None
) -> tuple[CoverageStatus, str]:
    status = text_of(reading.fields, "status")
    if status is not None:
        # Where the page as a whole says it, there is no word for it; its first message says most.
        said = reading.fields["status"].shown.text or next(iter(messages), "")
        return CoverageStatus(status), said
    if decided is not None:
        return decided
    shown = [value.shown for row in reading.tables.get("segments", ()) for value in row.cells.values()]
    what = "The page does not say whether there is coverage on all of the service days."
    raise Unreadable(what, (*shown, Shown(where=f"{reading.view}.status", text=""))[0], Code.DATA_PARTIAL)


def _benefit(row: Row) -> Benefit:
    cells = row.cells
    kind, service_type = text_of(cells, "kind"), text_of(cells, "service_type")
    if kind is None or service_type is None:
        missing = cells["kind" if kind is None else "service_type"]
        raise Unreadable("A benefit shows not what it is, or not for what.", missing.shown)
    level = text_of(cells, "level")
    return Benefit(
        kind=BenefitKind(kind),
        service_type=service_type,
        network=Network(text_of(cells, "network") or Network.UNKNOWN),
        level=None if level is None else Level(level),
        period=text_of(cells, "period"),
        amount=amount_of(cells, "amount"),
        percent=amount_of(cells, "percent"),
        quantity=number_of(cells, "quantity"),
        unit=text_of(cells, "unit"),
        place=text_of(cells, "place"),
        authorization_required=flag_of(cells, "authorization_required"),
        messages=texts_of(cells, "message"),
    )


def _member(fields: Mapping[str, Value], rules: MatchingRules) -> Member:
    whole = text_of(fields, "patient_name")
    last_name, first_name = (split_name(whole, rules) if whole is not None else None) or (None, None)
    return Member(
        member_id=text_of(fields, "member_id"),
        last_name=text_of(fields, "last_name") or last_name,
        first_name=text_of(fields, "first_name") or first_name,
        birth_date=day_of(fields, "birth_date"),
        sex=text_of(fields, "sex"),
        address=text_of(fields, "address"),
        relationship=text_of(fields, "relationship"),
    )


_AS_FIELDS: Mapping[str, str] = {
    "name": "other_payer_name",
    "payer_id": "other_payer_id",
    "order": "other_payer_order",
    "begins": "other_payer_begins",
    "ends": "other_payer_ends",
    "msp_type": "other_payer_msp_type",
}
_AS_COLUMNS: Mapping[str, str] = {name: name for name in _AS_FIELDS}


def _other_payers(fields: Mapping[str, Value], rows: Iterable[Row]) -> Iterator[OtherPayer]:
    for row in rows:
        if text_of(row.cells, "name") is None:
            raise Unreadable("The page shows another payer and not its name.", row.cells["name"].shown)
        yield _other_payer(row.cells, _AS_COLUMNS)
    if text_of(fields, "other_payer_name") is not None:
        yield _other_payer(fields, _AS_FIELDS)


def _other_payer(shown: Mapping[str, Value], names: Mapping[str, str]) -> OtherPayer:
    return OtherPayer.model_validate(
        {
            **{part: text_of(shown, names[part]) for part in ("name", "payer_id", "order", "msp_type")},
            "begins": day_of(shown, names["begins"]),
            "ends": ending(day_of(shown, names["ends"])),
        }
    )


def _messages(rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        yield from texts_of(row.cells, "message")
