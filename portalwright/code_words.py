"""What codes mean, for a person: our own plain words, and beside them the licensed text that the office has loaded."""

from collections.abc import Iterable

from flows.codes import code_set_of, words
from ledger.code_texts import text_of


def code_words(practice_id: int, codes: Iterable[str]) -> tuple[tuple[str, str, str], ...]:
    """Each code as tasks name it, with our own words and the licensed description that the office has loaded."""
    told = []
    for code in codes:
        code_set, alone = code_set_of(code)
        told.append((code, words(code_set, alone), text_of(practice_id, code_set, alone)))
    return tuple(told)
