"""What the kills around a password's change came to, portal by portal and step by step, and if it is as promised."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.chaos.password_steps import NAMED, STEPS

NEW_WORKS, OLD_WORKS, BOTH = "new works", "old works", "case with both"
ENDS = (NEW_WORKS, OLD_WORKS, BOTH)


@dataclass
class Toll:
    """What the kills at one portal came to: by step, how often each end; and how often what must not happen."""

    portal: str = ""
    ends: dict[str, Counter[str]] = field(default_factory=dict)
    missed: set[str] = field(default_factory=set)
    """Steps that were aimed at, and to which no session came."""
    locked_out: int = 0
    lost_passwords: int = 0
    presses_over_budget: int = 0
    in_the_clear: int = 0
    cases: int = 0

    @property
    def kills(self) -> int:
        return sum(ends.total() for ends in self.ends.values())

    @property
    def as_promised(self) -> bool:
        """Did nothing happen that must not?"""
        return not (self.locked_out or self.lost_passwords or self.presses_over_budget or self.in_the_clear)


def never_hit(tolls: list[Toll]) -> list[str]:
    """Named steps at which nobody was killed at any portal, and those that were aimed at at one and never reached."""
    hit = {step for toll in tolls for step in toll.ends}
    missed = {step for toll in tolls for step in toll.missed - toll.ends.keys()}
    return [step for step in NAMED if step not in hit or step in missed]


def as_json(tolls: list[Toll], seconds: float) -> dict[str, float]:
    """The figures of the last line; `seconds`: how long all of it took."""
    kills = sum(toll.kills for toll in tolls)
    return {
        "kills": kills,
        "locked_out": sum(toll.locked_out for toll in tolls),
        "lost_passwords": sum(toll.lost_passwords for toll in tolls),
        "presses_over_budget": sum(toll.presses_over_budget for toll in tolls),
        "cases": sum(toll.cases for toll in tolls),
        "in_the_clear": sum(toll.in_the_clear for toll in tolls),
        "never_hit": len(never_hit(tolls)),
        "seconds_a_kill": round(seconds / max(kills, 1), 1),
    }


def print_table(tolls: list[Toll], tell: Callable[[str], None]) -> None:
    """For each portal a line for each step: how many were killed there, and how that ended."""
    width = max(len(step) for step in STEPS)
    for toll in tolls:
        tell("")
        tell(toll.portal)
        tell("  ".join(("killed at".ljust(width), "kills", *ENDS)))
        for step in STEPS:
            ends = toll.ends.get(step, Counter())
            figures = [str(ends.total()).rjust(len("kills")), *(str(ends[end]).rjust(len(end)) for end in ENDS)]
            tell("  ".join((step.ljust(width), *figures)) + ("  never reached" if step in toll.missed else ""))
    tell("")
