"""The Medicaid practice portal's pack knows its words, those that it explained, and no name that a load changes."""

import re
from collections.abc import Iterator, Mapping

import pytest

from flows import eligibility, remittances
from flows.answers import Refusal
from flows.appeal_names import REVIEW, SUBMIT
from flows.payer_types import PayerType
from flows.portal import Means
from flows.questions import AppealReason, AttachmentKind
from packs.elements import Action
from packs.load import load_pack
from packs.moves import How
from packs.signing_in import NewPasswordRow, PasswordRow, QuestionRow
from packs.texts import folded
from sandbox.appeal_terms import LISTED_WITHIN_HOURS, TERMS
from sandbox.portals.medicaid import coverage_texts, reconsideration_texts
from sandbox.portals.medicaid.eob import EOB_TEXTS
from sandbox.portals.medicaid.payments_shown import METHOD_TEXTS, REQUEST_TEXTS
from sandbox.portals.medicaid.remittances import COMPLAINTS
from sandbox.portals.medicaid.shown import METHODS, ROLES
from sandbox.portals.medicaid.texts import AMBIGUOUS_TEXTS, HINTED_TEXTS, STATUS_TEXTS, UNMAPPED_TEXTS
from sandbox.truth.adjudication import DENIALS
from sandbox.truth.payer_rules import ELIGIBILITY

PACK = load_pack("practice-medicaid", None)
CODES = {row.text: row.code for row in PACK.maps["status"]}


def test_every_word_of_the_portals_list_means_its_category() -> None:
    assert {text: CODES.get(text) for texts in STATUS_TEXTS.values() for text in texts} == {
        text: category for category, texts in STATUS_TEXTS.items() for text in texts
    }


def test_words_that_only_say_finalised_leave_the_decision_to_the_money() -> None:
    assert {CODES[text] for text in AMBIGUOUS_TEXTS} == {"F0"}
    assert {CODES[text] for text in HINTED_TEXTS.values()} == {"F3"}


def test_words_that_nobody_has_explained_are_not_guessed() -> None:
    assert not set(UNMAPPED_TEXTS) & set(CODES)
    assert len(CODES) == len([*AMBIGUOUS_TEXTS, *HINTED_TEXTS, *(t for texts in STATUS_TEXTS.values() for t in texts)])


def test_relations_and_payments_are_known_in_the_portals_words() -> None:
    assert {row.text: row.code for row in PACK.maps["relation"]} == {text: role for role, text in ROLES.items()}
    methods = {folded(row.text): row.code for row in PACK.maps["payment_method"]}
    assert methods.items() >= {folded(text): kind for kind, text in METHODS.items()}.items()


_COUNTED = PasswordRow | QuestionRow | NewPasswordRow


def test_only_signing_in_and_the_filing_of_an_appeal_are_presses_that_change_something() -> None:
    commits = {
        f"{name}.{element}"
        for name, view in PACK.views.items()
        for element, entry in view.elements.items()
        if entry.action is Action.COMMIT
    }
    # A view that is like another one has its button too, and presses it no more than that one does.
    signing_in = {"password.sign_in", "security-question.submit", "answer-rejected.submit"}
    changing = {"password-expired.save", "password-refused.save"}
    assert commits == signing_in | changing | {f"{REVIEW}.{PACK.forms[SUBMIT].press}"}
    pressed = {(row.view, row.press) for row in PACK.sign_in.table if isinstance(row, _COUNTED)}
    assert pressed == {("password", "sign_in"), ("security-question", "submit"), ("password-expired", "save")}
    assert {name for name, form in PACK.forms.items() if f"{form.view}.{form.press}" in commits} == {SUBMIT}


def shapes() -> Iterator[str]:
    for view in PACK.views.values():
        finds = [element.find for element in view.elements.values()] + [table.find for table in view.tables.values()]
        yield from (way.css or way.xpath or "" for find in finds for way in find)


def test_names_of_controls_are_known_by_their_last_part_alone() -> None:
    # "ctl05$cph4f1a$grdClaims$ctl07$lnkIcn": everything before the last part is made anew for each page.
    assert not [shape for shape in shapes() if "#" in shape or "class" in shape or re.search(r"ctl\d|cph", shape)]
    by_name = [shape for shape in shapes() if "name" in shape and "normalize-space" not in shape]
    assert by_name
    assert all("name$='$" in shape for shape in by_name)


def test_a_choice_that_sends_the_page_back_is_made_before_the_fields_it_brings() -> None:
    for form in ("claim-search", "claim-search-by-number", "appeal-list"):
        first, *others = PACK.forms[form].fill.values()
        assert (first.how, first.reloads) == (How.CHOOSE, True)
        assert not any(fill.reloads for fill in others)


def test_the_states_codes_cover_every_reason_that_the_payer_gives() -> None:
    assert {(group, carc) for group, carc, _ in DENIALS} <= set(EOB_TEXTS)
    assert len({code for code, _ in EOB_TEXTS.values()}) == len(EOB_TEXTS)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("coverage_status", coverage_texts.STATUS_TEXTS),
        ("segment", coverage_texts.SEGMENT_TEXTS),
        ("benefit", coverage_texts.KIND_TEXTS),
        ("period", coverage_texts.PERIOD_TEXTS),
        ("service_type", coverage_texts.SERVICE_TEXTS),
        ("program", coverage_texts.PROGRAM_TEXTS),
        ("sex", coverage_texts.SEX_TEXTS),
        ("payer_order", coverage_texts.ORDER_TEXTS),
        ("request_state", REQUEST_TEXTS),
    ],
)
def test_every_word_of_the_portal_means_what_the_program_means_by_it(name: str, words: Mapping[str, str]) -> None:
    assert {row.text: row.code for row in PACK.maps[name]} == {text: code for code, text in words.items()}


def test_ways_of_paying_have_the_codes_of_the_field() -> None:
    methods = {folded(row.text): row.code for row in PACK.maps["payment_method"]}
    assert {method: methods[folded(text)] for method, text in METHOD_TEXTS.items()} == {
        "ACH": "EFT",
        "CHK": "check",
        "NON": "non-payment",
    }


@pytest.mark.parametrize("form", eligibility.SEARCHES)
def test_every_sentence_of_refusal_stands_for_its_own_reason_code(form: str) -> None:
    entry = PACK.forms[form]
    told = {}
    for outcome in entry.outcomes:
        if outcome.means is Means.REJECTED:
            ways = PACK.views[entry.view].elements[outcome.element or ""].find
            told[outcome.rejected] = next(way.text for way in ways if way.text)
    assert told == dict(coverage_texts.REJECTION_TEXTS)


def test_each_search_fills_what_the_program_asks_for_and_the_days_of_the_visit() -> None:
    for form, way in zip(eligibility.SEARCHES, ELIGIBILITY["practice-medicaid"].ways, strict=True):
        filled = {fill.from_ for fill in PACK.forms[form].fill.values() if fill.from_ is not None}
        days = {"service.service_from", "service.service_to"}
        assert filled == {*days, *(f"patient.{name}" for name in way)}


def test_the_segment_that_names_another_plan_says_who_is_to_be_billed() -> None:
    columns = PACK.views["coverage"].tables["segments"].columns
    assert columns["payer"].header == "Bill To"
    assert columns["begins"].required
    assert {"kind", "amount", "ends"} <= set(columns)


def test_payments_are_searched_by_days_no_further_apart_than_the_portal_lists() -> None:
    assert set(remittances.SEARCHES) - set(PACK.forms) == {"payment-archive"}
    assert f"{PACK.remittances.longest_days} days at most" in COMPLAINTS["span-too-long"]
    for form in ("payment-search", "report-request"):
        filled = {fill.from_ for fill in PACK.forms[form].fill.values() if fill.from_ is not None}
        assert filled == {"period.paid_from", "period.paid_to"}


def test_a_paper_form_and_an_archive_open_with_the_providers_number_and_an_835_without() -> None:
    documents = {
        **PACK.views["payments"].tables["payments"].documents,
        **PACK.views["reports"].tables["reports"].documents,
    }
    assert {name: document.kind for name, document in documents.items()} == {
        "era": "835",
        "eob": "eob",
        "bundle": "zip",
    }
    for name in ("eob", "bundle"):
        password = documents[name].password
        assert password is not None
        assert password.from_ == "provider.npi"
    assert documents["era"].password is None
    later = {name: {n.means for n in document.instead} for name, document in documents.items()}
    assert later["era"] == later["eob"] == {Means.BEING_BUILT}


def test_nothing_that_other_forms_press_changes_anything() -> None:
    pressed = {(form.view, form.press) for name, form in PACK.forms.items() if name not in ("provider", SUBMIT)}
    assert {PACK.views[view].elements[press].action for view, press in pressed} == {Action.NAVIGATE}


MEANT_REASONS = {
    "01": AppealReason.MEDICAL_NECESSITY,
    "02": AppealReason.AUTHORIZATION,
    "03": AppealReason.TIMELY_FILING,
    "04": AppealReason.CODING,
    "05": AppealReason.UNDERPAYMENT,
    "06": AppealReason.ELIGIBILITY,
    "99": AppealReason.OTHER,
}
MEANT_KINDS = {
    "MR": AttachmentKind.MEDICAL_RECORDS,
    "PA": AttachmentKind.AUTHORIZATION,
    "TF": AttachmentKind.PROOF_OF_TIMELY_FILING,
    "RA": AttachmentKind.REMITTANCE,
    "LT": AttachmentKind.LETTER,
    "OT": AttachmentKind.OTHER,
}
"""By the portal's own code: what it means to us."""


def test_every_reason_and_kind_of_attachment_is_chosen_in_the_portals_words() -> None:
    for name, texts, meant in (
        ("appeal_reason", reconsideration_texts.REASON_TEXTS, MEANT_REASONS),
        ("attachment_kind", reconsideration_texts.DOCUMENT_TEXTS, MEANT_KINDS),
    ):
        assert {row.text: row.code for row in PACK.maps[name]} == {texts[own]: code for own, code in meant.items()}
        assert set(meant) == set(texts)
    assert set(MEANT_REASONS.values()) == set(AppealReason)
    assert set(MEANT_KINDS.values()) == set(AttachmentKind)


def test_every_word_for_how_a_reconsideration_stands_means_what_the_program_means_by_it() -> None:
    for name, texts in (
        ("appeal_status", reconsideration_texts.STATUS_TEXTS),
        ("appeal_decision", reconsideration_texts.DECISION_TEXTS),
    ):
        assert {row.text: row.code for row in PACK.maps[name]} == {text: code for code, text in texts.items()}


def test_every_sentence_by_which_a_request_is_not_taken_stands_for_its_own_reason() -> None:
    every = {Refusal(kind): text for kind, text in reconsideration_texts.REFUSAL_TEXTS.items()}
    assert set(every) == set(Refusal)
    for form in ("appeal-line", SUBMIT):
        told = {
            outcome.refused: next(
                way.text for way in PACK.views[outcome.view or ""].elements["reason"].find if way.text
            )
            for outcome in PACK.forms[form].outcomes
            if outcome.refused is not None
        }
        assert told == every


def test_one_line_is_ticked_and_nothing_that_ticks_them_all_is_known() -> None:
    select = PACK.forms["appeal-line"].select
    assert select is not None
    assert (select.table, select.box, select.from_) == ("lines", "select", "contest.lines")
    assert PACK.appeals.one_line
    ways = [way for view in PACK.views.values() for element in view.elements.values() for way in element.find]
    assert not [way for way in ways if "select all" in str(way).casefold() or "btnAll" in str(way)]


def test_the_rules_for_documents_statements_and_the_list_are_the_programs() -> None:
    terms, rules = TERMS[PACK.portal], PACK.appeals
    for name in ("content_types", "smallest", "largest", "most", "most_together"):
        assert getattr(rules.uploads, name) == getattr(terms.uploads, name)
    assert (rules.one_line, rules.longest_argument) == (terms.one_line, terms.longest_argument)
    assert set(rules.levels) == set(terms.rule.levels)
    assert rules.listed_after_hours == LISTED_WITHIN_HOURS
    assert rules.decision_days == terms.rule.levels["first"].decision_days[1]
    assert PACK.payer is PayerType.MEDICAID


def test_the_window_of_the_attachments_is_closed_before_the_request_goes_on() -> None:
    # Also where there is no attachment: then it is opened only to be closed, and the window of the request stays.
    opening, closing = PACK.forms["appeal-attachments"].reach
    assert opening == PACK.forms["appeal-document"].reach[0]
    assert (opening.window, opening.if_there, opening.then) == (True, True, "attachment")
    assert closing.close == "window"
