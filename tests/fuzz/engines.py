"""Two ways to come by recipes: hypothesis makes them up, atheris lets those go on that lead to code not seen yet."""

import importlib
import importlib.util
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st

LONGEST_RECIPE = 200
ROOMS = ("documents", "packs", "bots", "flows", "portalwright.importing")
"""What atheris watches for code that it has not seen."""

RECIPES = st.one_of(st.binary(max_size=24), st.binary(min_size=24, max_size=LONGEST_RECIPE))

Once = Callable[[bytes], None]


class Engine(StrEnum):
    """What makes recipes."""

    HYPOTHESIS = "hypothesis"
    ATHERIS = "atheris"


def installed() -> list[Engine]:
    """The engines that are there: atheris has wheels for some platforms only."""
    return [engine for engine in Engine if importlib.util.find_spec(engine.value) is not None]


def watching(engine: Engine) -> AbstractContextManager[Any]:
    """What is imported inside is watched, where the engine wants that."""
    if engine is Engine.HYPOTHESIS:
        return nullcontext()
    watched: AbstractContextManager[Any] = importlib.import_module("atheris").instrument_imports(include=list(ROOMS))
    return watched


def run(engine: Engine, once: Once, seconds: float, seed: int) -> None:
    """Call `once` with one recipe after the other. With atheris the process ends here, without any farewell."""
    if engine is Engine.HYPOTHESIS:
        _hypothesis(once, seconds, seed)
    else:
        _atheris(once, seconds, seed)


def _hypothesis(once: Once, seconds: float, seed: int) -> None:
    ends = time.monotonic() + seconds

    def read(recipe: bytes) -> None:
        if time.monotonic() < ends:
            once(recipe)

    batch = hypothesis.settings(
        max_examples=500,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    while time.monotonic() < ends:
        hypothesis.seed(seed)(batch(hypothesis.given(RECIPES)(read)))()
        seed += 1


def _atheris(once: Once, seconds: float, seed: int) -> None:
    atheris: Any = importlib.import_module("atheris")
    # Its own limits are far off (0 seconds would be one second): time and memory are the judge's and the watcher's.
    limits = ["-timeout=3600", "-rss_limit_mb=0", f"-max_len={LONGEST_RECIPE}"]
    # What it would keep of a crash, its watcher keeps: nothing is written into the folder that we stand in.
    limits.append(f"-artifact_prefix={tempfile.gettempdir()}/")
    told = ["-verbosity=0", f"-seed={seed + 1}", f"-max_total_time={max(1, round(seconds))}"]
    atheris.Setup(["fuzz", *limits, *told], once)
    atheris.Fuzz()
