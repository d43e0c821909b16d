"""What an export needs of an answer, whoever keeps it; and the columns that every export of answers begins with."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from documents.columns import Cell, Column, Kind
from flows.answers import Answer
from flows.outcomes import Ending
from flows.questions import Flow, Patient, Question

Meaning = Callable[[str], str]
"""What a status code means, in plain words."""


class AnsweredQuestion(Protocol):
    """One version of an answer with the question as the office holds it. `author` is who asked the portal.

    `number` is the office's own: patient account number or appointment number.
    """

    @property
    def question(self) -> Question: ...
    @property
    def number(self) -> str: ...
    @property
    def flow(self) -> Flow: ...
    @property
    def version(self) -> int: ...
    @property
    def ending(self) -> Ending: ...
    @property
    def answer(self) -> Answer: ...
    @property
    def author(self) -> str: ...
    @property
    def recorded_at(self) -> datetime: ...
    @property
    def reused(self) -> bool:
        """Was it given to another question, and answers this one too?"""
        ...


class NotThisFlow(TypeError):
    """An answer of another flow came to columns that do not know it: our own mistake."""

    def __init__(self, flow: Flow) -> None:
        super().__init__(f"these columns do not hold answers of {flow}")


def key_columns(number: str) -> tuple[Column, ...]:
    """The four that name an answer, for ever; `number` is what the office's own number is called."""
    return (
        Column(number, Kind.TEXT),
        Column("portal", Kind.TEXT),
        Column("flow", Kind.TEXT),
        Column("version", Kind.NUMBER),
    )


def key_cells(answer: AnsweredQuestion) -> tuple[Cell, ...]:
    """The cells of `key_columns`."""
    return answer.number, answer.question.portal, answer.flow.value, answer.version


PATIENT = (
    Column("last_name", Kind.TEXT),
    Column("first_name", Kind.TEXT),
    Column("birth_date", Kind.DATE),
    Column("member_id", Kind.TEXT),
)
"""Only when patients' names were asked for."""


def patient_cells(patient: Patient) -> tuple[Cell, ...]:
    """The cells of `PATIENT`."""
    return patient.last_name, patient.first_name, patient.birth_date, patient.member_id


def made_cells(answer: AnsweredQuestion) -> tuple[Cell, ...]:
    """When, by whom and with which pack: the cells of observed_at, recorded_at, author and pack_version."""
    return answer.answer.observed_at, answer.recorded_at, answer.author, answer.answer.pack_version
