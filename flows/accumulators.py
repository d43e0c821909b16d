"""Deductibles and out-of-pocket maximums: total, met and remaining, with the third of them worked out (DOMAIN 2.1)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from flows.coverage import Accumulator, AccumulatorKind, AmountName, Benefit, BenefitKind, Level, Network
from flows.coverage_names import ACCUMULATOR_KIND_WORDS, AMOUNT_NAMES, LEVEL_WORDS, NETWORK_WORDS
from flows.portal import Row, Value
from flows.reading import amount_of, text_of

_NAMES: tuple[AmountName, ...] = ("total", "met", "remaining")
_KINDS: Mapping[str, AccumulatorKind] = {"C": BenefitKind.DEDUCTIBLE, "G": BenefitKind.OUT_OF_POCKET}
_PERIODS: Mapping[str, AmountName] = {"22": "total", "23": "total", "25": "total", "24": "met", "29": "remaining"}
"""What the amount of a benefit line is by its period (X12 271 EB06): the year's, so far, remaining."""
_PLAN = "30"


@dataclass(frozen=True)
class Told:
    """One amount that the page shows of one accumulator."""

    kind: AccumulatorKind
    level: Level
    network: Network
    name: AmountName
    amount: Decimal


def told(fields: Mapping[str, Value], rows: Iterable[Row], benefits: Iterable[Benefit]) -> Iterator[Told]:
    """Every amount that fields, the table of accumulators and the benefit lines of the whole plan show."""
    for kind_word, kind in ACCUMULATOR_KIND_WORDS.items():
        for level_word, level in LEVEL_WORDS.items():
            for network_word, network in NETWORK_WORDS.items():
                for name in _NAMES:
                    amount = amount_of(fields, f"{kind_word}_{level_word}_{network_word}_{name}")
                    if amount is not None:
                        yield Told(_KINDS[kind], Level(level), Network(network), name, amount)
    for row in rows:
        yield from _of_row(row)
    for benefit in benefits:
        named = _PERIODS.get(benefit.period or "")
        whole = benefit.service_type == _PLAN and benefit.level is not None and benefit.network is not Network.UNKNOWN
        if benefit.kind.value in _KINDS and whole and named is not None and benefit.amount is not None:
            assert benefit.level is not None
            yield Told(_KINDS[benefit.kind.value], benefit.level, benefit.network, named, benefit.amount)


def _of_row(row: Row) -> Iterator[Told]:
    cells = row.cells
    kind, level, network = (text_of(cells, name) for name in ("kind", "level", "network"))
    if kind is None or level is None or network is None:
        return
    part = text_of(cells, "part")
    for name in _NAMES:
        amount = amount_of(cells, "amount" if part == name else name)
        if amount is not None:
            yield Told(_KINDS[kind], Level(level), Network(network), name, amount)


def accumulators(shown: Iterable[Told]) -> tuple[tuple[Accumulator, ...], tuple[str, ...]]:
    """The accumulators, the third amount derived where two are shown; and what contradicts itself, in our words.

    Total = met + remaining. An amount that is shown twice and not alike, three that do not fit, and a third that would
    be negative are contradictions.
    """
    amounts: dict[tuple[AccumulatorKind, Level, Network], dict[AmountName, Decimal]] = {}
    wrong: list[str] = []
    for each in shown:
        known = amounts.setdefault((each.kind, each.level, each.network), {})
        if known.setdefault(each.name, each.amount) != each.amount:
            wrong.append(f"The {_words(each.kind)} is shown with two different amounts for the same.")
    found = []
    for (kind, level, network), known in amounts.items():
        derived = _third(known)
        if any(amount < 0 for amount in known.values()):
            wrong.append(f"More than the whole {_words(kind)} is shown as met.")
        elif len(known) == len(AMOUNT_NAMES) and known["total"] != known["met"] + known["remaining"]:
            wrong.append(f"What is met and what remains do not add up to the {_words(kind)}.")
        found.append(Accumulator(kind=kind, level=level, network=network, derived=derived, **known))
    return tuple(found), tuple(dict.fromkeys(wrong))


def _third(known: dict[AmountName, Decimal]) -> AmountName | None:
    """Work out the third amount where two are known; its name."""
    match sorted(known):
        case ["met", "total"]:
            known["remaining"] = known["total"] - known["met"]
            return "remaining"
        case ["remaining", "total"]:
            known["met"] = known["total"] - known["remaining"]
            return "met"
        case ["met", "remaining"]:
            known["total"] = known["met"] + known["remaining"]
            return "total"
        case _:
            return None


def _words(kind: AccumulatorKind) -> str:
    return "deductible" if kind is BenefitKind.DEDUCTIBLE else "out-of-pocket maximum"
