"""The portal's own list of appeals: which of them are about this claim, and which of those is the one that is meant.

A row of the list is opened before it is believed: what the list does not show, the appeal's own page may.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flows.answering import for_staff
from flows.answers import AppealStanding, Decision, Shown
from flows.appeal_names import APPEAL, APPEALS, LIST
from flows.identity import compare
from flows.matching import canonical_id
from flows.outcomes import Candidate, Code, Ending, Outcome, stop
from flows.portal import Means, Portal, Reading, Row, Value
from flows.questions import Appeal, AppealLevel, AppealStatus
from flows.reading import day_of, shown_texts, text_of, texts_of

Asked = Appeal | AppealStatus

_NUMBERS = frozenset({"reference", "confirmation"})

_OVER = frozenset({AppealStanding.DECIDED, AppealStanding.WITHDRAWN})


@dataclass(frozen=True)
class Meant:
    """An appeal as we know it. `lines`: none for the whole claim. `confirmation` and `filed_from` where we know them.

    `filed_from` is the first day on which it can have been filed, by the portal's calendar.
    """

    level: AppealLevel
    lines: frozenset[str]
    reference: str
    confirmation: str | None = None
    filed_from: date | None = None


@dataclass(frozen=True)
class ListedAppeal:
    """One appeal of the list: its row, its page where it was opened, and all that both of them show."""

    row: Row
    page: Reading | None
    shown: Mapping[str, Value]

    def standing(self) -> AppealStanding | Decision | None:
        """Where it stands; None where that is not shown or not in the portal's map of texts."""
        code = text_of(self.shown, "status")
        return standing_of(code) if code is not None else None

    @property
    def is_living(self) -> bool:
        """Does the portal say that it is neither decided nor withdrawn?"""
        standing = self.standing()
        return isinstance(standing, AppealStanding) and standing not in _OVER

    @property
    def lines(self) -> frozenset[str] | None:
        """The contested lines; None where they are not shown, or shown as something else than numbers ("All")."""
        return line_numbers(texts_of(self.shown, "lines"))

    def has(self, name: str) -> bool:
        """Has the row or the page a place for this, be it blank?"""
        return name in self.row.cells or (self.page is not None and name in self.page.fields)

    def texts(self) -> tuple[Shown, ...]:
        """Every text of the row and of the page."""
        of_page = () if self.page is None else tuple(shown_texts(self.page))
        return (*(value.shown for value in self.row.cells.values()), *of_page)

    def candidate(self) -> Candidate:
        """For a person to pick from."""
        return Candidate(cells={name: value.shown for name, value in self.shown.items()})


@dataclass(frozen=True)
class Likeness:
    """In what a listed appeal is the one that is meant, and in what it is another one, as far as it is shown."""

    agree: frozenset[str]
    differ: frozenset[str]

    @property
    def is_named(self) -> bool:
        """Is it known by its own name: our reference, or the payer's number?"""
        return bool(self.agree & _NUMBERS)


def standing_of(code: str) -> AppealStanding | Decision | None:
    """A code of the pack's map: a standing, or a decision, which means that it is decided."""
    for kind in (AppealStanding, Decision):
        if code in set(kind):
            return kind(code)
    return None


def line_numbers(texts: Iterable[str]) -> frozenset[str] | None:
    """Line numbers as they are compared, without leading zeros; None for none, and for texts that are no numbers."""
    numbers = [text.strip() for text in texts]
    if not numbers or not all(number.isascii() and number.isdigit() for number in numbers):
        return None
    return frozenset(number.lstrip("0") or "0" for number in numbers)


async def listed_for_claim(question: Asked, portal: Portal) -> list[ListedAppeal] | Outcome:
    """The rows of the portal's list that are about this claim, none of them opened; an outcome where it cannot be seen.

    Raises Stop.
    """
    await portal.open(LIST, question)
    followed = await portal.ask(LIST, question)
    if followed.means is Means.NOT_FOUND:
        return []
    if followed.means is Means.TOO_MANY:
        return for_staff(Code.BUS_MULTI, "The portal has more appeals than its list shows.")
    if followed.view != APPEALS or followed.means is not None:
        what = "The way to the appeals did not lead to their list."
        raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=followed.view)
    listing = await portal.read(APPEALS)
    ours = canonical_id(question.claim.payer_claim_number or "")
    return [
        ListedAppeal(row=row, page=None, shown=row.cells)
        for row in listing.tables[APPEALS]
        if canonical_id(text_of(row.cells, "payer_claim_number") or "") == ours
    ]


async def opened(listed: ListedAppeal, portal: Portal) -> ListedAppeal:
    """The same appeal with its page. What both show must be the same. Raises Stop."""
    followed = await portal.pick(APPEALS, APPEALS, listed.row)
    if followed.view != APPEAL:
        what = "An appeal of the list did not open as an appeal."
        raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=APPEALS)
    page = await portal.read(APPEAL)
    for name in ("payer_claim_number", "confirmation", "reference"):
        ours, theirs = text_of(listed.row.cells, name), text_of(page.fields, name)
        if ours is not None and theirs is not None and canonical_id(ours) != canonical_id(theirs):
            what = "The page that opened shows another appeal than the row that was picked."
            raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=APPEAL, element=name)
    on_page = {name: value for name, value in page.fields.items() if value.normal is not None or value.unmapped}
    return ListedAppeal(row=listed.row, page=page, shown={**listed.row.cells, **on_page})


def likeness(meant: Meant, listed: ListedAppeal, question: Asked, portal: Portal) -> Likeness:
    """Compare everything that is shown of a listed appeal with the one that is meant, and with whose claim it is."""
    shown, lines = listed.shown, listed.lines
    reference, confirmation = text_of(shown, "reference"), text_of(shown, "confirmation")
    level, filed_on = text_of(shown, "level"), day_of(shown, "filed_on")
    tests = {
        "level": None if level is None else level == meant.level,
        # Which lines the whole claim has is not known here: then no lines say anything against it.
        "lines": None if lines is None or not meant.lines else lines == meant.lines,
        "reference": None if reference is None else canonical_id(reference) == canonical_id(meant.reference),
        "confirmation": (
            None
            if confirmation is None or meant.confirmation is None
            else canonical_id(confirmation) == canonical_id(meant.confirmation)
        ),
        "filed_on": None if filed_on is None or meant.filed_from is None else filed_on >= meant.filed_from,
    }
    person = compare(question, shown, portal.matching)
    return Likeness(
        agree=frozenset(name for name, same in tests.items() if same) | person.agree,
        differ=frozenset(name for name, same in tests.items() if same is False) | person.differ,
    )


Compared = tuple[ListedAppeal, Likeness]


async def looked_at(
    meant: Meant, listed: Iterable[ListedAppeal], question: Asked, portal: Portal
) -> tuple[Compared, ...]:
    """Every listed appeal compared with the one that is meant; opened, unless its row says by more than a number that
    it is another one. Raises Stop."""
    found = []
    for row in listed:
        by_row = likeness(meant, row, question, portal)
        if by_row.differ <= _NUMBERS:
            whole = await opened(row, portal)
            found.append((whole, likeness(meant, whole, question, portal)))
        else:
            found.append((row, by_row))
    return tuple(found)


def fitting(found: Iterable[Compared]) -> tuple[Compared, ...]:
    """Those that differ in nothing that is shown. Where some of them bear the appeal's own name (our reference, the
    payer's number), only these."""
    fit = tuple((appeal, alike) for appeal, alike in found if not alike.differ)
    return tuple((appeal, alike) for appeal, alike in fit if alike.is_named) or fit


def day_before(instant_day: date) -> date:
    """The portal's calendar may be a day behind ours."""
    return instant_day - timedelta(days=1)
