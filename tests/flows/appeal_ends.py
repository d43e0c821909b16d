"""Asking for an appeal, and how it ended, for the tests."""

from flows.answers import AppealFiled, AppealRefused
from flows.appeal import appeal
from flows.outcomes import Code, Ending, Outcome
from flows.questions import Appeal
from tests.flows.appeal_pages import (
    QUESTION,
)
from tests.flows.played_portal import PlayedPortal
from tests.flows.scripted_portal import TODAY


async def file(at: PlayedPortal, question: Appeal = QUESTION) -> Outcome:
    return await appeal(question, at)


def contesting(**changes: object) -> Appeal:
    return QUESTION.model_copy(update={"contest": QUESTION.contest.model_copy(update=changes)})


def not_filed(outcome: Outcome, at: PlayedPortal, code: Code) -> None:
    """A person is asked, and the button was not pressed."""
    assert outcome.ending is Ending.NEEDS_STAFF
    assert outcome.reason is not None
    assert outcome.reason.code is code
    assert at.submitted == []


def refused(outcome: Outcome) -> AppealRefused:
    assert outcome.ending is Ending.NEGATIVE
    assert outcome.answer is not None
    assert isinstance(outcome.answer.normalised, AppealRefused)
    return outcome.answer.normalised


def filed(outcome: Outcome) -> AppealFiled:
    assert outcome.ending is Ending.ANSWERED
    assert outcome.answer is not None
    assert isinstance(outcome.answer.normalised, AppealFiled)
    return outcome.answer.normalised


def uncertain(outcome: Outcome) -> None:
    assert outcome.ending is Ending.UNCERTAIN
    assert outcome.reason is not None
    assert outcome.reason.code is Code.TECH_UNKNOWN_FILED
    assert outcome.reason.not_before is not None
    assert outcome.reason.not_before > TODAY
