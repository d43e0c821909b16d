"""A portal that plays back what each form, view, row and document gives, in turn; the last of each stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from flows.appeal_rules import AppealRules
from flows.matching import MatchingRules
from flows.outcomes import Stop
from flows.portal import Collected, Followed, Reading, Row
from flows.questions import Appeal, Question
from flows.remittance_rules import RemittanceRules
from tests.flows.scripted_portal import TODAY

_Item = TypeVar("_Item")
Got = Collected | Followed | Stop


@dataclass
class PlayedPortal:
    """`forms`: what follows each form. `views`: the readings of each view. `picked`: by the text of a row's first
    column, what follows and the reading behind it. `documents`: by view, name and that text ("" for the whole view).
    A Stop in place of any of them is raised.
    """

    forms: Mapping[str, Sequence[Followed | Stop]]
    views: Mapping[str, Sequence[Reading | Stop]] = field(default_factory=dict)
    picked: Mapping[str, tuple[Followed, Reading]] = field(default_factory=dict)
    documents: Mapping[tuple[str, str, str], Sequence[Got]] = field(default_factory=dict)
    matching: MatchingRules = field(default_factory=MatchingRules)
    remittances: RemittanceRules = field(default_factory=RemittanceRules)
    appeals: AppealRules = field(default_factory=AppealRules)
    name: str = "played"
    pack_version: str = "1"
    asked: list[tuple[str, Question]] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    submitted: list[Appeal] = field(default_factory=list)
    collected: list[tuple[str, str, str]] = field(default_factory=list)
    _turns: dict[object, int] = field(default_factory=dict)
    _behind: Reading | None = None

    def now(self) -> datetime:
        return TODAY

    def has_form(self, form: str) -> bool:
        return form in self.forms

    async def open(self, form: str, question: Question) -> None:
        assert form in self.forms
        self._behind = None
        self.opened.append(form)

    async def ask(self, form: str, question: Question) -> Followed:
        self.asked.append((form, question))
        return _given(self._next(form, self.forms[form]))

    async def go_on(self, form: str, question: Question) -> Followed:
        self._behind = None
        return await self.ask(form, question)

    async def submit(self, form: str, appeal: Appeal) -> Followed:
        self.submitted.append(appeal)
        return await self.go_on(form, appeal)

    async def read(self, view: str) -> Reading:
        if self._behind is not None:
            assert self._behind.view == view
            return self._behind
        return _given(self._next(f"view {view}", self.views[view]))

    async def pick(self, view: str, table: str, row: Row) -> Followed:
        followed, self._behind = self.picked[key(row)]
        self.opened.append(key(row))
        return followed

    async def collect(self, view: str, document: str, row: Row | None = None) -> Collected | Followed:
        # What a page of its own offers is told apart by the page.
        at = key(row) if row is not None else self._behind.fields["trace"].shown.text if self._behind else ""
        self.collected.append((view, document, at))
        got: Got = self._next((view, document, at), self.documents[view, document, at])
        if isinstance(got, Stop):
            raise got
        return got

    def offers(self, view: str, document: str) -> bool:
        return any((view, document) == known[:2] for known in self.documents)

    def _next(self, what: object, items: Sequence[_Item]) -> _Item:
        turn = self._turns[what] = self._turns.get(what, 0) + 1
        return items[min(turn, len(items)) - 1]


def _given(item: _Item | Stop) -> _Item:
    if isinstance(item, Stop):
        raise item
    return item


def key(row: Row) -> str:
    """The text of the row's first column."""
    return next(iter(row.cells.values())).shown.text
