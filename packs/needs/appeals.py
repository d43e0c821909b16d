"""What appeals need of a pack: the way from the claim to the review page, the one press, the receipt, the list."""

from collections.abc import Iterator, Mapping

from flows.appeal_names import (
    APPEAL,
    APPEAL_FIELDS,
    APPEAL_REQUIRED,
    APPEAL_TABLES,
    APPEALS,
    DOCUMENT,
    LIST,
    LIST_COLUMNS,
    LIST_REQUIRED,
    RECEIPT,
    RECEIPT_FIELDS,
    REVIEW,
    REVIEW_FIELDS,
    REVIEW_REQUIRED,
    REVIEW_TABLES,
    START,
    SUBMIT,
)
from flows.claim_search import DETAIL
from flows.identity import IDENTITY_FIELDS
from flows.portal import Means
from flows.questions import Flow, input_types
from packs.elements import Type
from packs.models import Pack
from packs.moves import Form
from packs.naming import listed
from packs.needs import codes
from packs.needs.shown import (
    DATE,
    INTEGER,
    MONEY,
    TEXT,
    YES_NO,
    Known,
    Needs,
    Readable,
    after_search,
    coded,
    must_be_shown,
    required_columns,
    shown,
    tables,
    typed,
)
from packs.needs.shown import (
    LIST as TEXTS,
)
from packs.problems import Finding, Place

_IN_A_ROW = (START, DOCUMENT, SUBMIT)
"""Forms that are asked from the page that is before us; those that the head names are, too."""

_KINDS: Mapping[str, Known] = {
    "status": coded(codes.APPEAL_STATES),
    "decision": coded(codes.APPEAL_DECISIONS),
    "level": coded(codes.APPEAL_LEVELS),
    "reason": coded(codes.APPEAL_REASONS),
    "kind": coded(codes.ATTACHMENT_KINDS),
    "what": Known((Type.TEXT, Type.MAPPED)),
    "lines": TEXTS,
    "attachments": TEXTS,
    "line_number": Known((Type.INTEGER, Type.TEXT)),
    "contested": YES_NO,
    "size": INTEGER,
    **dict.fromkeys(("birth_date", "service_from", "service_to", "filed_on", "received_on", "expected_by"), DATE),
    **dict.fromkeys(("decided_on", "next_level_due", "due"), DATE),
    **dict.fromkeys(("amount", "billed", "recovered"), MONEY),
}
"""What a field or column of this name is; text where the name is not here."""


def _known(names: tuple[str, ...]) -> Mapping[str, Known]:
    return {name: _KINDS.get(name, TEXT) for name in dict.fromkeys(names)}


def _tables(named: Mapping[str, tuple[str, ...]]) -> Mapping[str, Mapping[str, Known]]:
    return {name: _known(columns) for name, columns in named.items()}


_LIST = Readable(tables={APPEALS: _known((*LIST_COLUMNS, *IDENTITY_FIELDS))})
_APPEAL = Readable(fields=_known((*APPEAL_FIELDS, *IDENTITY_FIELDS)), tables=_tables(APPEAL_TABLES))

NEEDS = Needs(
    forms=(START, DOCUMENT, SUBMIT, LIST),
    views={
        REVIEW: Readable(fields=_known((*REVIEW_FIELDS, *IDENTITY_FIELDS)), tables=_tables(REVIEW_TABLES)),
        RECEIPT: Readable(fields=_known(RECEIPT_FIELDS)),
        APPEALS: _LIST,
        APPEAL: _APPEAL,
    },
)

STATUS_NEEDS = Needs(forms=(LIST,), views={APPEALS: _LIST, APPEAL: _APPEAL})


def missing(pack: Pack) -> Iterator[Finding]:
    """What the filing of appeals would miss in the pack."""
    if Flow.CLAIM_STATUS not in pack.flows:
        yield Finding(("flows",), "an appeal begins at its claim, which is found again first: 'claim-status: read'")
    if not pack.appeals.forms:
        yield Finding(("appeals", "forms"), "name the forms between the claim's page and the review page")
    if not pack.appeals.levels:
        yield Finding(("appeals", "levels"), "name the levels of appeal that can be filed at the portal")
    yield from _row_of_forms(pack)
    yield from _submit(pack)
    yield from _review(pack)
    if RECEIPT not in pack.views:
        yield Finding(("views",), f"appeals need a view '{RECEIPT}': what the portal says when an appeal was filed")
    yield from typed(pack, RECEIPT, NEEDS.views[RECEIPT])
    if Flow.APPEAL_STATUS not in pack.flows:
        yield from _list(pack)
    yield from _refusals(pack)


def missing_for_status(pack: Pack) -> Iterator[Finding]:
    """What the following up of appeals would miss in the pack."""
    yield from _list(pack)


# From the claim to the receipt


def _row_of_forms(pack: Pack) -> Iterator[Finding]:
    """Each form leads to the page of the next one, the last one to the review page."""
    names = (START, *pack.appeals.forms)
    for index, name in enumerate(pack.appeals.forms):
        if name not in pack.forms or name in (START, SUBMIT, LIST) or name in pack.appeals.forms[:index]:
            known = listed(pack.forms.keys() - {START, SUBMIT, LIST})
            what = f"there is no form '{name}' to ask here, or it stands here already; forms: {known}"
            yield Finding(("appeals", "forms", index), what)
    if START not in pack.forms:
        yield Finding(("forms",), f"appeals need a form '{START}': the press on the claim's page that begins one")
    elif pack.forms[START].view != DETAIL:
        yield Finding(("forms", START, "view"), f"an appeal begins on the page of its claim, the view '{DETAIL}'")
    elif pack.forms[START].fill:
        yield Finding(("forms", START, "fill"), "nothing is filled in where an appeal begins: 'fill: {}'")
    if DOCUMENT in pack.forms and DOCUMENT not in pack.appeals.forms:
        yield Finding(("appeals", "forms"), f"'{DOCUMENT}' has its place among these forms")
    for name in names:
        if name in pack.forms:
            yield from _leads_on(pack, name, _next_views(pack, name))
    for name in (*names, SUBMIT):
        if name in pack.forms and pack.forms[name].after:
            what = "a form of an appeal is asked from the page before it; 'after' would leave that page"
            yield Finding(("forms", name, "after"), what)


def _next_views(pack: Pack, name: str) -> frozenset[str] | None:
    """The views that may come after a form of the row; None where the one after it finds its own way by steps."""
    names = [START, *pack.appeals.forms, SUBMIT]
    followers = [pack.forms[each] for each in names[names.index(name) + 1 :] if each in pack.forms]
    if name == DOCUMENT:
        # One document is followed by the next one, or by what comes after all of them.
        followers.insert(0, pack.forms[name])
    elif pack.appeals.forms and names[names.index(name) + 1] == DOCUMENT:
        # An appeal without documents goes past their form.
        followers = followers[:2]
    else:
        followers = followers[:1]
    followers = followers[:2]
    if not followers or any(form.reach for form in followers):
        return None
    return frozenset(form.view for form in followers)


def _leads_on(pack: Pack, name: str, wanted: frozenset[str] | None) -> Iterator[Finding]:
    form = pack.forms[name]
    here: Place = ("forms", name, "outcomes")
    reached = {after.view for after in form.outcomes if after.view and after.means is None and after.ending is None}
    if wanted is not None and len(wanted) > 1:
        what = f"the forms that may come next stand on different views: {_quoted(wanted)}; give the later one steps"
        yield Finding(here, what)
    elif wanted is not None and reached != wanted:
        what = f"must lead to {_quoted(wanted)}, from where the next form of the appeal is asked, and to nothing else"
        yield Finding(here, what)
    for index, after in enumerate(form.outcomes):
        if after.means not in (None, Means.REFUSED):
            what = "after a form of an appeal: the view of the next one, 'means: refused', or 'ending' and 'code'"
            yield Finding((*here, index, "means"), what)


def _quoted(names: frozenset[str]) -> str:
    return " and ".join(f"'{name}'" for name in sorted(names))


def _submit(pack: Pack) -> Iterator[Finding]:
    form = pack.forms.get(SUBMIT)
    if form is None:
        yield Finding(("forms",), f"appeals need a form '{SUBMIT}': the one press on the review page that files")
        return
    here: Place = ("forms", SUBMIT)
    if form.view != REVIEW:
        yield Finding((*here, "view"), f"an appeal is filed from the page that reviews it, the view '{REVIEW}'")
    if form.fill or form.select is not None:
        what = "what goes into an appeal is on the pages before, so that the review page shows it: 'fill: {}'"
        yield Finding((*here, "fill"), what)
    if form.reach:
        yield Finding((*here, "reach"), "the button is pressed on the page that was reviewed; no steps before it")
    if not any(after.view == RECEIPT and after.means is None for after in form.outcomes):
        yield Finding((*here, "outcomes"), f"filing must lead to the view '{RECEIPT}'")
    for index, after in enumerate(form.outcomes):
        receipt = after.view == RECEIPT and after.means is None and after.ending is None
        if not receipt and after.means is not Means.REFUSED:
            what = (
                f"after this press only '{RECEIPT}' and 'means: refused' count; anything else is looked up on the list"
            )
            yield Finding((*here, "outcomes", index), what)


def _review(pack: Pack) -> Iterator[Finding]:
    if REVIEW not in pack.views:
        yield Finding(("views",), f"appeals need a view '{REVIEW}': the page that shows what is about to be filed")
        return
    for name in REVIEW_REQUIRED:
        yield from must_be_shown(pack, REVIEW, name)
    yield from typed(pack, REVIEW, NEEDS.views[REVIEW])
    fields = shown(pack, REVIEW) | {name for _, name, _ in tables(pack, REVIEW)}
    if not (fields & {"amount", "argument"} or {"reason", "lines"} <= fields):
        what = "the review page must show the amount, the argument, or the reason and the lines: else nobody can tell"
        yield Finding(("views", REVIEW, "elements"), what + " this appeal from another one of the same claim")
    if DOCUMENT in pack.appeals.forms and "attachments" not in fields:
        what = "the review page must show the documents, 'attachments': one that an earlier try left there goes along"
        yield Finding(("views", REVIEW, "elements"), what)
    for here, name, table in tables(pack, REVIEW):
        required = {"lines": ("line_number",), "attachments": ("filename",)}.get(name, ())
        yield from required_columns(table, required, here, never_blank=required)


# The portal's own list


def _list(pack: Pack) -> Iterator[Finding]:
    if LIST not in pack.forms:
        yield Finding(("forms",), f"appeals need a form '{LIST}': the way to the portal's own list of them")
    else:
        yield from after_search(pack, LIST, (APPEALS,))
        yield from _inputs_of_both(pack, pack.forms[LIST])
    if APPEALS not in pack.views or APPEALS not in pack.views[APPEALS].tables:
        yield Finding(("views",), f"appeals need a view '{APPEALS}' with a table '{APPEALS}': the portal's own list")
    else:
        here: Place = ("views", APPEALS, "tables", APPEALS)
        table = pack.views[APPEALS].tables[APPEALS]
        yield from typed(pack, APPEALS, NEEDS.views[APPEALS])
        yield from required_columns(table, LIST_REQUIRED, here, never_blank=LIST_REQUIRED)
        if table.opens is None:
            yield Finding((*here, "opens"), "an appeal is opened from this table: name the column with the link")
        elif not any(after.view == APPEAL for after in table.after_open):
            yield Finding((*here, "after_open"), f"an appeal that is opened must lead to the view '{APPEAL}'")
    if APPEAL not in pack.views:
        yield Finding(("views",), f"appeals need a view '{APPEAL}': the page of one appeal")
        return
    for name in APPEAL_REQUIRED:
        yield from must_be_shown(pack, APPEAL, name)
    yield from typed(pack, APPEAL, NEEDS.views[APPEAL])


def _inputs_of_both(pack: Pack, form: Form) -> Iterator[Finding]:
    """The list is asked for when an appeal is filed and when it is followed up, each time with another question."""
    asking = [flow for flow in (Flow.APPEAL, Flow.APPEAL_STATUS) if flow in pack.flows]
    common = frozenset.intersection(*(frozenset(input_types(flow)) for flow in asking))
    for element, fill in form.fill.items():
        if fill.from_ is not None and fill.from_ not in common:
            what = f"the list is asked for by several jobs, which have these inputs in common: {listed(common)}"
            yield Finding(("forms", LIST, "fill", element, "from"), what)


def _refusals(pack: Pack) -> Iterator[Finding]:
    """`means: refused` is understood where an appeal is filed, and nowhere else."""
    filing = {START, SUBMIT, *pack.appeals.forms}
    for name, form in pack.forms.items():
        for index, after in enumerate(form.outcomes):
            if after.means is Means.REFUSED and name not in filing:
                what = "'means: refused' goes with the forms of an appeal alone"
                yield Finding(("forms", name, "outcomes", index, "means"), what)
