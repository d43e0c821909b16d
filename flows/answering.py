"""How a flow ends: with an answer, or with what a person has to decide."""

from collections.abc import Sequence

from flows.answers import Answer, Normalised, Shown
from flows.outcomes import Candidate, Code, Ending, Outcome, Reason
from flows.portal import Portal, Row


def answer_of(portal: Portal, normalised: Normalised, extracted: tuple[Shown, ...]) -> Answer:
    """The answer as of now, with every text that it was made from."""
    return Answer(
        portal=portal.name,
        pack_version=portal.pack_version,
        observed_at=portal.now(),
        normalised=normalised,
        extracted=extracted,
    )


def for_staff(
    code: Code,
    what: str,
    *,
    seen: tuple[Shown, ...] = (),
    rows: Sequence[Row] = (),
    candidates: Sequence[Candidate] = (),
) -> Outcome:
    """Only a person may decide. `what` holds nothing from a page; `rows` become candidates to pick from."""
    listed = [Candidate(cells={name: value.shown for name, value in row.cells.items()}) for row in rows]
    reason = Reason(code=code, what=what, seen=seen, candidates=(*listed, *candidates))
    return Outcome(ending=Ending.NEEDS_STAFF, reason=reason)
