"""The pack of Practice Exchange knows that site's words and widgets, and only what any visitor can see."""

from collections.abc import Mapping

import pytest

from flows import eligibility
from flows.answers import Refusal
from flows.appeal_names import START, SUBMIT
from flows.portal import Means
from packs.elements import Action
from packs.load import load_pack
from packs.moves import How
from packs.texts import folded
from sandbox.appeal_terms import LISTED_WITHIN_HOURS, TERMS
from sandbox.person_match import PREFIX_LETTERS
from sandbox.portals.multipayer import appeal_texts, coverage_texts, payments_shown
from sandbox.portals.multipayer.appeal_words import TEXT as DISPUTE_TEXT
from sandbox.portals.multipayer.application_words import TEXT
from sandbox.portals.multipayer.directory import OWN_PAYER, PAYERS, REGIONS
from sandbox.portals.multipayer.shown import METHODS, ROLES
from sandbox.portals.multipayer.texts import AMBIGUOUS_TEXTS, HINTED_TEXTS, STATUS_TEXTS, UNMAPPED_TEXTS

PACK = load_pack("practice-multipayer", None)
CODES = {row.text: row.code for row in PACK.maps["status"]}


def test_every_word_of_the_sites_list_means_its_category() -> None:
    assert {text: CODES.get(text) for texts in STATUS_TEXTS.values() for text in texts} == {
        text: category for category, texts in STATUS_TEXTS.items() for text in texts
    }
    assert {row.text: row.code for row in PACK.maps["relation"]} == {text: role for role, text in ROLES.items()}
    methods = {folded(row.text): row.code for row in PACK.maps["payment_method"]}
    assert methods.items() >= {folded(text): kind for kind, text in METHODS.items()}.items()


def test_words_that_only_say_finalised_leave_the_decision_to_the_money() -> None:
    assert {CODES[text] for text in AMBIGUOUS_TEXTS} == {"F0"}
    assert {CODES[text] for text in HINTED_TEXTS.values()} == {"F3"}


def test_words_that_nobody_has_explained_are_not_guessed() -> None:
    assert not set(UNMAPPED_TEXTS) & set(CODES)
    assert len(CODES) == len([*AMBIGUOUS_TEXTS, *HINTED_TEXTS, *(t for texts in STATUS_TEXTS.values() for t in texts)])


def test_every_search_names_the_payer_by_its_number_too() -> None:
    payer = next(one for one in PAYERS if one.id == OWN_PAYER)
    searches = [form for form in PACK.forms.values() if "payer" in form.fill]
    assert len(searches) == 7
    for form in searches:
        fill = form.fill["payer"]
        assert (fill.value, fill.how) == (f"{payer.name} {payer.code}", How.TYPE_AHEAD)
    region = PACK.forms["organization"].fill["region"].value
    assert region in payer.regions
    assert region != REGIONS[0]


def test_member_ids_are_typed_without_the_prefix_that_the_site_leaves_out() -> None:
    for form in ("claim-search", "member-search"):
        assert PACK.forms[form].fill["member_id"].without_prefix == PREFIX_LETTERS
    assert PACK.matching.member_id_prefix == PREFIX_LETTERS


def test_only_signing_in_and_the_one_button_that_files_are_presses_that_change_something() -> None:
    commits = {
        (name, element)
        for name, view in PACK.views.items()
        for element, entry in view.elements.items()
        if entry.action is Action.COMMIT
    }
    assert {element for _, element in commits} == {"sign_in", "continue", "submit"}
    assert {name for name, form in PACK.forms.items() if (form.view, form.press) in commits} == {SUBMIT}


def test_no_element_is_found_by_an_id_or_a_class_that_changes_with_every_page() -> None:
    for name, view in PACK.views.items():
        finds = [element.find for element in view.elements.values()] + [table.find for table in view.tables.values()]
        shapes = [way.css or way.xpath or "" for find in finds for way in find]
        assert not [shape for shape in shapes if "#" in shape or "@id" in shape or "class" in shape], name


def codes(name: str) -> dict[str, str]:
    return {row.text: row.code for row in PACK.maps[name]}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("benefit", coverage_texts.KIND_TEXTS),
        ("level", coverage_texts.LEVEL_TEXTS),
        ("period", coverage_texts.PERIOD_TEXTS),
        ("service_type", coverage_texts.SERVICE_TEXTS),
        ("insurance_type", coverage_texts.INSURANCE_TEXTS),
        ("benefit_year", coverage_texts.BENEFIT_YEAR_TEXTS),
        ("relationship", coverage_texts.RELATIONSHIP_TEXTS),
        ("sex", coverage_texts.SEX_TEXTS),
        ("payer_order", coverage_texts.ORDER_TEXTS),
    ],
)
def test_every_word_of_a_coverage_means_what_the_payer_means_by_it(name: str, words: Mapping[str, str]) -> None:
    assert codes(name) == {text: code for code, text in words.items()}


def test_two_hyphens_are_no_state_of_coverage_and_the_disclaimer_is_one() -> None:
    said = {text: code for code, text in coverage_texts.STATUS_TEXTS.items() if code != "not-loaded"}
    assert codes("coverage_status") == said | {TEXT["disclaimer"]: "not-loaded"}
    assert coverage_texts.STATUS_TEXTS["not-loaded"] in PACK.formats.blank


def test_each_tab_stands_for_the_network_that_its_name_says() -> None:
    tabs = {"coverage": "in", "out-of-network": "out", "any-network": "any"}
    fixed = {}
    for view, stem in tabs.items():
        name = next(way.name for way in PACK.views[view].elements["open_tab"].find if way.role == "tab")
        tables = [PACK.views[view].tables[f"{stem}_{kind}"] for kind in ("amounts", "services")]
        assert {way.name for table in tables for way in table.find if way.role == "tabpanel"} == {name}
        assert len({table.fixed["network"] for table in tables}) == 1
        fixed[tables[0].fixed["network"]] = name
    assert fixed == coverage_texts.NETWORK_TABS


@pytest.mark.parametrize("name", eligibility.SEARCHES)
def test_every_sentence_of_refusal_stands_for_its_own_reason_code(name: str) -> None:
    told = {}
    for outcome in PACK.forms[name].outcomes:
        if outcome.means is Means.REJECTED:
            ways = PACK.views[outcome.view or ""].elements["reason"].find
            told[outcome.rejected] = next(way.text for way in ways if way.text)
    assert told == dict(coverage_texts.REJECTION_TEXTS)


def test_an_inquiry_gives_the_payer_the_days_of_the_visit() -> None:
    for name in eligibility.SEARCHES:
        fill = PACK.forms[name].fill
        assert (fill["as_of"].from_, fill["through"].from_) == ("service.service_from", "service.service_to")


def test_every_word_about_a_document_says_whether_there_is_one() -> None:
    assert codes("document") == {TEXT["era"]: "ready", TEXT["eob"]: "ready", TEXT["noDocument"]: "none"}
    methods = {folded(row.text) for row in PACK.maps["payment_method"]}
    assert methods >= {folded(text) for text in payments_shown.METHOD_TEXTS.values()}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("appeal_level", appeal_texts.LEVEL_TEXTS),
        ("appeal_reason", appeal_texts.REASON_TEXTS),
        ("document_kind", appeal_texts.DOCUMENT_TEXTS),
        ("appeal_status", appeal_texts.STATUS_TEXTS),
        ("appeal_decision", appeal_texts.DECISION_TEXTS),
    ],
)
def test_every_word_about_disputes_means_what_the_payer_means_by_it(name: str, words: Mapping[str, str]) -> None:
    assert codes(name) == {text: code for code, text in words.items()}


def refusals(form: str) -> dict[Refusal, str]:
    """By reason: the sentence by which the pack knows it after this form, on a page of its own or on the form's."""
    told = {}
    for outcome in PACK.forms[form].outcomes:
        if outcome.refused is not None:
            view = PACK.views[outcome.view or PACK.forms[form].view]
            told[outcome.refused] = next(
                way.text for way in view.elements[outcome.element or "reason"].find if way.text
            )
    return told


def test_every_sentence_by_which_a_dispute_is_not_taken_stands_for_its_own_reason() -> None:
    every = {Refusal(kind): text for kind, text in appeal_texts.REFUSAL_TEXTS.items()}
    assert set(every) == set(Refusal)
    assert refusals("dispute-lines") == refusals(SUBMIT) == every
    assert refusals(START) == {Refusal(kind): every[Refusal(kind)] for kind in appeal_texts.TOLD_AT_ONCE}


def test_lines_are_ticked_one_by_one_and_nothing_that_ticks_them_all_is_known() -> None:
    select = PACK.forms["dispute-lines"].select
    assert select is not None
    assert (select.table, select.box, select.from_) == ("lines", "select", "contest.lines")
    ways = [way for element in PACK.views["dispute-lines"].elements.values() for way in element.find]
    assert not [way for way in ways if "Select all" in str(way)]


def test_only_the_dispute_that_was_just_added_is_completed() -> None:
    opened = PACK.forms["dispute-open"]
    assert (opened.view, opened.press) == ("appeals-worklist", "complete")
    assert "added" in PACK.views["appeals-worklist"].recognise
    ways = PACK.views["appeals-worklist"].elements["complete"].find
    assert {way.name for way in ways} == {DISPUTE_TEXT["complete"], None}


def test_the_rules_for_documents_arguments_and_the_list_are_the_payers() -> None:
    terms, rules = TERMS[PACK.portal], PACK.appeals
    for name in ("content_types", "smallest", "largest", "most", "most_together"):
        assert getattr(rules.uploads, name) == getattr(terms.uploads, name)
    assert rules.longest_argument == terms.longest_argument
    assert set(rules.levels) == set(terms.rule.levels)
    assert rules.listed_after_hours >= LISTED_WITHIN_HOURS
    assert rules.decision_days == max(level.decision_days[1] for level in terms.rule.levels.values())
    assert f"in the first {rules.first_check_days} days" in DISPUTE_TEXT["receiptNote"]
