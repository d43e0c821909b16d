"""The argument of an appeal: the office's template for the reason of the denial, filled with what is known of a claim.

A template is plain text with placeholders out of a closed list, `{amount}`, and with gaps for what only a person can
say, `[[which findings show the need]]`. While a gap is open the appeal cannot be approved: clinical arguments are
always a person's. (DOMAIN 2.4, 3.6)
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files

from flows.appeal_rules import AppealRules
from flows.questions import AppealLevel


class Placeholder(StrEnum):
    """Everything that a template may name."""

    AMOUNT = "amount"
    ACCEPTED_ON = "accepted_on"
    """The day on which the payer first acknowledged the claim (277CA)."""
    ATTACHMENTS = "attachments"
    BILLED = "billed"
    BIRTH_DATE = "birth_date"
    CARC = "carc"
    CLAIM_NUMBER = "claim_number"
    """The payer's number of the claim."""
    DENIED_ON = "denied_on"
    LEVEL = "level"
    LINES = "lines"
    """`lines 1, 3`, with the word."""
    MEMBER_ID = "member_id"
    NPI = "npi"
    PATIENT_NAME = "patient_name"
    PRACTICE = "practice"
    PROCEDURES = "procedures"
    REMARKS = "remarks"
    SERVICE_FROM = "service_from"
    SERVICE_TO = "service_to"
    TIN = "tin"


class DraftRefused(Exception):
    """No appeal was drafted, changed or approved. The text says why and what to do, and holds nothing of a patient."""


class ReasonWanted(DraftRefused):
    """Something else should come first (`findings`, sentences); whoever appeals all the same says why."""

    def __init__(self, findings: tuple[str, ...]) -> None:
        super().__init__(
            "\n- ".join(("Nothing was recorded, because something else comes first:", *findings))
            + "\nIf you appeal all the same, say why: --anyway REASON."
        )
        self.findings = findings


class NoticeTooEarly(Exception):
    """The day that was given as that of the payer's notice cannot be it: it lies before the service."""


class TemplateWrong(Exception):
    """A template cannot be used: a placeholder that there is none of, or a brace or gap that is not closed."""


_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
_GAP = re.compile(r"\[\[(.+?)\]\]", re.DOTALL)
_NOTHING_ENCLOSED = Placeholder.ATTACHMENTS.value
"""The gap that stands where the documents would be named, when there are none."""
_SPEAKS_OF_ENCLOSURES = re.compile(
    r"\benclos(?:e|ed|ing|ures?)\b|\bherewith\b|\b(?:see|are|is|please find) attached\b(?! to)|\battached"
    r" (?:records?|notes?|documents?|documentation|letter|proof|authori[sz]ation|report|chart)",
    re.IGNORECASE,
)
_WRITTEN_FOR = "[[It was written for "
_NAMES = tuple(name.value for name in Placeholder)


def check_template(text: str) -> None:
    """Raises TemplateWrong, with the line (from 1) and what is wrong there."""
    for number, line in enumerate(text.splitlines(), start=1):
        for match in _PLACEHOLDER.finditer(line):
            if match[1] not in _NAMES:
                raise TemplateWrong(
                    f"line {number}: there is no placeholder {{{match[1]}}}; there are: {', '.join(_NAMES)}"
                )
        if {"{", "}"} & set(_PLACEHOLDER.sub("", line)):
            raise TemplateWrong(f"line {number}: a brace stands alone; a placeholder is written {{amount}}")
    rest = _GAP.sub("", text)
    for mark in ("[[", "]]"):
        if mark in rest:
            line_number = text.count("\n", 0, text.rindex(mark)) + 1
            raise TemplateWrong(f"line {line_number}: a gap is written [[what to say]] and this one is not closed")


def fill(template: str, values: Mapping[Placeholder, str]) -> str:
    """The filled template. Raises TemplateWrong.

    What is filled in is never read as a template again. A value that is not known leaves a gap, so that the appeal
    waits for a person.
    """
    check_template(template)

    def put(match: re.Match[str]) -> str:
        name = Placeholder(match[1])
        # A text of the payer that looks like a gap must not become one, nor hide one.
        known = values.get(name, "").replace("[[", "[ [").replace("]]", "] ]")
        return known or f"[[{name.replace('_', ' ')}]]"

    return _PLACEHOLDER.sub(put, template).strip()


def for_other_lines(own_words: str, changed: Mapping[Placeholder, tuple[str, str]]) -> str:
    """A person's own words for an appeal that is about something else now; `changed`: what was said before, and now.

    What they say by a placeholder follows by itself. What they can only say in so many words leaves a gap in front,
    which a person closes with words that were read again.
    """
    left = [before for name, (before, now) in changed.items() if before != now and f"{{{name}}}" not in own_words]
    if not left or own_words.startswith(_WRITTEN_FOR):
        return own_words
    return (
        f"{_WRITTEN_FOR}{' and '.join(left)}: read it again, and give it anew with `--argument FILE`]]\n\n{own_words}"
    )


def gaps(argument: str) -> tuple[str, ...]:
    """What a person still has to say in this argument."""
    return tuple(" ".join(gap.split()) for gap in _GAP.findall(argument))


def template_names(carc: str | None, level: AppealLevel) -> tuple[str, ...]:
    """The names (without folder) under which a template for this reason and level is looked for, best first."""
    return () if carc is None else (f"carc-{carc}-{level}.txt", f"carc-{carc}.txt")


@cache
def shipped_template(name: str) -> str | None:
    """A starter template that comes with the product, or None."""
    file = files("flows").joinpath("rules", "arguments", name)
    return file.read_text(encoding="utf-8") if file.is_file() else None


def dollars(amount: Decimal) -> str:
    """An amount as it stands in a letter: $1,234.50."""
    return f"${amount:,.2f}"


def day(value: date | None) -> str:
    """A day as it stands in a letter, 03/02/2026; "" for none."""
    return f"{value:%m/%d/%Y}" if value else ""


def what_is_missing(
    *,
    claim_number: str,
    amount: Decimal,
    argument: str,
    deadline_known: bool,
    level: AppealLevel,
    lines: Sequence[str],
    enclosed: int,
    attachments: Sequence[str],
    rules: AppealRules,
) -> tuple[str, ...]:
    """Why this draft cannot be approved yet, one clause each; nothing when it can.

    `enclosed` is how many documents go with it, `attachments` are their problems.
    """
    missing = []
    if not claim_number:
        missing.append("the payer's claim number is not known")
    if amount <= 0:
        missing.append("no amount is contested")
    if not argument.strip():
        missing.append("it has no argument: write one (`--argument FILE`)")
    open_gaps = gaps(argument)
    missing += [f"the argument has a gap: {gap}" for gap in open_gaps if gap != _NOTHING_ENCLOSED]
    if not enclosed and (_NOTHING_ENCLOSED in open_gaps or _SPEAKS_OF_ENCLOSURES.search(argument)):
        missing.append(
            "the argument speaks of enclosures, and nothing is enclosed: add it (`--attach FILE:KIND`), or write "
            "another argument (`--argument FILE`)"
        )
    if rules.longest_argument is not None and len(argument) > rules.longest_argument:
        missing.append(f"the argument has {len(argument)} characters, and the portal takes {rules.longest_argument}")
    if not deadline_known:
        missing.append("no last day is known: give the day of the payer's notice (`--notice YYYY-MM-DD`)")
    if level not in rules.levels:
        missing.append("this level cannot be filed at the portal")
    if rules.one_line and len(lines) > 1:
        missing.append("the portal takes one line with each appeal")
    return (*missing, *attachments)
