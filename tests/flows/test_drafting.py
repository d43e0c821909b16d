"""Arguments out of templates: nothing unknown slips in, and a gap that only a person can fill stays one."""

from decimal import Decimal
from importlib.resources import files

import pytest

from flows.appeal_rules import AppealRules
from flows.drafting import (
    Placeholder,
    TemplateWrong,
    check_template,
    fill,
    for_other_lines,
    gaps,
    shipped_template,
    template_names,
    what_is_missing,
)
from flows.questions import AppealLevel

ALL = {name: f"<{name}>" for name in Placeholder}
COMMONEST = ("26", "27", "29", "50", "96", "97", "119", "151", "167", "197", "198", "234", "236", "242")


def test_a_template_is_filled_with_what_is_known() -> None:
    filled = fill("Claim {claim_number}: {amount}.", {Placeholder.CLAIM_NUMBER: "2026", Placeholder.AMOUNT: "$5.00"})
    assert filled == "Claim 2026: $5.00."


def test_what_is_not_known_is_left_as_a_gap_for_a_person() -> None:
    filled = fill("Taken in on {accepted_on}.", {Placeholder.ACCEPTED_ON: ""})
    assert filled == "Taken in on [[accepted on]]."
    assert gaps(filled) == ("accepted on",)


def test_what_is_filled_in_is_never_read_as_a_template() -> None:
    filled = fill(
        "{patient_name} {member_id}", {Placeholder.PATIENT_NAME: "{member_id} [[x]]", Placeholder.MEMBER_ID: "M"}
    )
    assert filled == "{member_id} [ [x] ] M"
    assert gaps(filled) == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a\n{payer_name}", "line 2: there is no placeholder {payer_name}"),
        ("{amount", "line 1: a brace"),
        ("amount}", "line 1: a brace"),
        ("a\nb [[gap", "line 2: a gap"),
        ("gap]]", "line 1: a gap"),
    ],
)
def test_a_template_with_a_slip_is_refused_with_its_line(text: str, why: str) -> None:
    with pytest.raises(TemplateWrong) as wrong:
        check_template(text)
    assert str(wrong.value).startswith(why)


@pytest.mark.parametrize("carc", COMMONEST)
def test_a_starter_ships_for_the_commonest_denials_that_are_appealed(carc: str) -> None:
    text = shipped_template(f"carc-{carc}.txt")
    assert text is not None
    filled = fill(text, ALL)
    assert {"<claim_number>", "<amount>", "<denied_on>"} <= set(filled.replace(",", " ").replace(".", " ").split())
    assert len(filled) < 1500
    # Whose the claim is, the portal knows by its number: no name goes out that need not.
    assert not any(name in text for name in ("{patient_name}", "{member_id}", "{birth_date}"))
    # What the record shows only a person can say; that a claim came in time, the payer's acknowledgement does.
    assert bool(gaps(text)) == (carc != "29")


def test_no_starter_is_shipped_that_nobody_looks_for() -> None:
    shipped = {file.name for file in files("flows").joinpath("rules", "arguments").iterdir()}
    assert shipped == {f"carc-{carc}.txt" for carc in COMMONEST}


def test_a_template_of_its_level_comes_before_that_of_its_reason_alone() -> None:
    assert template_names("50", AppealLevel.SECOND) == ("carc-50-second.txt", "carc-50.txt")
    assert template_names(None, AppealLevel.FIRST) == ()


def missing(argument: str = "Because.", **other: object) -> tuple[str, ...]:
    values: dict[str, object] = {
        "claim_number": "2026", "amount": Decimal("5.00"), "deadline_known": True, "level": AppealLevel.FIRST,
        "lines": ("1",), "enclosed": 1, "attachments": (), "rules": AppealRules(one_line=True, longest_argument=40),
        **other,
    }  # fmt: skip
    return what_is_missing(argument=argument, **values)  # type: ignore[arg-type] # one table of all of them


def test_a_whole_draft_lacks_nothing() -> None:
    assert missing() == ()
    assert missing("Records are enclosed.") == ()


@pytest.mark.parametrize(
    ("argument", "held"),
    [
        ("Enclosed: [[attachments]]", True),
        ("Records are enclosed.", True),
        ("See enclosures.", True),
        ("The attached records show it.", True),
        ("The notes are attached.", True),
        ("The flap is attached to bone.", False),
        ("Her periodontal attachment was lost.", False),
        ("Because.", False),
    ],
)
def test_an_argument_that_speaks_of_enclosures_waits_for_one(argument: str, held: bool) -> None:
    told = missing(argument, enclosed=0)
    assert bool(told) == held
    assert all("nothing is enclosed: add it (`--attach FILE:KIND`)" in what for what in told)


def test_own_words_follow_by_their_placeholders_and_else_have_to_be_read_again() -> None:
    changed = {Placeholder.LINES: ("lines 1, 2", "line 1"), Placeholder.AMOUNT: ("$356.00", "$284.00")}
    assert for_other_lines("{lines}, {amount}: look.", changed) == "{lines}, {amount}: look."
    once = for_other_lines("Lines 1, 2, {amount}: look.", changed)
    assert gaps(once) == ("It was written for lines 1, 2: read it again, and give it anew with `--argument FILE`",)
    assert once.endswith("]]\n\nLines 1, 2, {amount}: look.")
    assert for_other_lines(once, changed) == once
    assert "lines 1, 2 and $356.00" in for_other_lines("Look.", changed)
    assert for_other_lines("Look.", {name: (now, now) for name, (_, now) in changed.items()}) == "Look."


@pytest.mark.parametrize(
    ("other", "what"),
    [
        ({"argument": " \n"}, "no argument"),
        ({"argument": "It [[shows what?]]."}, "a gap: shows what?"),
        ({"argument": "x" * 41}, "41 characters, and the portal takes 40"),
        ({"claim_number": ""}, "claim number"),
        ({"amount": Decimal("0.00")}, "no amount"),
        ({"deadline_known": False}, "no last day"),
        ({"level": AppealLevel.SECOND}, "level"),
        ({"lines": ("1", "2")}, "one line"),
        ({"attachments": ("one document is there twice",)}, "twice"),
    ],
)
def test_each_thing_that_a_draft_lacks_is_named(other: dict[str, object], what: str) -> None:
    (told,) = missing(**other)  # type: ignore[arg-type] # one table of all of them
    assert what in told
