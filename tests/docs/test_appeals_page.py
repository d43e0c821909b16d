"""The page about appeals is true: its examples are taken, and its lists are the code's own."""

import re
import tomllib

from flows.appealable import appeal_codes
from flows.deadlines import Anchor, DeadlineRules, Event, shipped_rules, with_office
from flows.drafting import Placeholder, check_template, gaps
from flows.payer_types import PayerType
from flows.questions import AttachmentKind
from tests.docs.pages import ROOT, blocks

PAGE = ROOT / "docs" / "appeals.md"
TEXT = PAGE.read_text(encoding="utf-8")


def example(language: str) -> str:
    (block,) = (block for block in blocks(PAGE) if block.language == language)
    return block.text


def words(start: str, end: str) -> set[str]:
    """What stands in backquotes between these two texts of the page."""
    return set(re.findall(r"`([^`]+)`", TEXT.partition(start)[2].partition(end)[0]))


def test_the_examples_are_taken() -> None:
    rules = with_office(shipped_rules(), DeadlineRules.model_validate(tomllib.loads(example("toml"))))
    assert [rule.id for rule in rules if rule.verified_on] == ["cigna-appeal-180", "some-portal-contract"]
    check_template(example("text"))
    assert len(gaps(example("text"))) == 1


def test_the_lists_are_the_codes_own() -> None:
    assert words("Placeholders: ", "What is not known") == {f"{{{name}}}" for name in Placeholder}
    assert words("- `event`: ", "- one of") == set(Event)
    assert words("- `anchor`: ", "- `portal`") == {*Anchor, "presumed_days"}
    assert words("or `payer` for a kind: ", "A verified rule") == set(PayerType) - {PayerType.UNKNOWN}
    assert words("where KIND is ", "The draft is shown") == set(AttachmentKind)


def test_the_codes_that_want_something_else_first_are_all_named() -> None:
    listed = TEXT.partition("They are ")[2].partition(".")[0]
    first = {rule.code for rule in appeal_codes().carc if rule.appeal == "correct-first"}
    assert set(re.findall(r"\w*\d+", listed)) == first


def test_the_starters_are_all_named() -> None:
    listed = TEXT.partition("(reasons ")[2].partition(")")[0]
    folder = ROOT / "flows" / "rules" / "arguments"
    assert {f"carc-{code}.txt" for code in re.findall(r"\w*\d+", listed)} == {file.name for file in folder.iterdir()}
