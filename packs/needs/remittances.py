"""What the fetching of remittances needs of a pack: a search by days, the list of payments, something to download."""

from collections.abc import Iterator, Mapping

from flows.remittance_names import (
    ARCHIVE,
    ARCHIVE_REQUIRED,
    BUNDLE,
    DOCUMENTS,
    PAYMENT,
    PAYMENT_ARCHIVE,
    PAYMENT_COLUMNS,
    PAYMENT_FIELDS,
    PAYMENT_PAGE_REQUIRED,
    PAYMENT_REQUIRED,
    PAYMENT_SEARCH,
    PAYMENTS,
    REPORT_COLUMNS,
    REPORT_LIST,
    REPORT_REQUEST,
    REPORT_REQUIRED,
    REPORTS,
)
from packs.elements import Type
from packs.models import Pack
from packs.needs import codes
from packs.needs.shown import (
    DATE,
    MONEY,
    TEXT,
    Known,
    Needs,
    Readable,
    after_search,
    coded,
    must_be_shown,
    required_columns,
    typed,
)
from packs.problems import Finding, Place

_KINDS: Mapping[str, Known] = {
    "amount": MONEY,
    "paid_on": DATE,
    "paid_from": DATE,
    "paid_to": DATE,
    "ready_at": Known((Type.INSTANT,)),
    "method": coded(codes.PAYMENT_METHODS, or_text=True),
    "state": coded(codes.REPORT_STATES),
    **dict.fromkeys(DOCUMENTS, coded(codes.DOCUMENT_STATES, or_text=True)),
}

_PAYMENT_COLUMNS = {name: _KINDS.get(name, TEXT) for name in PAYMENT_COLUMNS}

NEEDS = Needs(
    forms=(PAYMENT_SEARCH, PAYMENT_ARCHIVE, REPORT_LIST, REPORT_REQUEST),
    views={
        PAYMENTS: Readable(tables={PAYMENTS: _PAYMENT_COLUMNS}),
        ARCHIVE: Readable(tables={ARCHIVE: _PAYMENT_COLUMNS}),
        PAYMENT: Readable(fields={name: _KINDS.get(name, TEXT) for name in PAYMENT_FIELDS}),
        REPORTS: Readable(tables={REPORTS: {name: _KINDS.get(name, TEXT) for name in REPORT_COLUMNS}}),
    },
    view_documents={PAYMENTS: (BUNDLE,), PAYMENT: DOCUMENTS},
    row_documents={PAYMENTS: DOCUMENTS, ARCHIVE: DOCUMENTS, REPORTS: (BUNDLE,)},
)


def missing(pack: Pack) -> Iterator[Finding]:
    """What the fetching of remittances would miss in the pack."""
    if PAYMENT_SEARCH not in pack.forms:
        yield Finding(("forms",), f"remittances need a form '{PAYMENT_SEARCH}': the payments of some days")
    for name, view in ((PAYMENT_SEARCH, PAYMENTS), (PAYMENT_ARCHIVE, ARCHIVE), (REPORT_LIST, REPORTS)):
        if name in pack.forms:
            yield from after_search(pack, name, (view,))
            yield from _listed(pack, view)
    if REPORT_REQUEST in pack.forms:
        yield from _request(pack)
    yield from _payment(pack)
    if not any(_offers(pack)):
        what = "nothing can be fetched: name a document under 'documents' of a table or a view"
        yield Finding(("views",), what)


def _request(pack: Pack) -> Iterator[Finding]:
    here: Place = ("forms", REPORT_REQUEST, "outcomes")
    for index, after in enumerate(pack.forms[REPORT_REQUEST].outcomes):
        if after.view not in (None, REPORTS) and after.means is None and after.ending is None:
            what = f"after a report was asked for the flow reads '{REPORTS}'; any other view needs 'means: being-built'"
            yield Finding((*here, index, "view"), what + ", or 'ending' and 'code'")
    if REPORT_LIST not in pack.forms:
        yield Finding(("forms",), f"reports that are built later are looked for by a form '{REPORT_LIST}'")


_REQUIRED = {PAYMENTS: PAYMENT_REQUIRED, ARCHIVE: ARCHIVE_REQUIRED, REPORTS: REPORT_REQUIRED}


def _listed(pack: Pack, name: str) -> Iterator[Finding]:
    """What is wrong with a view that lists something: payments, what was put away, reports."""
    if name not in pack.views:
        yield Finding(("views",), f"remittances need a view '{name}', with a table '{name}'")
        return
    here: Place = ("views", name, "tables")
    table = pack.views[name].tables.get(name)
    if table is None:
        yield Finding(here, f"remittances need a table '{name}' on this view")
        return
    here = (*here, name)
    yield from typed(pack, name, NEEDS.views[name])
    yield from required_columns(table, _REQUIRED[name], here, never_blank=_REQUIRED[name])
    if table.opens is not None and not any(after.view == PAYMENT for after in table.after_open):
        what = f"a payment that is opened must lead to the view '{PAYMENT}'"
        yield Finding((*here, "after_open"), what)
    if name == REPORTS and BUNDLE not in table.documents:
        yield Finding((*here, "documents"), f"a report that is ready is fetched as the document '{BUNDLE}' of its row")


def _payment(pack: Pack) -> Iterator[Finding]:
    if PAYMENT not in pack.views:
        return
    for name in PAYMENT_PAGE_REQUIRED:
        yield from must_be_shown(pack, PAYMENT, name)
    yield from typed(pack, PAYMENT, NEEDS.views[PAYMENT])


def _offers(pack: Pack) -> Iterator[bool]:
    for name in NEEDS.views:
        view = pack.views.get(name)
        if view is not None:
            yield bool(view.documents) or any(table.documents for table in view.tables.values())
