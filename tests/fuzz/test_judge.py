"""The judge of fuzzing can fail: each kind of crash, planted, is found, and nothing else is called one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.documents.remittance_files import claim, remittance
from tests.fuzz.canaries import LAST_NAME, MEMBER_ID
from tests.fuzz.choices import Choices
from tests.fuzz.engines import Engine, run
from tests.fuzz.judge import Broken, Judge, Judged, Target, Told
from tests.fuzz.of_x12 import hold_sums
from tests.fuzz.tally import Tally


class Refused(Exception):
    """The reader's own error."""


class _Enough(BaseException):
    """No error of a reader: hypothesis lets it through at once."""


def judged(read: Callable[[bytes], Told], *, quotes: bool = False, seconds: float = 5.0) -> Judged:
    target = Target("planted", lambda choices: b"", read, (Refused,), quotes=quotes)
    return Judge(most_seconds=seconds).judged(target, b"content")


def kind(read: Callable[[bytes], Told], *, seconds: float = 5.0) -> str:
    crash = judged(read, seconds=seconds).crash
    assert crash is not None
    assert (crash.target, crash.content) == ("planted", b"content")
    return crash.kind


def refusing(sentence: str) -> Callable[[bytes], Told]:
    def read(content: bytes) -> Told:
        raise Refused(sentence)

    return read


def test_what_is_read_or_refused_is_no_crash() -> None:
    assert judged(lambda content: Told(("row 2: is blank",))) == Judged()
    assert judged(refusing("The file is damaged.")) == Judged(refused=True)


def test_an_error_that_is_not_the_readers_own_is_a_crash() -> None:
    assert kind(lambda content: Told((dict[str, str]()["no such key"],))).startswith("KeyError")


def test_a_promise_that_does_not_hold_is_a_crash_by_its_name() -> None:
    def read(content: bytes) -> Told:
        raise Broken("every row is taken or left out")

    assert kind(read) == "Broken: every row is taken or left out"


@pytest.mark.parametrize("sentence", [f"Who is {LAST_NAME.lower()}?", f"{MEMBER_ID[:6]} is no date", "1961-02-28?"])
def test_a_sentence_that_quotes_the_patient_is_a_crash(sentence: str) -> None:
    assert kind(refusing(sentence)) == "a sentence quotes the patient"
    assert kind(lambda content: Told((sentence,))) == "a sentence quotes the patient"
    assert judged(refusing(sentence), quotes=True) == Judged(refused=True)


def test_a_refusal_without_a_word_is_a_crash() -> None:
    assert kind(refusing(" ")) == "a sentence is blank"


def test_a_reader_that_does_not_end_is_stopped_and_is_a_crash() -> None:
    def read(content: bytes) -> Told:
        while True:
            # As readers of other people's files do: they catch whatever a library raises.
            try:
                sum(range(1000))
            except Exception:
                return Told()

    assert kind(read, seconds=0.05) == "0.05 seconds and no end"


def test_a_reader_that_takes_too_much_memory_is_a_crash() -> None:
    judge = Judge(most_growth=1 << 20)
    taken: list[bytes] = []

    def read(content: bytes) -> Told:
        # More than the process ever had, however many tests it ran before.
        while judge.growth <= 1 << 20:
            taken.append(bytes([1]) * (8 << 20))
        return Told()

    found = judge.judged(Target("planted", lambda choices: b"", read, ()), b"content").crash
    assert found is not None
    assert found.kind == "more than 1 MiB"


def test_a_remittance_that_lies_about_its_balance_is_found() -> None:
    honest = remittance("50.00", [claim(1, "100.00", "50.00", adjustments="CO-45 50.00")])
    hold_sums(honest)
    paid = honest.claims[0].model_copy(update={"paid": honest.claims[0].paid * 2})
    with pytest.raises(Broken):
        hold_sums(honest.model_copy(update={"claims": (paid,)}))


def test_a_recipe_chooses_the_same_each_time_and_0_when_it_has_ended() -> None:
    chosen = [Choices(b"\x07\x01\x02").number(5), Choices(b"\x07\x01\x02").number(5)]
    assert chosen == [2, 2]
    assert [Choices(b"").number(below) for below in (1, 2, 300)] == [0, 0, 0]


def test_hypothesis_makes_the_same_recipes_from_the_same_seed() -> None:
    def made() -> list[bytes]:
        recipes: list[bytes] = []

        def once(recipe: bytes) -> None:
            recipes.append(recipe)
            if len(recipes) == 30:
                raise _Enough

        with pytest.raises(_Enough):
            run(Engine.HYPOTHESIS, once, 600, 7)
        return recipes

    assert made() == made()


def test_what_a_process_was_reading_when_it_ended_is_known(tmp_path: Path) -> None:
    tally = Tally(tmp_path / "tally")
    tally.begins(b"one, which is longer")
    tally.ended(refused=True, crashed=False)
    tally.begins(b"two")
    seen = Tally(tmp_path / "tally")
    assert (seen.counts, seen.content) == ((1, 1, 0), b"two")
