"""What claim status needs of a pack: a search that most questions can use, the result list, one claim's page."""

from collections.abc import Iterator, Mapping

from flows.claim_search import DETAIL, LIST, LIST_REQUIRED, SEARCHES
from flows.claim_state import DETAIL_FIELDS, DETAIL_REQUIRED, DETAIL_TABLES
from flows.identity import IDENTITY_FIELDS
from packs.elements import Type
from packs.models import Pack
from packs.needs.codes import CLAIM_CATEGORIES, CLAIM_ROLES, PAYMENT_METHODS
from packs.needs.shown import (
    DATE,
    INTEGER,
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
from packs.needs.shown import (
    LIST as TEXTS,
)
from packs.problems import Finding, Place

_KINDS: Mapping[str, Known] = {
    "status": coded(CLAIM_CATEGORIES),
    "role": coded(CLAIM_ROLES),
    "payment_method": coded(PAYMENT_METHODS, or_text=True),
    "what": Known((Type.TEXT, Type.MAPPED)),
    "adjustments": Known((Type.LIST,)),
    "status_codes": TEXTS,
    "remark_codes": TEXTS,
    "modifiers": TEXTS,
    "appeal_allowed": YES_NO,
    "line_number": INTEGER,
    "units": NUMBER,
    **dict.fromkeys(("birth_date", "service_from", "service_to", "received_date", "finalised_date"), DATE),
    **dict.fromkeys(("effective_date", "payment_date", "due"), DATE),
    **dict.fromkeys(("billed", "allowed", "paid", "patient_responsibility", "deductible", "coinsurance"), MONEY),
    **dict.fromkeys(("copay", "noncovered", "payment_amount"), MONEY),
}
"""What a field or column of this name is; text where the name is not here."""


def _known(names: tuple[str, ...]) -> Mapping[str, Known]:
    return {name: _KINDS.get(name, TEXT) for name in dict.fromkeys(names)}


NEEDS = Needs(
    forms=SEARCHES,
    views={
        LIST: Readable(
            tables={
                LIST: {
                    **_known((*IDENTITY_FIELDS, *DETAIL_FIELDS)),
                    "status": coded(CLAIM_CATEGORIES, or_text=True),
                }
            }
        ),
        DETAIL: Readable(
            fields=_known((*DETAIL_FIELDS, *IDENTITY_FIELDS)),
            tables={name: _known(columns) for name, columns in DETAIL_TABLES.items()},
        ),
    },
)

_SEARCHES_FOR_ALL = tuple(form for form in SEARCHES if form != "claim-search-by-number")
"""Most questions come without the payer's claim number."""

_LINE_REQUIRED = ("procedure", "billed")


def missing(pack: Pack) -> Iterator[Finding]:
    """What claim status would miss in the pack."""
    if not any(form in pack.forms for form in _SEARCHES_FOR_ALL):
        forms = " or ".join(f"'{form}'" for form in _SEARCHES_FOR_ALL)
        yield Finding(("forms",), f"claim status needs a form {forms}")
    for name in SEARCHES:
        if name in pack.forms:
            yield from after_search(pack, name, (LIST, DETAIL))
    yield from _list(pack)
    yield from _detail(pack)


def _list(pack: Pack) -> Iterator[Finding]:
    reached = {after.view for name in SEARCHES if name in pack.forms for after in pack.forms[name].outcomes}
    if LIST not in pack.views:
        if LIST in reached:
            yield Finding(("views",), f"claim status needs a view '{LIST}': the result list of a search")
        return
    here: Place = ("views", LIST, "tables")
    table = pack.views[LIST].tables.get(LIST)
    if table is None:
        yield Finding(here, f"claim status needs a table '{LIST}' on this view")
        return
    here = (*here, LIST)
    yield from typed(pack, LIST, NEEDS.views[LIST])
    yield from required_columns(table, LIST_REQUIRED, here, never_blank=LIST_REQUIRED)
    if table.opens is None:
        yield Finding((*here, "opens"), "claim status opens claims from this table: name the column with the link")
    elif not any(after.view == DETAIL for after in table.after_open):
        yield Finding((*here, "after_open"), f"a claim that is opened must lead to the view '{DETAIL}'")


def _detail(pack: Pack) -> Iterator[Finding]:
    if DETAIL not in pack.views:
        yield Finding(("views",), f"claim status needs a view '{DETAIL}': the page of one claim")
        return
    for name in DETAIL_REQUIRED:
        yield from must_be_shown(pack, DETAIL, name)
    yield from typed(pack, DETAIL, NEEDS.views[DETAIL])
    yield from person_shown(pack, DETAIL)
    for here, name, table in tables(pack, DETAIL):
        if name in DETAIL_TABLES:
            required = _LINE_REQUIRED if name == "lines" else DETAIL_TABLES[name]
            yield from required_columns(table, required, here, never_blank=_LINE_REQUIRED)
