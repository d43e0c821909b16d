"""The national portal's pack knows the payer's words for coverage, payments and disputes, and what each refusal is."""

from collections.abc import Mapping

import pytest

from flows import eligibility, remittances
from flows.answers import Refusal
from flows.appeal_names import START, SUBMIT
from flows.portal import Means
from packs.elements import Action
from packs.load import load_pack
from sandbox.appeal_terms import LISTED_WITHIN_HOURS, TERMS
from sandbox.portals.national import appeal_texts, coverage_texts
from sandbox.portals.national.payments_shown import BUNDLE_TEXTS, METHOD_TEXTS

PACK = load_pack("practice-national", None)


def codes(name: str) -> dict[str, str]:
    return {row.text: row.code for row in PACK.maps[name]}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("coverage_status", coverage_texts.STATUS_TEXTS),
        ("benefit", coverage_texts.KIND_TEXTS),
        ("network", coverage_texts.NETWORK_TEXTS),
        ("level", coverage_texts.LEVEL_TEXTS),
        ("period", coverage_texts.PERIOD_TEXTS),
        ("service_type", coverage_texts.SERVICE_TEXTS),
        ("plan_type", coverage_texts.INSURANCE_TEXTS),
        ("benefit_year", coverage_texts.BENEFIT_YEAR_TEXTS),
        ("relationship", coverage_texts.RELATIONSHIP_TEXTS),
        ("sex", coverage_texts.SEX_TEXTS),
        ("payer_order", coverage_texts.ORDER_TEXTS),
        ("bundle_state", BUNDLE_TEXTS),
        ("appeal_level", appeal_texts.LEVEL_TEXTS),
        ("appeal_reason", appeal_texts.REASON_TEXTS),
        ("document_kind", appeal_texts.DOCUMENT_TEXTS),
        ("appeal_status", appeal_texts.STATUS_TEXTS),
        ("appeal_decision", appeal_texts.DECISION_TEXTS),
    ],
)
def test_every_word_of_the_portal_means_what_the_payer_means_by_it(name: str, words: Mapping[str, str]) -> None:
    assert codes(name) == {text: code for code, text in words.items()}


def test_yearly_amounts_and_ways_of_paying_have_the_codes_of_the_field() -> None:
    kinds = coverage_texts.KIND_TEXTS
    assert codes("yearly_amount") == {kinds["C"]: "C", kinds["G"]: "G"}
    assert {codes("payment_method")[text] for text in METHOD_TEXTS.values()} == {"EFT", "check", "non-payment"}


@pytest.mark.parametrize("form", eligibility.SEARCHES)
def test_every_sentence_of_refusal_stands_for_its_own_reason_code(form: str) -> None:
    told = {}
    for outcome in PACK.forms[form].outcomes:
        if outcome.means is Means.REJECTED:
            ways = PACK.views[outcome.view or ""].elements["reason"].find
            told[outcome.rejected] = next(way.text for way in ways if way.text)
    assert told == dict(coverage_texts.REJECTION_TEXTS)


def test_an_eligibility_search_gives_the_payer_the_days_of_the_visit() -> None:
    for form in eligibility.SEARCHES:
        fill = PACK.forms[form].fill
        assert fill["coverage_from"].from_ == "service.service_from"
        assert fill["coverage_to"].from_ == "service.service_to"
        assert fill["birth_date"].from_ == "patient.birth_date"


def test_payments_are_searched_by_days_in_the_archive_and_in_bundles_too() -> None:
    assert set(remittances.SEARCHES) <= set(PACK.forms)
    assert PACK.remittances.longest_days is not None
    for form in ("payment-search", "payment-archive", "report-request"):
        assert {fill.from_ for fill in PACK.forms[form].fill.values()} == {"period.paid_from", "period.paid_to"}


@pytest.mark.parametrize("view", ["payments", "archive"])
def test_a_protected_paper_form_opens_with_the_providers_number(view: str) -> None:
    documents = PACK.views[view].tables[view].documents
    assert {name: document.kind for name, document in documents.items()} == {"era": "835", "eob": "eob"}
    password = documents["eob"].password
    assert password is not None
    assert password.from_ == "provider.npi"
    assert documents["era"].password is None


def test_nothing_but_the_one_button_that_files_changes_anything() -> None:
    pressed = {
        name: PACK.views[form.view].elements[form.press].action
        for name, form in PACK.forms.items()
        if name != "provider"
    }
    assert pressed.pop(SUBMIT) is Action.COMMIT
    assert set(pressed.values()) == {Action.NAVIGATE}


def refusals(form: str) -> dict[Refusal, str]:
    """By reason: the sentence by which the pack knows it after this form."""
    told = {}
    for outcome in PACK.forms[form].outcomes:
        if outcome.refused is not None:
            ways = PACK.views[outcome.view or ""].elements["reason"].find
            told[outcome.refused] = next(way.text for way in ways if way.text)
    return told


def test_every_sentence_by_which_a_request_is_not_taken_stands_for_its_own_reason() -> None:
    every = {Refusal(kind): text for kind, text in appeal_texts.REFUSAL_TEXTS.items()}
    assert set(every) == set(Refusal)
    assert refusals("appeal-lines") == refusals(SUBMIT) == every
    assert refusals(START) == {Refusal(kind): every[Refusal(kind)] for kind in appeal_texts.GREYED}


def test_lines_are_ticked_one_by_one_and_nothing_that_ticks_them_all_is_known() -> None:
    select = PACK.forms["appeal-lines"].select
    assert select is not None
    assert (select.table, select.box, select.from_) == ("lines", "dispute", "contest.lines")
    ways = [way for element in PACK.views["request-lines"].elements.values() for way in element.find]
    assert not [way for way in ways if "Select all" in str(way)]


def test_the_rules_for_documents_arguments_and_the_list_are_the_payers() -> None:
    terms, rules = TERMS[PACK.portal], PACK.appeals
    for name in ("content_types", "smallest", "largest", "most", "most_together"):
        assert getattr(rules.uploads, name) == getattr(terms.uploads, name)
    assert rules.longest_argument == terms.longest_argument
    assert set(rules.levels) == set(terms.rule.levels)
    assert rules.listed_after_hours >= LISTED_WITHIN_HOURS
    assert rules.decision_days == max(level.decision_days[1] for level in terms.rule.levels.values())
