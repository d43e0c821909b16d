"""The pack of Practice Exchange knows that site's words and widgets, and only what any visitor can see."""

from flows.claim_status import SEARCHES
from packs.elements import Action
from packs.load import load_pack
from packs.moves import How
from packs.texts import folded
from sandbox.portals.multipayer.directory import OWN_PAYER, PAYERS, REGIONS
from sandbox.portals.multipayer.shown import METHODS, ROLES
from sandbox.portals.multipayer.texts import AMBIGUOUS_TEXTS, HINTED_TEXTS, STATUS_TEXTS, UNMAPPED_TEXTS
from sandbox.search import PREFIX_LETTERS

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
    for name in SEARCHES:
        fill = PACK.forms[name].fill["payer"]
        assert (fill.value, fill.how) == (f"{payer.name} {payer.code}", How.TYPE_AHEAD)
    region = PACK.forms["organization"].fill["region"].value
    assert region in payer.regions
    assert region != REGIONS[0]


def test_member_ids_are_typed_without_the_prefix_that_the_site_leaves_out() -> None:
    assert PACK.forms["claim-search"].fill["member_id"].without_prefix == PREFIX_LETTERS
    assert PACK.matching.member_id_prefix == PREFIX_LETTERS


def test_only_signing_in_is_a_press_that_changes_something() -> None:
    commits = {
        (name, element)
        for name, view in PACK.views.items()
        for element, entry in view.elements.items()
        if entry.action is Action.COMMIT
    }
    assert {element for _, element in commits} == {"sign_in", "continue"}
    assert not {(form.view, form.press) for form in PACK.forms.values()} & commits


def test_no_element_is_found_by_an_id_or_a_class_that_changes_with_every_page() -> None:
    for name, view in PACK.views.items():
        finds = [element.find for element in view.elements.values()] + [table.find for table in view.tables.values()]
        shapes = [way.css or way.xpath or "" for find in finds for way in find]
        assert not [shape for shape in shapes if "#" in shape or "@id" in shape or "class" in shape], name
