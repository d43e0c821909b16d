"""What eligibility needs of a pack: a search for a member, the page that shows the coverage, the list of several."""

from collections.abc import Iterator, Mapping

from flows.coverage_names import (
    ACCUMULATOR_FIELDS,
    ASKED_FIELDS,
    COVERAGE_FIELDS,
    COVERAGE_TABLES,
    COVERAGE_VIEWS,
    MEMBER_COLUMNS,
    MEMBER_SEARCHES,
    MEMBERS,
    PERSON_FIELDS,
    SEGMENT_FIELDS,
)
from flows.portal import Means
from packs.elements import Type
from packs.models import Pack
from packs.needs import codes
from packs.needs.shown import (
    DATE,
    LIST,
    MONEY,
    NUMBER,
    TEXT,
    YES_NO,
    Known,
    Needs,
    Readable,
    after_search,
    coded,
    must_be_shown,
    person_shown,
    required_columns,
    tables,
    typed,
)
from packs.problems import Finding, Place
from packs.views import Table

_DATES = ("birth_date", "service_from", "service_to", "plan_begins", "plan_ends", "eligibility_begins")
_KINDS: Mapping[str, Known] = {
    "status": coded(codes.COVERAGE_STATUSES),
    "insurance_type": coded(codes.INSURANCE_TYPES, or_text=True),
    "benefit_year": coded(codes.BENEFIT_YEARS, or_text=True),
    "sex": coded(codes.SEXES, or_text=True),
    "relationship": coded(codes.RELATIONSHIPS, or_text=True),
    "primary_care_required": YES_NO,
    "referral_required": YES_NO,
    "messages": LIST,
    "other_payer_order": coded(codes.PAYER_ORDERS),
    "other_payer_msp_type": coded(codes.MSP_TYPES, or_text=True),
    **dict.fromkeys((*_DATES, "eligibility_ends", "other_payer_begins", "other_payer_ends"), DATE),
    **dict.fromkeys(ACCUMULATOR_FIELDS, MONEY),
    **{name: DATE for name in SEGMENT_FIELDS if name.endswith(("_begins", "_ends"))},
    **{name: MONEY for name in SEGMENT_FIELDS if name.endswith("_amount")},
}
"""What a field of this name is; text where the name is not here."""

_COLUMNS: Mapping[str, Mapping[str, Known]] = {
    "benefits": {
        "kind": coded(codes.BENEFIT_KINDS),
        "service_type": coded(codes.SERVICE_TYPES),
        "network": coded(codes.NETWORKS),
        "level": coded(codes.LEVELS),
        "period": coded(codes.PERIODS),
        "amount": MONEY,
        "percent": Known((Type.PERCENT, Type.FRACTION)),
        "quantity": NUMBER,
        "unit": coded(codes.UNITS, or_text=True),
        "authorization_required": YES_NO,
    },
    "accumulators": {
        "kind": coded(codes.ACCUMULATOR_KINDS),
        "level": coded(codes.LEVELS),
        "network": coded(codes.NETWORKS),
        "part": coded(codes.ACCUMULATOR_PARTS),
        **dict.fromkeys(("total", "met", "remaining", "amount"), MONEY),
    },
    "other_payers": {
        "order": coded(codes.PAYER_ORDERS),
        "msp_type": coded(codes.MSP_TYPES, or_text=True),
        **dict.fromkeys(("begins", "ends"), DATE),
    },
    "segments": {
        "kind": coded(codes.SEGMENT_KINDS),
        "amount": MONEY,
        **dict.fromkeys(("begins", "ends"), DATE),
    },
}

_READABLE = Readable(
    fields={name: _KINDS.get(name, TEXT) for name in (*COVERAGE_FIELDS, *PERSON_FIELDS, *ASKED_FIELDS)},
    tables={
        table: {column: _COLUMNS.get(table, {}).get(column, TEXT) for column in columns}
        for table, columns in COVERAGE_TABLES.items()
    },
)

NEEDS = Needs(
    forms=MEMBER_SEARCHES,
    views={
        **dict.fromkeys(COVERAGE_VIEWS, _READABLE),
        MEMBERS: Readable(tables={MEMBERS: {name: _KINDS.get(name, TEXT) for name in MEMBER_COLUMNS}}),
    },
)

_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "benefits": ("kind", "service_type"),
    "accumulators": ("kind", "level", "network"),
    "other_payers": ("name",),
    "segments": ("begins",),
    "messages": ("message",),
}


def missing(pack: Pack) -> Iterator[Finding]:
    """What eligibility would miss in the pack."""
    searches = [name for name in MEMBER_SEARCHES if name in pack.forms]
    if not searches:
        forms = " or ".join(f"'{form}'" for form in MEMBER_SEARCHES)
        yield Finding(("forms",), f"eligibility needs a form {forms}")
    for name in searches:
        yield from after_search(pack, name, (*COVERAGE_VIEWS, MEMBERS))
        yield from _never_built(pack, name)
    if COVERAGE_VIEWS[0] not in pack.views:
        what = f"eligibility needs a view '{COVERAGE_VIEWS[0]}': the page of one member's coverage"
        yield Finding(("views",), what)
    for name in COVERAGE_VIEWS:
        if name in pack.views:
            yield from _coverage(pack, name)
    yield from _members(pack, searches)


def _never_built(pack: Pack, form: str) -> Iterator[Finding]:
    for index, after in enumerate(pack.forms[form].outcomes):
        if after.means is Means.BEING_BUILT:
            what = "eligibility has no list to come back to; a portal that answers later needs 'ending' and 'code'"
            yield Finding(("forms", form, "outcomes", index, "means"), what)


def _coverage(pack: Pack, name: str) -> Iterator[Finding]:
    names = {known_as for _, known_as, _ in tables(pack, name)}
    if "segments" not in names:
        # Where stretches of coverage are listed, the one of the service day says whether there is coverage.
        yield from must_be_shown(pack, name, "status")
    yield from typed(pack, name, NEEDS.views[name])
    yield from person_shown(pack, name)
    for here, known_as, table in tables(pack, name):
        required = _REQUIRED.get(known_as, ())
        yield from required_columns(table, required, here, never_blank=required)
        if known_as == "accumulators":
            yield from _amounts(table, here)


def _amounts(table: Table, here: Place) -> Iterator[Finding]:
    known = {*table.columns, *table.fixed}
    whole, split = known & {"total", "met", "remaining"}, known & {"part", "amount"}
    if bool(whole) == bool(split) or len(split) == 1:
        what = "an accumulator shows 'total', 'met' or 'remaining', or 'amount' with 'part', which says which of them"
        yield Finding((*here, "columns"), what)


def _members(pack: Pack, searches: list[str]) -> Iterator[Finding]:
    reached = {after.view for name in searches for after in pack.forms[name].outcomes}
    if MEMBERS not in pack.views:
        if MEMBERS in reached:
            yield Finding(("views",), f"eligibility needs a view '{MEMBERS}': the list of those who fit a search")
        return
    here: Place = ("views", MEMBERS, "tables")
    table = pack.views[MEMBERS].tables.get(MEMBERS)
    if table is None:
        yield Finding(here, f"eligibility needs a table '{MEMBERS}' on this view")
        return
    here = (*here, MEMBERS)
    yield from typed(pack, MEMBERS, NEEDS.views[MEMBERS])
    if table.opens is None:
        yield Finding((*here, "opens"), "eligibility opens a member from this table: name the column with the link")
    elif not any(after.view in COVERAGE_VIEWS for after in table.after_open):
        yield Finding((*here, "after_open"), f"a member who is opened must lead to the view '{COVERAGE_VIEWS[0]}'")
