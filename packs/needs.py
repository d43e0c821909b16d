"""What each job needs of a pack: its forms, its views, the fields it reads and the types they must have."""

from collections.abc import Iterable, Iterator, Mapping
from typing import assert_never

from flows.answers import Role
from flows.claim_state import DETAIL_FIELDS, DETAIL_REQUIRED, DETAIL_TABLES
from flows.claim_status import DETAIL, LIST, LIST_REQUIRED, SEARCHES
from flows.identity import IDENTITY_FIELDS
from flows.questions import Flow
from packs.elements import Element, Type
from packs.models import Pack
from packs.moves import Form
from packs.problems import Finding, Place
from packs.views import Column, Table

CATEGORIES = frozenset(
    [f"A{n}" for n in range(9)]
    + [f"E{n}" for n in range(5)]
    + [f"F{n}" for n in range(6)]
    + [f"P{n}" for n in range(6)]
    + [f"R{n}" for n in range(18) if n != 2]
    + ["D0", "F3F", "F3N", "RQ", "X0"]
)
"""The claim status category codes of the X12 277 (code list 507, as in DOMAIN 2.2)."""

PAYMENT_METHODS = frozenset({"EFT", "check", "virtual card", "non-payment"})
"""How a payer pays (DOMAIN 2.2)."""

FIELDS_READ: Mapping[Flow, Mapping[str, tuple[str, ...]]] = {
    Flow.CLAIM_STATUS: {DETAIL: (*DETAIL_FIELDS, *IDENTITY_FIELDS)},
}
"""By flow and view: the names under which the flow reads fields."""

TABLES_READ: Mapping[Flow, Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    Flow.CLAIM_STATUS: {
        LIST: {LIST: tuple(dict.fromkeys((*IDENTITY_FIELDS, *DETAIL_FIELDS)))},
        DETAIL: DETAIL_TABLES,
    },
}
"""By flow, view and table: the names under which the flow reads columns."""

VIEWS_READ: Mapping[Flow, tuple[str, ...]] = {Flow.CLAIM_STATUS: (LIST, DETAIL)}
"""By flow: the views that the flow reads."""

SEARCHED: Mapping[Flow, tuple[str, ...]] = {Flow.CLAIM_STATUS: SEARCHES}
"""By flow: the forms that the flow asks, where the portal has them."""

_TYPES: Mapping[str, tuple[Type, ...]] = {
    "status": (Type.MAPPED,),
    "role": (Type.MAPPED,),
    "payment_method": (Type.TEXT, Type.MAPPED),
    "what": (Type.TEXT, Type.MAPPED),
    "adjustments": (Type.LIST,),
    "status_codes": (Type.TEXT, Type.LIST),
    "remark_codes": (Type.TEXT, Type.LIST),
    "modifiers": (Type.TEXT, Type.LIST),
    "appeal_allowed": (Type.YES_NO,),
    "line_number": (Type.INTEGER,),
    "units": (Type.INTEGER, Type.DECIMAL),
    **dict.fromkeys(
        (
            "birth_date",
            "service_from",
            "service_to",
            "received_date",
            "finalised_date",
            "effective_date",
            "payment_date",
            "due",
        ),
        (Type.DATE,),
    ),
    **dict.fromkeys(
        (
            "billed",
            "allowed",
            "paid",
            "patient_responsibility",
            "deductible",
            "coinsurance",
            "copay",
            "noncovered",
            "payment_amount",
        ),
        (Type.MONEY,),
    ),
}
"""The types that a field or column of this name may have; text where the name is not here."""

_SEARCHES_FOR_ALL = tuple(form for form in SEARCHES if form != "claim-search-by-number")
"""Most questions come without the payer's claim number."""

_LINE_REQUIRED = ("procedure", "billed")


def missing(pack: Pack) -> Iterator[Finding]:
    """What the flows that the pack lists would miss in it."""
    if not pack.flows:
        yield Finding(("flows",), "the pack offers no flow; name one, such as 'claim-status: read'")
    for flow, access in pack.flows.items():
        match flow:
            case Flow.CLAIM_STATUS:
                if access != "read":
                    yield Finding(("flows", flow.value), "claim status only reads: 'claim-status: read'")
                yield from _claim_status(pack)
            case _:
                assert_never(flow)


def _claim_status(pack: Pack) -> Iterator[Finding]:
    if not any(form in pack.forms for form in _SEARCHES_FOR_ALL):
        forms = " or ".join(f"'{form}'" for form in _SEARCHES_FOR_ALL)
        yield Finding(("forms",), f"claim status needs a form {forms}")
    for name in SEARCHES:
        if name in pack.forms:
            yield from _search(pack.forms[name], ("forms", name, "outcomes"))
    yield from _list(pack)
    yield from _detail(pack)


def _search(form: Form, here: Place) -> Iterator[Finding]:
    for index, after in enumerate(form.outcomes):
        silent = after.means is None and after.ending is None
        if after.view is not None and silent and after.view not in (LIST, DETAIL):
            what = f"after a search the flow reads '{LIST}' or '{DETAIL}'; any other view needs "
            yield Finding((*here, index, "view"), what + "'means', or 'ending' and 'code'")
    if not any(after.view in (LIST, DETAIL) for after in form.outcomes):
        yield Finding(here, f"no search can succeed: '{LIST}' or '{DETAIL}' must be among the outcomes")


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
    yield from _columns(table, LIST_REQUIRED, TABLES_READ[Flow.CLAIM_STATUS][LIST][LIST], here)
    if table.opens is None:
        yield Finding((*here, "opens"), "claim status opens claims from this table: name the column with the link")
    elif not any(after.view == DETAIL for after in table.after_open):
        yield Finding((*here, "after_open"), f"a claim that is opened must lead to the view '{DETAIL}'")


def _detail(pack: Pack) -> Iterator[Finding]:
    if DETAIL not in pack.views:
        yield Finding(("views",), f"claim status needs a view '{DETAIL}': the page of one claim")
        return
    here: Place = ("views", DETAIL)
    view = pack.views[DETAIL]
    for name in DETAIL_REQUIRED:
        yield from _must_be_shown(name, view.elements.get(name), (*here, "elements"))
    for name in FIELDS_READ[Flow.CLAIM_STATUS][DETAIL]:
        if name in view.elements:
            yield from _type(pack, name, view.elements[name], (*here, "elements", name))
    named = "patient_name" in view.elements or {"last_name", "first_name"} <= set(view.elements)
    if sum((named, "member_id" in view.elements, "birth_date" in view.elements)) < 2:
        what = "the identity gate needs two of: the patient's name (patient_name, or last_name and first_name), "
        yield Finding((*here, "elements"), what + "member_id, birth_date")
    for name, table in view.tables.items():
        if name not in DETAIL_TABLES:
            yield Finding((*here, "tables", name), f"no flow reads a table of this name; tables: {_all(DETAIL_TABLES)}")
            continue
        required = _LINE_REQUIRED if name == "lines" else DETAIL_TABLES[name]
        yield from _columns(table, required, DETAIL_TABLES[name], (*here, "tables", name))
        for column_name, column in table.columns.items():
            yield from _type(pack, column_name, column, (*here, "tables", name, "columns", column_name))
    listing = pack.views[LIST].tables.get(LIST) if LIST in pack.views else None
    for name, column in listing.columns.items() if listing is not None else ():
        yield from _type(pack, name, column, ("views", LIST, "tables", LIST, "columns", name))


def _columns(table: Table, required: tuple[str, ...], known: tuple[str, ...], here: Place) -> Iterator[Finding]:
    for name in required:
        if name not in table.columns:
            yield Finding((*here, "columns"), f"the column '{name}' is missing; the flow cannot do without it")
        elif name in (*LIST_REQUIRED, *_LINE_REQUIRED) and not table.columns[name].required:
            yield Finding(
                (*here, "columns", name), "needs 'required: true': a blank here must stop, not pass for nothing"
            )
    for name in table.columns:
        if name not in known:
            yield Finding((*here, "columns", name), f"no flow knows a column of this name; columns: {_all(known)}")


def _must_be_shown(name: str, element: Element | None, here: Place) -> Iterator[Finding]:
    if element is None:
        yield Finding(here, f"the element '{name}' is missing; the flow cannot do without it")
    elif element.optional or not element.required:
        what = "needs 'required: true' and must not be 'optional': no answer can be made without it"
        yield Finding((*here, name), what)


def _type(pack: Pack, name: str, entry: Element | Column, here: Place) -> Iterator[Finding]:
    allowed = _TYPES.get(name, (Type.TEXT,))
    if name == "status" and isinstance(entry, Column):
        allowed = (Type.TEXT, Type.MAPPED)
    if entry.type not in allowed:
        types = " or ".join(f"'type: {kind}'" for kind in allowed)
        yield Finding((*here, "type"), f"'{name}' needs {types} and has 'type: {entry.type}'")
        return
    codes = {"status": CATEGORIES, "role": frozenset(Role), "payment_method": PAYMENT_METHODS}.get(name)
    if codes is None or entry.map is None:
        return
    for index, row in enumerate(pack.maps.get(entry.map, ())):
        if row.code not in codes:
            yield Finding(("maps", entry.map, index, "code"), f"must be one of {_all(codes)}")


def _all(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
