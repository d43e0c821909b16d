"""The shipped pack knows the practice portal's words, and only those that the portal has explained."""

from flows.claim_search import SEARCHES
from packs.elements import Action
from packs.load import load_pack
from sandbox.portals.national.texts import AMBIGUOUS_TEXTS, HINTED_TEXTS, STATUS_TEXTS, UNMAPPED_TEXTS

PACK = load_pack("practice-national", None)
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


def test_only_signing_in_and_filing_are_presses_that_change_something() -> None:
    commits = {
        f"{name}.{element}"
        for name, view in PACK.views.items()
        for element, entry in view.elements.items()
        if entry.action is Action.COMMIT
    }
    assert commits == {"sign-in.sign_in", "code.verify", "terms.continue", "appeal-review.submit"}


def test_the_pack_has_every_search_of_the_not_found_ladder() -> None:
    assert set(SEARCHES) <= set(PACK.forms)


def test_no_element_is_found_by_an_id_or_a_class_that_changes_with_every_page() -> None:
    for name, view in PACK.views.items():
        finds = [element.find for element in view.elements.values()] + [table.find for table in view.tables.values()]
        shapes = [way.css or way.xpath or "" for find in finds for way in find]
        assert not [shape for shape in shapes if "#" in shape or "@id" in shape or "class" in shape], name
