"""The killer strikes at instants that a seed decides, starts again what it killed, and lets everybody go on at last."""

import random
from dataclasses import dataclass, field
from typing import cast

from tests.chaos.killer import Killer, Life
from tests.chaos.workers import Worker

LEASE = 4.0


@dataclass
class Puppet:
    """What the killer sees of a worker, without a process."""

    name: str
    runs: bool = False
    stopped: bool = False
    did: list[str] = field(default_factory=list)

    def start(self) -> None:
        self.runs = True
        self.did.append("start")

    def kill(self) -> None:
        self.runs = self.stopped = False
        self.did.append("kill")

    def stop(self) -> None:
        self.stopped = True
        self.did.append("stop")

    def go_on(self) -> None:
        self.stopped = False
        self.did.append("go on")

    def look(self) -> None:
        """Nothing is to be seen."""


@dataclass
class Hands:
    """A clock and a count of the portals' events, both moved by the test."""

    seconds: float = 0.0
    steps: int = 0


def night_of(seed: int, blows: int, workers: int = 2) -> tuple[Killer, list[Puppet]]:
    hands = Hands()
    puppets = [Puppet(f"worker{number}") for number in range(workers)]
    killer = Killer(
        workers=cast(list[Worker], puppets),
        blows=blows,
        life=Life(steps=40, seconds=60.0),
        lease_seconds=LEASE,
        chance=random.Random(seed),
        steps=lambda: hands.steps,
        clock=lambda: hands.seconds,
    )
    for _ in range(6000):
        hands.seconds += 0.1
        hands.steps += 1
        killer.tick()
    return killer, puppets


def test_so_many_are_killed_and_everyone_killed_or_stopped_goes_on() -> None:
    killer, puppets = night_of(3, 20)
    killer.enough()
    did = [act for puppet in puppets for act in puppet.did]
    assert killer.kills == did.count("kill") >= 20
    assert did.count("start") == killer.kills + len(puppets)
    assert killer.stops == did.count("stop") > 0
    assert all(puppet.runs and not puppet.stopped for puppet in puppets)


def test_the_same_seed_strikes_at_the_same_instants() -> None:
    assert [puppet.did for puppet in night_of(5, 10)[1]] == [puppet.did for puppet in night_of(5, 10)[1]]
    assert [puppet.did for puppet in night_of(5, 10)[1]] != [puppet.did for puppet in night_of(6, 10)[1]]


def test_without_blows_nobody_is_touched() -> None:
    killer, puppets = night_of(3, 0)
    assert (killer.kills, killer.stops) == (0, 0)
    assert [puppet.did for puppet in puppets] == [["start"], ["start"]]
