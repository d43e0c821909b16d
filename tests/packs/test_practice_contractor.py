"""The contractor's pack knows its portal's words, only those that were explained, and never leaves the one window."""

import pytest

from flows.appeal_names import REVIEW, SUBMIT
from flows.claim_search import DETAIL, LIST
from flows.outcomes import Code, Ending
from flows.payer_types import PayerType
from packs.elements import Action
from packs.load import load_pack
from packs.signing_in import CodeRow, NewPasswordRow, PasswordRow, StopRow, TermsRow
from packs.texts import folded
from sandbox.appeal_terms import LISTED_WITHIN_HOURS, TERMS
from sandbox.portals.contractor import appeal_texts
from sandbox.portals.contractor.coverage_shown import TABS
from sandbox.portals.contractor.coverage_texts import (
    KIND_TEXTS,
    MSP_TEXTS,
    PART_TEXTS,
    PERIOD_TEXTS,
    REJECTION_TEXTS,
    SERVICE_TEXTS,
    SEX_TEXTS,
    STATUS_TEXTS,
)
from sandbox.portals.contractor.layouts import LAYOUTS
from sandbox.portals.contractor.shown import METHODS, ROLES
from sandbox.portals.contractor.texts import AMBIGUOUS, DISPOSITIONS, HINTED, UNMAPPED
from sandbox.remittances import REMITTANCES

PACK = load_pack("practice-contractor", None)
CODES = {row.text: row.code for row in PACK.maps["status"]}


def test_every_disposition_means_its_category() -> None:
    assert {text: CODES.get(text) for texts in DISPOSITIONS.values() for text in texts} == {
        text: category for category, texts in DISPOSITIONS.items() for text in texts
    }


def test_words_that_only_say_processed_leave_the_decision_to_the_money() -> None:
    assert {CODES[text] for text in AMBIGUOUS} == {"F0"}
    assert {CODES[text] for text in HINTED.values()} == {"F3"}


def test_words_that_nobody_has_explained_are_not_guessed() -> None:
    assert not set(UNMAPPED) & set(CODES)
    assert len(CODES) == len([*AMBIGUOUS, *HINTED, *(text for texts in DISPOSITIONS.values() for text in texts)])


def test_relations_and_payment_methods_are_known() -> None:
    assert {row.text: row.code for row in PACK.maps["relation"]} == {text: role for role, text in ROLES.items()}
    methods = {folded(row.text): row.code for row in PACK.maps["payment_method"]}
    assert methods.items() >= {folded(text): kind for kind, text in METHODS.items()}.items()


def test_only_the_log_in_and_the_filing_of_an_appeal_have_presses_that_change_something() -> None:
    commits = {
        (name, element)
        for name, view in PACK.views.items()
        for element, entry in view.elements.items()
        if entry.action is Action.COMMIT and view.like is None
    }
    rows = [row for row in PACK.sign_in.table if isinstance(row, PasswordRow | CodeRow | TermsRow | NewPasswordRow)]
    log_in = {(row.view, row.press) for row in rows}
    assert log_in == {("sign-in", "log_in"), ("code", "verify"), ("terms", "continue"), ("password-expired", "change")}
    assert commits == log_in | {(REVIEW, PACK.forms[SUBMIT].press)}
    pressed = {(form.view, form.press): name for name, form in PACK.forms.items()}
    assert {pressed[one] for one in commits if one in pressed} == {SUBMIT}


def test_a_button_that_ticks_all_lines_is_in_no_view() -> None:
    texts = [
        way.name or way.text or way.label or ""
        for view in PACK.views.values()
        for element in view.elements.values()
        for way in element.find
    ]
    assert not [text for text in texts if "select all" in text.casefold()]


def test_no_appeal_is_signed_and_none_is_about_an_overpayment() -> None:
    assert PACK.forms["appeal-explanation"].fill["signature"].value == "no"
    assert PACK.forms["appeal-type"].fill["overpayment"].value == "No"


def test_no_address_inside_is_opened_directly() -> None:
    """An address of the portal that is opened, and not followed to, ends the session; only the way out may be."""
    steps = [step for form in PACK.forms.values() for step in form.reach]
    steps += [step for view in PACK.views.values() for table in view.tables.values() for step in table.back]
    steps += [step for view in PACK.views.values() for step in view.prepare]
    assert [step.go for step in steps if step.go is not None] == []


def test_a_passcode_is_a_persons_and_lives_as_long_as_the_portal_says() -> None:
    (row,) = (row for row in PACK.sign_in.table if isinstance(row, CodeRow))
    assert (row.source, row.life_minutes) == ("person", 30)


def test_what_only_a_person_may_confirm_stops_the_log_in() -> None:
    stops = {row.view: (row.ending, row.code) for row in PACK.sign_in.table if isinstance(row, StopRow)}
    assert stops["recertification"] == stops["training"] == (Ending.CREDENTIAL, Code.ACC_ATTEST)
    assert stops["password-refused"] == (Ending.CREDENTIAL, Code.ACC_EXPIRED)
    assert stops["automation-notice"] == (Ending.REFUSED, Code.ACC_BLOCKED)


def test_the_end_of_a_session_is_known_in_the_page_in_the_frame_and_in_a_claims_window() -> None:
    expired = {row.view for row in PACK.interruptions if row.expired}
    assert {"session-ended", "session-ended-in-frame", "window-over"} <= expired
    assert PACK.views["session-ended-in-frame"].frame == "content"


def test_the_list_is_read_in_the_frame_and_the_claim_in_its_window() -> None:
    assert PACK.views[LIST].frame == "content"
    assert PACK.views[DETAIL].frame is None
    assert PACK.views[LIST].tables[LIST].window


def test_no_element_is_found_by_an_id_or_a_class_that_changes_with_every_start() -> None:
    for name, view in PACK.views.items():
        finds = [element.find for element in view.elements.values()] + [table.find for table in view.tables.values()]
        shapes = [way.css or way.xpath or "" for find in finds for way in find]
        assert not [shape for shape in shapes if "#" in shape or "@id" in shape or "class" in shape], name


def codes(name: str) -> dict[str, str]:
    return {row.text: row.code for row in PACK.maps[name]}


def test_every_word_of_the_eligibility_tabs_means_its_code() -> None:
    for name, texts in (
        ("eligibility_status", STATUS_TEXTS),
        ("benefit", KIND_TEXTS),
        ("service_type", SERVICE_TEXTS),
        ("period", PERIOD_TEXTS),
        ("part", PART_TEXTS),
        ("msp_type", MSP_TEXTS),
        ("sex", SEX_TEXTS),
    ):
        assert codes(name) == {text: str(code) for code, text in texts.items()}, name


def test_every_refusal_is_the_payers_own_code() -> None:
    form = PACK.forms["member-search"]
    elements = PACK.views[form.view].elements
    told = {
        outcome.rejected: elements[outcome.element].find[0].text
        for outcome in form.outcomes
        if outcome.element is not None and outcome.rejected is not None
    }
    assert told == dict(REJECTION_TEXTS)


def test_all_tabs_belong_to_the_same_beneficiary() -> None:
    """The number and the name stand on every tab: a tab of somebody else would contradict the first."""
    tabs = [more.view for more in PACK.views["coverage"].more]
    assert len(tabs) == len(TABS) - 1
    for name in tabs:
        assert {"member_id", "patient_name"} <= set(PACK.views[name].elements)
    assert [more.view for more in PACK.views["coverage"].more if more.if_there] == ["renal-disease"]


def test_a_document_that_has_moved_is_known_as_such() -> None:
    words = LAYOUTS[1].labels
    assert codes("document") == {
        words["open_835"]: "ready",
        words["open_pdf"]: "ready",
        words["no_file"]: "none",
        words["moved"]: "archived",
    }
    assert PACK.remittances.longest_days == REMITTANCES["practice-contractor"].longest_span_days
    for view, table in (("payments", "payments"), ("archive", "archive")):
        assert {name: one.kind for name, one in PACK.views[view].tables[table].documents.items()} == {
            "era": "835",
            "eob": "eob",
        }


def test_every_word_of_the_appeal_pages_means_its_code() -> None:
    for name, texts in (
        ("appeal_level", appeal_texts.LEVELS),
        ("appeal_reason", appeal_texts.REASONS),
        ("attachment_kind", appeal_texts.KINDS),
        ("appeal_status", appeal_texts.STANDINGS),
        ("appeal_decision", appeal_texts.DECISIONS),
    ):
        assert codes(name) == {text: str(code) for code, text in texts.items()}, name


@pytest.mark.parametrize("form", ["appeal-type", "appeal-lines", SUBMIT])
def test_every_refusal_of_an_appeal_is_known_wherever_it_is_told(form: str) -> None:
    elements = PACK.views[PACK.forms[form].view].elements
    told = {
        outcome.refused: elements[outcome.element].find[0].text
        for outcome in PACK.forms[form].outcomes
        if outcome.element is not None and outcome.refused is not None
    }
    assert told == dict(appeal_texts.REFUSALS)


def test_the_rules_for_appeals_are_those_that_the_pages_tell() -> None:
    terms = TERMS["practice-contractor"]
    ours, theirs = PACK.appeals.uploads, terms.uploads
    assert (ours.content_types, ours.largest, ours.most) == (theirs.content_types, theirs.largest, theirs.most)
    assert (ours.smallest, ours.most_together) == (theirs.smallest, theirs.most_together)
    assert PACK.appeals.longest_argument == terms.longest_argument
    assert PACK.appeals.decision_days == terms.rule.levels["first"].decision_days[1]
    assert set(PACK.appeals.levels) == set(terms.rule.levels)
    assert PACK.appeals.listed_after_hours == LISTED_WITHIN_HOURS
    assert PACK.payer is PayerType.MEDICARE
