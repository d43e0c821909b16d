"""Mistakes in what the filing of appeals needs of a pack are told with their key and what is allowed.

The example is read once and spoilt in memory; that keys are told with their lines is proved by the other files.
"""

import copy
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from pydantic import ValidationError

from packs.check import contradictions
from packs.layers import alike
from packs.load import read_layers
from packs.models import Pack
from packs.overlay import loosened
from packs.problems import Finding, key_of
from packs.wording import findings
from tests.packs.conftest import EXAMPLE_FOLDER, OUR_TOOLS

Way = dict[str, str]

REMOVED = object()


@cache
def good() -> Any:
    """The example as plain data."""
    return alike(read_layers(EXAMPLE_FOLDER, None).source).data


def spoilt(changes: Mapping[str, object]) -> Any:
    """The example with other values at these places, `forms.appeal-start.view`; lists count from 1."""
    data = copy.deepcopy(good())
    for path, value in changes.items():
        *way, last = path.split(".")
        part = data
        for key in way:
            part = part[int(key) - 1] if isinstance(part, list) else part.setdefault(key, {})
        at: Any = int(last) - 1 if isinstance(part, list) else last
        if value is REMOVED:
            del part[at]
        else:
            part[at] = value
    return data


def complaints(changes: Mapping[str, object]) -> list[Finding]:
    try:
        pack = Pack.model_validate(spoilt(changes))
    except ValidationError as error:
        return list(findings(error, Pack))
    return list(contradictions(pack))


def test_the_example_itself_has_no_mistake() -> None:
    assert complaints({}) == []


SAYS_ALL: list[Way] = [{"role": "button", "name": "Select all"}, {"css": "form p button"}]
SENDS: list[Way] = [{"role": "button", "name": "Send appeal"}, {"css": "main button"}]
ROWS = {"table": "lines", "box": "box", "column": "line_number", "from": "contest.lines"}
REFUSED = {"element": "duplicate", "means": "refused", "refused": "duplicate"}
DETAILS, DONE, SUBMIT = "forms.appeal-details", "forms.appeal-documents-done", "forms.appeal-submit"
REVIEW = "views.appeal-review"

MISTAKES: list[tuple[dict[str, object], str, str]] = [
    # The head
    ({"flows.appeal": "read"}, "flows.appeal", "this job files appeals: 'appeal: write'"),
    ({"flows.appeal-status": "write"}, "flows.appeal-status", "this job only reads"),
    ({"flows.claim-status": REMOVED}, "flows", "an appeal begins at its claim"),
    ({"appeals.forms": []}, "appeals.forms", "name the forms between"),
    ({"appeals.levels": []}, "appeals.levels", "name the levels"),
    ({"appeals.forms": ["appeal-details", "appeal-detail"]}, "appeals.forms[2]", "no form 'appeal-detail'"),
    ({"appeals.forms": ["appeal-details", "appeal-details"]}, "appeals.forms[2]", "stands here already"),
    ({"appeals.forms": ["appeal-details", "appeal-documents-done"]}, "appeals.forms", "has its place among these"),
    ({"appeals.forms": ["appeal-details", "appeal-submit"]}, "appeals.forms[2]", "no form 'appeal-submit' to ask here"),
    ({"appeals.uploads.most": -1}, "appeals.uploads.most", "must be 0 or more"),
    ({"appeals.level": "first"}, "appeals.level", "Is 'levels' meant?"),
    ({"payer": "medicair"}, "payer", "must be one of"),
    # From the claim to the review page
    ({"forms.appeal-start": REMOVED}, "forms", "appeals need a form 'appeal-start'"),
    ({"forms.appeal-start.view": "home"}, "forms.appeal-start.view", "the view 'claim'"),
    ({"forms.appeal-start.fill": {"appeal": {"value": "x"}}}, "forms.appeal-start.fill", "'fill: {}'"),
    ({"forms.appeal-start.outcomes.1.view": "appeal-review"}, "forms.appeal-start.outcomes", "'appeal-details', from"),
    ({f"{DETAILS}.outcomes.1.view": "appeal-review"}, f"{DETAILS}.outcomes", "'appeal-documents', from where"),
    ({"forms.appeal-document.outcomes.1.view": "appeal-review"}, "forms.appeal-document.outcomes", "must lead to"),
    ({f"{DONE}.outcomes.1.view": "home"}, f"{DONE}.outcomes", "must lead to 'appeal-review'"),
    ({"forms.appeal-documents-done.view": "appeal-details"}, f"{DETAILS}.outcomes", "stand on different views"),
    ({f"{DETAILS}.after": ["location"]}, f"{DETAILS}.after", "would leave that page"),
    (
        {f"{DETAILS}.outcomes.2": {"element": "too_late", "means": "not-found"}},
        f"{DETAILS}.outcomes[2].means",
        "'means: refused', or 'ending'",
    ),
    # Refusals
    ({f"{DETAILS}.outcomes.2.refused": REMOVED}, f"{DETAILS}.outcomes[2]", "go together"),
    ({f"{DETAILS}.outcomes.2.means": "not-found"}, f"{DETAILS}.outcomes[2]", "go together"),
    ({f"{DETAILS}.outcomes.2.refused": "too-late"}, f"{DETAILS}.outcomes[2].refused", "must be one of"),
    (
        {"forms.claim-search.outcomes.2": {"element": "no_member", "means": "refused", "refused": "line-paid"}},
        "forms.claim-search.outcomes[2].means",
        "goes with the forms of an appeal alone",
    ),
    # Words, files, rows
    ({f"{DETAILS}.fill.level.words": "levels_"}, f"{DETAILS}.fill.level.words", "there is no map 'levels_'"),
    ({f"{DETAILS}.fill.amount.words": "states"}, f"{DETAILS}.fill.amount.words", "'contest.amount' is none"),
    ({f"{DETAILS}.fill.level.words": "states"}, "maps.states[1].code", "must be one of external, first"),
    ({"maps.appeal_levels.2.code": "first"}, "maps.appeal_levels[2].code", "entry 1 has the code already"),
    ({f"{DETAILS}.fill.level.letters": "upper"}, f"{DETAILS}.fill.level", "typed as it stands in the map"),
    (
        {f"{DETAILS}.fill.level": {"value": "First appeal", "words": "appeal_levels"}},
        f"{DETAILS}.fill.level",
        "a fixed 'value' is typed as it stands",
    ),
    ({"forms.appeal-document.fill.file.how": "type"}, "forms.appeal-document.fill.file", "go together"),
    ({"forms.appeal-document.fill.file.from": "attachment.kind"}, "forms.appeal-document.fill.file", "go together"),
    ({"forms.appeal-document.fill.file.first": 9}, "forms.appeal-document.fill.file", "a file goes in as it is"),
    (
        {"views.appeal-documents.elements.file.action": "fill"},
        "forms.appeal-document.fill.file",
        "'file' must have 'action: upload'",
    ),
    (
        {"views.appeal-documents.elements.kind.action": "upload"},
        "forms.appeal-document.fill.kind",
        "'kind' must have 'action: fill'",
    ),
    ({f"{DETAILS}.select": {**ROWS, "table": "boxes"}}, f"{DETAILS}.select.table", "no table 'boxes'; tables: lines"),
    ({f"{DETAILS}.select": {**ROWS, "box": "tick"}}, f"{DETAILS}.select.box", "no column 'tick'; columns: box,"),
    ({f"{DETAILS}.select": {**ROWS, "column": "box"}}, f"{DETAILS}.select", "another one that says which row"),
    ({f"{DETAILS}.select": {**ROWS, "from": "contest.line"}}, f"{DETAILS}.select.from", "no question has an input"),
    ({f"{DETAILS}.select": {**ROWS, "from": "contest.reason"}}, f"{DETAILS}.select.from", "contest.lines"),
    (
        {"views.appeal-details.tables.lines.columns.line_number.required": False},
        f"{DETAILS}.select.column",
        "needs 'required: true'",
    ),
    (
        {"views.appeal-details.tables.lines.columns.line_number.type": "money"},
        f"{DETAILS}.select.column",
        "'type: text' or 'type: integer'",
    ),
    (
        {
            "views.appeal-details.tables.lines.blocks": {"css": "tr"},
            "views.appeal-details.tables.lines.find": [{"role": "table", "name": "Lines"}, {"css": "form table"}],
        },
        f"{DETAILS}.select.table",
        "not in one with 'blocks'",
    ),
    # What is never pressed
    (
        {"views.appeal-details.elements.continue.find": SAYS_ALL},
        "views.appeal-details.elements.continue",
        "what ticks everything at once is never pressed",
    ),
    (
        {"views.appeal-documents.elements.add.action": "commit"},
        "forms.appeal-document.press",
        "only 'appeal-submit' changes something",
    ),
    ({f"{REVIEW}.elements.send.action": "navigate"}, f"{SUBMIT}.press", "must have 'action: commit'"),
    (
        {f"{REVIEW}.elements.other": {"action": "navigate", "find": SENDS}},
        f"{REVIEW}.elements.other.find",
        "one of these ways finds 'send', the button that files",
    ),
    # The press and the receipt
    ({SUBMIT: REMOVED}, "forms", "appeals need a form 'appeal-submit'"),
    ({f"{SUBMIT}.view": "appeal-documents", f"{SUBMIT}.press": "add"}, f"{SUBMIT}.view", "'appeal-review'"),
    ({f"{SUBMIT}.fill": {"send": {"value": "x"}}}, f"{SUBMIT}.fill", "on the pages before"),
    ({f"{SUBMIT}.reach": [{"go": "/appeal/review"}]}, f"{SUBMIT}.reach", "no steps before it"),
    ({f"{SUBMIT}.outcomes.1": REFUSED}, f"{SUBMIT}.outcomes", "must lead to the view 'appeal-receipt'"),
    ({f"{SUBMIT}.outcomes.2": {"view": "home"}}, f"{SUBMIT}.outcomes[2]", "looked up on the list"),
    (
        {f"{SUBMIT}.outcomes.2": {"element": "duplicate", "ending": "transient", "code": "TECH-5XX"}},
        f"{SUBMIT}.outcomes[2]",
        "'means: refused' count",
    ),
    ({f"{SUBMIT}.outcomes.1.means": "not-found"}, f"{SUBMIT}.outcomes[1]", "'means: refused' count"),
    (
        {"views.appeal-receipt.elements.expected_by.type": "text"},
        "views.appeal-receipt.elements.expected_by.type",
        "needs 'type: date'",
    ),
    ({"views.appeal-receipt": REMOVED}, "views", "appeals need a view 'appeal-receipt'"),
    # The review page
    ({REVIEW: REMOVED}, "views", "appeals need a view 'appeal-review'"),
    (
        {f"{REVIEW}.elements.payer_claim_number.required": False},
        f"{REVIEW}.elements.payer_claim_number",
        "needs 'required: true'",
    ),
    (
        {f"{REVIEW}.elements.{name}": REMOVED for name in ("amount", "argument", "reason")},
        f"{REVIEW}.elements",
        "must show the amount, the argument, or the reason and the lines",
    ),
    ({f"{REVIEW}.elements.attachments": REMOVED}, f"{REVIEW}.elements", "must show the documents"),
    ({f"{REVIEW}.elements.amount.type": "text"}, f"{REVIEW}.elements.amount.type", "needs 'type: money'"),
    ({"maps.appeal_reasons.2.code": "prior"}, "maps.appeal_reasons[2].code", "must be one of authorization, coding"),
    # The list
    ({"views.appeal": REMOVED}, "views", "appeals need a view 'appeal'"),
    ({"flows.appeal-status": REMOVED, "forms.appeal-list": REMOVED}, "forms", "appeals need a form 'appeal-list'"),
    ({"forms.appeal-list": REMOVED}, "forms", "appeals need a form 'appeal-list'"),
    ({"forms.appeal-list.outcomes.1.view": "home"}, "forms.appeal-list.outcomes", "'appeals' must be among"),
    ({"views.appeals.tables": {}}, "views", "a view 'appeals' with a table 'appeals'"),
    (
        {"views.appeals.tables.appeals.columns.payer_claim_number.required": False},
        "views.appeals.tables.appeals.columns.payer_claim_number",
        "needs 'required: true'",
    ),
    (
        {f"views.appeals.tables.appeals.{key}": REMOVED for key in ("opens", "after_open", "back")},
        "views.appeals.tables.appeals.opens",
        "an appeal is opened from this table",
    ),
    (
        {"views.appeals.tables.appeals.after_open.1.view": "home"},
        "views.appeals.tables.appeals.after_open",
        "must lead to the view 'appeal'",
    ),
    (
        {"views.appeal.elements.status": REMOVED, "views.appeal.recognise": ["heading"]},
        "views.appeal.elements",
        "the element 'status' is missing",
    ),
    ({"maps.appeal_states.3.code": "waiting"}, "maps.appeal_states[3].code", "must be one of decided, dismissed"),
    (
        {
            "views.home.elements.find": {"action": "fill", "find": [{"label": "Find"}, {"css": "nav input"}]},
            "forms.appeal-list.fill": {"find": {"from": "contest.reference"}},
        },
        "forms.appeal-list.fill.find.from",
        "have these inputs in common",
    ),
]


@pytest.mark.parametrize(("changes", "key", "what"), MISTAKES, ids=[f"{key}: {what[:30]}" for _, key, what in MISTAKES])
def test_a_mistake_in_an_appeal_is_told_with_its_key_and_what_is_allowed(
    changes: dict[str, object], key: str, what: str
) -> None:
    found = complaints(changes)
    assert any(key_of(each.place) == key and what in each.what for each in found), [
        (key_of(each.place), each.what) for each in found
    ]
    assert not OUR_TOOLS.search(" ".join(each.what for each in found))


@pytest.mark.parametrize(
    "way",
    [
        {"role": "button", "name": "Select All"},
        {"role": "checkbox", "name": "select  all lines"},
        {"label": "All service lines"},
        {"text": "Check all"},
        {"near": "Entire claim"},
        {"text": "Dispute all denied lines"},
    ],
)
@pytest.mark.parametrize("action", ["fill", "navigate", "commit"])
def test_nothing_that_ticks_all_lines_can_be_pressed(way: Way, action: str) -> None:
    element = {"action": action, "find": [way, {"css": "form p button"}]}
    found = complaints({"views.appeal-details.elements.all": element})
    assert [key_of(each.place) for each in found if "never pressed" in each.what] == [
        "views.appeal-details.elements.all"
    ]


@pytest.mark.parametrize("name", ["Show all dates", "View all claims", "All dates", "Call us", "Select"])
def test_what_only_shows_more_can_be_pressed(name: str) -> None:
    element = {"action": "navigate", "find": [{"role": "button", "name": name}, {"css": "form p button"}]}
    found = complaints({"views.appeal-details.elements.all": element})
    assert not any("never pressed" in each.what for each in found)


def test_a_form_may_find_its_own_way_from_the_page_before() -> None:
    def seen(role: str, name: str) -> list[Way]:
        return [{"role": role, "name": name}, {"xpath": f"//body//*[normalize-space()='{name}']"}]

    papers = {
        "recognise": ["heading"],
        "elements": {
            "heading": {"find": seen("heading", "Your papers")},
            "attach": {"action": "navigate", "find": seen("link", "Attach a document")},
            "review": {"action": "navigate", "find": seen("link", "Review")},
        },
    }
    attach = {"click": "appeal-papers.attach", "window": True, "then": "appeal-documents"}
    changes: dict[str, object] = {
        "views.appeal-papers": papers,
        f"{DETAILS}.outcomes.1.view": "appeal-papers",
        "forms.appeal-document.reach": [{"close": "window"}, attach],
        f"{DONE}.view": "appeal-papers",
        f"{DONE}.reach": [{"close": "window"}],
        "views.appeal-documents.elements.review": REMOVED,
    }
    assert complaints(changes) == []


def test_a_service_type_is_chosen_by_the_portals_own_word() -> None:
    kind = {"action": "fill", "find": [{"label": "Kind"}, {"css": "form select"}]}
    fill = {"from": "service.service_type", "how": "choose", "words": "services"}
    changes = {"views.eligibility.elements.kind": kind, "forms.member-search.fill.kind": fill}
    assert complaints(changes) == []


# An office's overlay

LOOSER: list[tuple[dict[str, object], str]] = [
    ({"appeals.levels": ["first", "second", "external"]}, "appeals.levels"),
    ({"appeals.forms": ["appeal-details"]}, "appeals.forms"),
    ({"appeals.one_line": True}, "appeals.one_line"),
    ({"appeals.longest_argument": 2001}, "appeals.longest_argument"),
    ({"appeals.longest_argument": None}, "appeals.longest_argument"),
    ({"appeals.uploads.most": 6}, "appeals.uploads.most"),
    ({"appeals.uploads.largest": 10485761}, "appeals.uploads.largest"),
    ({"appeals.uploads.smallest": 1}, "appeals.uploads.smallest"),
    ({"appeals.uploads.content_types": ["application/pdf", "image/tiff"]}, "appeals.uploads.content_types"),
    ({"appeals.first_check_days": 29}, "appeals.first_check_days"),
    ({"appeals.listed_after_hours": 1}, "appeals.listed_after_hours"),
    ({"views.home.elements.pay": {"action": "commit", "find": SENDS}}, "views.home.elements.pay.action"),
]
STRICTER: dict[str, object] = {
    "appeals.levels": ["first"],
    "appeals.longest_argument": 1500,
    "appeals.uploads.most": 2,
    "appeals.uploads.most_together": 20_000_000,
    "appeals.first_check_days": 45,
}


@pytest.mark.parametrize(("changes", "key"), LOOSER, ids=[key for _, key in LOOSER])
def test_an_overlay_cannot_loosen_how_appeals_are_filed(changes: dict[str, object], key: str) -> None:
    before, after = Pack.model_validate(good()), Pack.model_validate(spoilt(changes))
    assert [key_of(each.place) for each in loosened(before, after)] == [key]


def test_an_overlay_can_be_stricter_about_appeals() -> None:
    before, after = Pack.model_validate(good()), Pack.model_validate(spoilt(STRICTER))
    assert list(loosened(before, after)) == []
