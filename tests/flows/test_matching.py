"""Names and numbers: equal where the field calls them equal, and never beyond."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.matching import (
    MatchingRules,
    NameRule,
    canonical_id,
    letters,
    same_first_name,
    same_last_name,
    same_member_id,
    same_person_name,
    without_suffix,
)

RULES = MatchingRules()


@pytest.mark.parametrize(
    ("name", "compared"),
    [("O'Donnell-Griswold", "ODONNELLGRISWOLD"), ("de la Cruz", "DELACRUZ"), ("Ñúñez", "NUNEZ"), ("Groß", "GROSS")],
)
def test_a_name_is_compared_by_its_letters(name: str, compared: str) -> None:
    assert letters(name) == compared


@pytest.mark.parametrize(
    ("name", "kept"),
    [("SMITH JR", "SMITH"), ("SMITH, III", "SMITH"), ("POMPII", "POMPII"), ("DE ROSA", "DE ROSA"), ("Jr", "Jr")],
)
def test_a_suffix_counts_only_where_a_delimiter_sets_it_off(name: str, kept: str) -> None:
    assert without_suffix(name) == kept


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("Ada", "ADA M", True),
        ("Mary Ann", "MARY", True),
        ("Ada", "ADAM", False),
        ("Mary Ann", "MARY BETH", False),
        ("Ada", "", False),
    ],
)
def test_a_middle_initial_is_no_difference_and_another_name_is(ours: str, theirs: str, same: bool) -> None:
    assert same_first_name(ours, theirs, RULES) is same


@pytest.mark.parametrize(
    ("shown", "same"),
    [
        ("O'BRIEN VALE, ADA M", True),
        ("OBRIEN-VALE JR, ADA", True),
        ("OBRIEN-VALE, JR, ADA", True),
        ("OBRIENVALE ADA", False),
        ("VALE, ADA", False),
        ("OBRIEN VALE, ", False),
    ],
)
def test_a_whole_name_is_taken_apart_at_its_comma(shown: str, same: bool) -> None:
    assert same_person_name("O'Brien-Vale", "Ada", shown, RULES) is same


@pytest.mark.parametrize(("shown", "same"), [("ADA M O'BRIEN VALE", True), ("ADA VALE", False)])
def test_a_name_written_first_name_first_is_cut_where_our_last_name_begins(shown: str, same: bool) -> None:
    rules = MatchingRules(name_order="first-last")
    assert same_person_name("O'Brien-Vale", "Ada", shown, rules) is same


def test_three_letters_are_enough_only_where_the_payer_says_so() -> None:
    assert not same_last_name("Griswold", "Grimaldi", RULES)
    assert same_last_name("Griswold", "Grisham", MatchingRules(names=NameRule.FIRST_THREE))


EXACT = MatchingRules(names=NameRule.EXACT)


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("O'Brien Vale", " o'brien  vale", True),
        ("O'Brien", "OBRIEN", False),
        ("Nunez", "Núñez", False),
        ("Smith Jr", "SMITH", False),
    ],
)
def test_a_name_that_is_written_as_on_the_card_differs_by_a_hyphen_or_a_suffix(
    ours: str, theirs: str, same: bool
) -> None:
    assert same_last_name(ours, theirs, EXACT) is same
    assert same_last_name(ours, theirs, RULES) is True


def test_a_name_that_is_written_as_on_the_card_has_our_initials_too() -> None:
    assert same_first_name("Ada M", "ADA M", EXACT)
    assert not same_first_name("Ada", "ADA M", EXACT)
    assert same_person_name("Vale Jr", "Ada M", "Ada M Vale Jr", EXACT.model_copy(update={"name_order": "first-last"}))
    assert not same_person_name("Vale", "Ada", "VALE JR, ADA", EXACT)


@pytest.mark.parametrize(
    ("last", "first", "shown", "same"),
    [
        ("Whitefeather", "Noelle", "WHITEFEATHER, NO", True),
        ("Whitefeather", "Noah", "WHITEFEATHER, NO", True),
        ("Whitefeather", "Nina", "WHITEFEATHER, NO", False),
        ("Whitefeather", "Noelle Ann", "WHITEFEATHER, NO", True),
        ("Whitefeather-Long", "Noelle", "WHITEFEATHER-LON", False),
        ("Vale", "Noelle", "VALE, NO", False),
        ("Vale", "Noelle Augusta", "VALE, NOELLE AU", True),
    ],
)
def test_a_name_that_the_portal_cuts_off_must_be_how_ours_begins(last: str, first: str, shown: str, same: bool) -> None:
    rules = MatchingRules(longest_name=16)
    assert same_person_name(last, first, shown, rules) is same


def test_a_name_is_taken_as_cut_off_only_where_it_is_as_long_as_the_portal_shows() -> None:
    rules = MatchingRules(longest_name=8)
    assert same_last_name("Whitefeather", "WHITEFEA", rules)
    assert same_last_name("De La Cruz", "DE LA C", rules)
    assert not same_last_name("Whitefeather", "WHITEF", rules)
    assert not same_last_name("Whitefeather", "WHITEFEA", RULES)
    first_last = MatchingRules(longest_name=12, name_order="first-last")
    assert same_person_name("Whitefeather", "Ada", "ADA WHITEFEA", first_last)
    assert not same_person_name("Whitefield", "Ada", "ADA WHITEFEA", first_last)


def test_letter_case_and_hyphens_of_a_member_id_count_only_where_the_pack_says_so() -> None:
    exact = MatchingRules(member_id_exact=True, member_id_prefix=3)
    assert same_member_id("xs-1234", "XS1234", RULES)
    assert not same_member_id("xs1234", "XS1234", exact)
    assert not same_member_id("XS-1234", "XS1234", exact)
    assert same_member_id("ABCXs1234", " Xs1234 ", exact)


def test_leading_zeros_of_a_number_count_and_its_hyphens_do_not() -> None:
    assert canonical_id(" xs-12 34 ") == "XS1234"
    assert not same_member_id("01234", "1234", RULES)


def test_a_prefix_or_suffix_may_be_missing_only_where_the_pack_says_so() -> None:
    assert not same_member_id("ABC123401", "1234", RULES)
    assert same_member_id("ABC123401", "1234", MatchingRules(member_id_prefix=3, member_id_suffix=2))


@given(st.text(), st.text())
def test_comparing_never_fails_and_is_symmetric(one: str, other: str) -> None:
    assert same_last_name(one, other, RULES) == same_last_name(other, one, RULES)
    assert same_first_name(one, other, RULES) == same_first_name(other, one, RULES)
