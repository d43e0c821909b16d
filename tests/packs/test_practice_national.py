"""The national portal's pack knows the payer's words for coverage and payments, and what each refusal stands for."""

from collections.abc import Mapping

import pytest

from flows import eligibility, remittances
from flows.portal import Means
from packs.elements import Action
from packs.load import load_pack
from sandbox.portals.national import coverage_texts
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


def test_nothing_that_eligibility_or_remittances_press_changes_anything() -> None:
    pressed = {(form.view, form.press) for name, form in PACK.forms.items() if name != "provider"}
    assert {PACK.views[view].elements[press].action for view, press in pressed} == {Action.NAVIGATE}
