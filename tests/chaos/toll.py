"""What the chaos came to: the figures that must be nothing, and a line for each of them that is not."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

FIGURES = (
    "lost", "double", "lanes_twice", "presses_over_budget", "appeals_twice", "leases_left", "browsers_left",
)  # fmt: skip
"""All of them must be nothing."""


@dataclass(frozen=True)
class Toll:
    """What one night of the chaos came to. `found` has the lines of each figure; `wrong` are answers that are not the
    truth, or whatever else should not have been seen."""

    name: str
    questions: int
    kills: int = 0
    stops: int = 0
    """How often a process was stopped for a while (SIGSTOP, SIGCONT)."""
    found: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    wrong: tuple[str, ...] = ()
    cleared: int = 0
    """How often the scripted person cleared a frozen sign-in."""
    codes: int = 0
    """How often the person handed a code over, or accepted terms."""
    answered: int = 0
    parked: int = 0
    seconds: float = 0.0
    again_seconds: float = 0.0
    """From a kill to the next question's end at the same office, on average."""
    missed: tuple[str, ...] = ()
    """Steps at which nobody was killed, because no process came there."""

    def figures(self) -> dict[str, int]:
        """How many findings there are of each kind."""
        return {name: len(self.found.get(name, ())) for name in FIGURES}

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> "Toll":
        found = {name: tuple(lines) for name, lines in given["found"].items()}
        return cls(**{**given, "found": found, "wrong": tuple(given["wrong"]), "missed": tuple(given["missed"])})


def summary(tolls: Iterable[Toll]) -> dict[str, int]:
    """The last line, of all nights together."""
    every = list(tolls)
    return {
        "kills": sum(toll.kills for toll in every),
        "questions": sum(toll.questions for toll in every),
        **{name: sum(toll.figures()[name] for toll in every) for name in FIGURES},
    }


def failures(tolls: Iterable[Toll]) -> list[str]:
    """Everything that is not as promised, a line each."""
    found = []
    for toll in tolls:
        for name in FIGURES:
            found += [f"{toll.name}: {name.upper()}: {line}" for line in toll.found.get(name, ())]
        found += [f"{toll.name}: WRONG: {line}" for line in toll.wrong]
        found += [f"{toll.name}: nobody was killed at '{step}'" for step in toll.missed]
    return found
