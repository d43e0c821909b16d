"""Many claims, everything the portal can show, in a real browser: every answer in the ledger is the truth."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pytest_django.plugin import DjangoDbBlocker

from flows.answers import ClaimState
from flows.outcomes import Code, Ending
from flows.questions import Flow
from ledger import answers, cases, work
from ledger.answers import AnswerRecord
from ledger.cases import CaseRecord
from portalwright.demo.claims_check import wrong_answers
from tests.bots.night import PORTAL, Night, night
from tests.practice_portal import PracticePortal

# A short excerpt is in every run: tests/soak/test_soak.py at a portal with all its quirks, tests/bots/test_night.py
# and the demo at all four.
pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.django_db(transaction=True)]

CLAIMS = 160
SEED = 20
MOST_RUNS = 8

CATEGORIES = frozenset(
    (
        *("A0", "A1", "A2", "A3", "A5", "A6", "A7", "A8", "P0", "P1", "P2", "P3", "P4", "P5"),
        *("F0", "F1", "F2", "F3", "F3F", "F3N", "F4"),
        *(f"R{number}" for number in range(18) if number != 2),
    )
)
"""Every claim status category (code list 507) that tells the state of a claim. E0 and E1 say that it is not to be had;
they may occur, and never become an answer.
"""

STORIES = (
    "twins",
    "two people under one member id",
    "hyphenated name",
    "suffixed name",
    "member not found",
    "claim never reached the payer",
    "replaced",
    "voided",
    "processed, paid",
    "processed, denied",
    "processed, zero-pay",
    "same day, told apart by procedure",
    "same day, told apart by account",
    "more than one page of claims",
    "other location has a claim alike",
)
"""Stories that must occur, and of which at least one must be answered by the robot alone."""

PERSONS = (
    "status text never seen",
    "money shown does not add up",
    "same day, not to be told apart",
    "member id corrected by the payer",
    "wrong birth date in the office",
    "status not to be had (E0)",
    "status not to be had (E1)",
)
"""Stories that must occur, and of which none may ever be answered by the robot."""

TOUCHLESS = 0.95


@dataclass(frozen=True)
class Morning:
    """What the office finds after the night, beside what the payer knows."""

    truth: dict[str, Any]
    answers: dict[str, AnswerRecord]
    cases: tuple[CaseRecord, ...]
    counts: work.Counts
    presses: tuple[list[str], list[str]]
    defects: tuple[BaseException, ...]

    def asks(self, *scenarios: str) -> list[dict[str, Any]]:
        return [ask for ask in self.truth["asks"] if not scenarios or ask["scenario"] in scenarios]

    def cases_of(self, patient_account_number: str) -> list[CaseRecord]:
        return [case for case in self.cases if case.number == patient_account_number]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def morning(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Morning:
    """One night for all the tests here: run after run until nothing is due any more."""
    folder: Path = tmp_path_factory.mktemp("night")
    with django_db_blocker.unblock(), PracticePortal(PORTAL, seed=SEED, claims=CLAIMS) as portal:
        async with night(folder, portal) as office:
            counts = await _work_through(office)
            found = await office.call(lambda: list(answers.list_current(office.person.practice_id, portal=PORTAL)))
            # Everything is read now: the ledger is emptied after each test, as after every test that may use it.
            return Morning(
                truth=portal.truth(),
                answers={record.number: record for record in found},
                cases=await office.call(cases.list_open, office.person.practice_id, PORTAL),
                counts=counts,
                presses=(office.presses(), office.presses("code")),
                defects=tuple(office.defects),
            )


async def _work_through(office: Night) -> work.Counts:
    for _ in range(MOST_RUNS):
        report = await office.run()
        assert report.why in {"finished", "portal down"}, report
        counts: work.Counts = await office.call(
            work.counts, office.person.practice_id, PORTAL, Flow.CLAIM_STATUS, office.work.clock.now()
        )
        if counts.ready + counts.waiting == 0:
            return counts
        await office.work.clock.sleep(12 * 3600)
    raise AssertionError(f"still not through after {MOST_RUNS} runs: {counts}")


async def test_no_answer_is_wrong(morning: Morning) -> None:
    given = [(number, record.answer.normalised) for number, record in morning.answers.items()]
    assert wrong_answers(given, morning.truth) == ()


async def test_every_question_is_either_answered_or_a_persons(morning: Morning) -> None:
    assert (morning.counts.total, morning.counts.done + morning.counts.parked) == (CLAIMS, CLAIMS)
    assert morning.counts.done == len(morning.answers)
    assert morning.defects == ()


async def test_what_only_a_person_can_decide_is_a_case(morning: Morning) -> None:
    expected = [ask for ask in morning.asks() if ask["expect"] == "NEEDS_STAFF"]
    assert len(expected) >= 10
    answered = [ask["scenario"] for ask in expected if ask["patient_account_number"] in morning.answers]
    assert answered == []
    # A text that nobody mapped, an identity that differs, money that does not add up: each with its claim.
    missing = [
        ask["scenario"]
        for ask in expected
        if not morning.cases_of(ask["patient_account_number"]) and "not to be had" not in ask["scenario"]
    ]
    assert missing == []


async def test_a_text_that_nobody_mapped_becomes_a_case_that_says_so(morning: Morning) -> None:
    asks = morning.asks("status text never seen")
    assert asks
    codes = {case.code for ask in asks for case in morning.cases_of(ask["patient_account_number"])}
    assert codes == {Code.DATA_UNMAPPED}


async def test_the_robot_answers_nearly_everything_that_can_be_answered(morning: Morning) -> None:
    asked = [ask for ask in morning.asks() if ask["expect"] in {"ANSWERED", "NEGATIVE"}]
    left = Counter(ask["scenario"] for ask in asked if ask["patient_account_number"] not in morning.answers)
    assert left.total() <= (1 - TOUCHLESS) * len(asked), left


async def test_every_category_that_the_portal_shows_is_answered_right(morning: Morning) -> None:
    claims = {claim["payer_claim_number"]: claim for claim in morning.truth["claims"]}
    assert {claim["category"] for claim in claims.values()} >= CATEGORIES
    asked = {claims[ask["payer_claim_number"]]["category"] for ask in morning.asks() if ask["expect"] == "ANSWERED"}
    said = {
        record.answer.normalised.category
        for record in morning.answers.values()
        if isinstance(record.answer.normalised, ClaimState)
    }
    assert asked - said == set()
    assert CATEGORIES - said == set()
    assert said.isdisjoint({"E0", "E1"})


@pytest.mark.parametrize("story", STORIES)
async def test_a_story_with_a_trap_in_it_is_told_right(morning: Morning, story: str) -> None:
    asks = morning.asks(story)
    answered = [ask for ask in asks if ask["patient_account_number"] in morning.answers]
    assert asks
    assert answered, "nothing of this kind was answered without a person"
    endings = {ask["expect"] for ask in answered}
    assert endings <= {morning.answers[ask["patient_account_number"]].ending.name for ask in answered}


@pytest.mark.parametrize("story", PERSONS)
async def test_a_story_that_is_a_persons_is_left_to_one(morning: Morning, story: str) -> None:
    asks = morning.asks(story)
    assert asks
    assert [ask for ask in asks if ask["patient_account_number"] in morning.answers] == []


async def test_a_near_namesake_is_never_taken_for_the_patient(morning: Morning) -> None:
    """The robot may say "not found" or leave it to a person; no answer may be about the namesake's claim."""
    asks = morning.asks("member not found, near name")
    given = [
        morning.answers[ask["patient_account_number"]]
        for ask in asks
        if ask["patient_account_number"] in morning.answers
    ]
    assert asks
    assert {record.ending for record in given} <= {Ending.NEGATIVE}


async def test_a_long_night_presses_each_secret_right_every_time(morning: Morning) -> None:
    passwords, codes = morning.presses
    assert set(passwords) == set(codes) == {"accepted"}
    assert len(passwords) <= MOST_RUNS


async def test_not_found_is_said_only_of_what_the_payer_does_not_have(morning: Morning) -> None:
    negative = {number for number, record in morning.answers.items() if record.ending is Ending.NEGATIVE}
    truly = {ask["patient_account_number"] for ask in morning.asks() if ask["expect"] == "NEGATIVE"}
    assert len(negative) >= 3
    assert negative <= truly
