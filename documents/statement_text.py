"""A patient's statement as plain text, 78 columns wide."""

import textwrap
from collections.abc import Iterator

from documents.statement_words import Words, day, decided_by, less, money, reasons
from flows.statement import Statement, StatementClaim

_WIDTH = 78


def statement_text(statement: Statement, words: Words) -> str:
    """The statement, with a line break at its end."""
    return "\n".join(_lines(statement, words)) + "\n"


def _lines(statement: Statement, words: Words) -> Iterator[str]:
    yield statement.practice_name
    yield f"Statement of {day(statement.made_on)} for {statement.first_name} {statement.last_name}"
    for claim in statement.claims:
        yield ""
        yield from _claim(claim, words)
    yield ""
    if statement.due > 0:
        yield _sum("Please pay", money(statement.due))
    elif statement.due < 0:
        yield _sum("Nothing is to be paid: we owe you", money(-statement.due))
    else:
        yield "Nothing is to be paid."


def _claim(claim: StatementClaim, words: Words) -> Iterator[str]:
    decided = claim.decided
    days = day(claim.service_from)
    if claim.service_to != claim.service_from:
        days += f" to {day(claim.service_to)}"
    yield f"Account {claim.patient_account_number}, services of {days}"
    yield decided_by(decided)
    for line in decided.lines:
        amounts = f"billed {money(line.billed)}, insurer paid {money(line.insurer_paid)}, you owe {money(line.owed)}"
        yield f"  {line.number}. {line.procedure} {day(line.service_date)}".rstrip() + f": {amounts}"
    yield _sum("Billed", money(decided.billed))
    if decided.allowed is not None:
        yield _sum("  of which your insurer allows", money(decided.allowed))
    yield _sum("Insurer paid", less(decided.insurer_paid))
    yield _sum("Taken off, nobody owes it", less(decided.adjusted))
    yield _sum("You owe", money(decided.owed))
    yield _sum("You have paid", less(claim.patient_paid))
    if claim.due < 0:
        yield _sum("Paid too much: we owe you this", money(-claim.due))
    else:
        yield _sum("Left to pay", money(claim.due))
    for reason in reasons(claim, words):
        yield from textwrap.wrap(reason, _WIDTH, initial_indent="  - ", subsequent_indent="    ")


def _sum(what: str, amount: str) -> str:
    return f"{what:<60}{amount:>18}"
