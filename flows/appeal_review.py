"""Does the portal's review page say, field by field, what the approved appeal says, and enough to be sure of it?

It is the last page before the one press. Everything that it shows is compared: whose claim it is, level, reason, lines,
amount, argument, documents. What it shows blank, and should not, was lost on the way, and is a difference too.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from flows.answers import Shown
from flows.appeal_list import line_numbers
from flows.identity import compare
from flows.matching import MatchingRules, canonical_id
from flows.portal import Reading, Row, Value
from flows.questions import Appeal
from flows.reading import amount_of, flag_of, number_of, text_of, texts_of

_ZERO = Decimal(0)


@dataclass(frozen=True)
class Reviewed:
    """Names of what agrees and of what differs, with the texts that differ. `unmapped`: a text that is in no map."""

    agree: frozenset[str]
    differ: frozenset[str]
    seen: tuple[Shown, ...]
    unmapped: Shown | None = None

    @property
    def is_enough(self) -> bool:
        """Is enough shown to know this appeal from another one of the same claim?"""
        told_apart = {"amount"} <= self.agree or {"argument"} <= self.agree or {"reason", "lines"} <= self.agree
        return "payer_claim_number" in self.agree and told_apart


def review(reading: Reading, question: Appeal, all_lines: Iterable[str], rules: MatchingRules) -> Reviewed:
    """Hold the review page against the appeal. `all_lines` are the numbers of all lines that the claim's page shows:
    those that count where the whole claim is contested."""
    fields = reading.fields
    unmapped = next((value.shown for value in _values(reading) if value.unmapped), None)
    identity = compare(question, fields, rules)
    contested = frozenset(line_numbers(question.contest.lines or tuple(all_lines)) or ())
    tests = {
        **_plain(fields, question),
        **_lines(reading, contested, question.contest.amount),
        **_documents(reading, question),
    }
    differ = frozenset(name for name, same in tests.items() if not same)
    seen = (value.shown for name in sorted(differ) for value in _shown_as(reading, name))
    return Reviewed(
        agree=frozenset(name for name, same in tests.items() if same) | identity.agree,
        differ=differ | identity.differ,
        seen=(*identity.seen, *seen),
        unmapped=unmapped,
    )


def plain_text(text: str) -> str:
    """A text of several lines as it is compared: only how it is spaced and composed does not count."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _plain(fields: Mapping[str, Value], question: Appeal) -> dict[str, bool]:
    """Level, reason, amount, argument and reference, those of them that the page has."""
    contest = question.contest
    reference, argument = text_of(fields, "reference"), text_of(fields, "argument")
    same = {
        "level": text_of(fields, "level") == contest.level,
        "reason": text_of(fields, "reason") == contest.reason,
        "amount": amount_of(fields, "amount") == contest.amount,
        "argument": argument is not None and plain_text(argument) == plain_text(contest.argument),
        "reference": reference is not None and canonical_id(reference) == canonical_id(contest.reference),
    }
    return {name: agrees for name, agrees in same.items() if name in fields}


def _lines(reading: Reading, contested: frozenset[str], amount: Decimal) -> dict[str, bool]:
    """The lines as a list of numbers, and as a table; of a table, also what their amounts come to."""
    same = {}
    if "lines" in reading.fields:
        same["lines"] = line_numbers(texts_of(reading.fields, "lines")) == contested
    if "lines" in reading.tables:
        rows = [row for row in reading.tables["lines"] if _is_contested(row)]
        in_table = line_numbers(_cell(row, "line_number") for row in rows) or frozenset()
        same["lines"] = same.get("lines", True) and len(rows) == len(in_table) and in_table == contested
        amounts = [amount_of(row.cells, "amount") for row in rows if "amount" in row.cells]
        if amounts:
            same["line amounts"] = None not in amounts and sum((each or _ZERO for each in amounts), _ZERO) == amount
    return same


def _is_contested(row: Row) -> bool:
    """Every row counts, unless a column says of each whether it does; one that says nothing counts."""
    return flag_of(row.cells, "contested") is not False


def _documents(reading: Reading, question: Appeal) -> dict[str, bool]:
    """The documents by their file names, each once; in a table, also by kind and size."""
    same = {}
    names = sorted(attachment.filename for attachment in question.attachments)
    if "attachments" in reading.fields:
        same["attachments"] = sorted(text.strip() for text in texts_of(reading.fields, "attachments")) == names
    if "attachments" in reading.tables:
        rows = {_cell(row, "filename"): row for row in reading.tables["attachments"]}
        every = sorted(rows) == names and len(reading.tables["attachments"]) == len(names)
        alike = every and all(
            text_of(rows[each.filename].cells, "kind") in (None, each.kind)
            and number_of(rows[each.filename].cells, "size") in (None, each.size)
            for each in question.attachments
        )
        same["attachments"] = same.get("attachments", True) and alike
    return same


def _cell(row: Row, name: str) -> str:
    """The text of a cell, a number as it is written."""
    value = row.cells.get(name)
    return "" if value is None or value.normal is None else str(value.normal).strip()


def _values(reading: Reading) -> Iterable[Value]:
    yield from reading.fields.values()
    for rows in reading.tables.values():
        yield from (value for row in rows for value in row.cells.values())


def _shown_as(reading: Reading, name: str) -> Iterable[Value]:
    """What the page shows under the name of a difference."""
    if name in reading.fields:
        yield reading.fields[name]
    table = "lines" if name == "line amounts" else name
    yield from (value for row in reading.tables.get(table, ()) for value in row.cells.values())
