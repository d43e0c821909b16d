"""Fetching one document: tried again where it did not come whole, and told apart from "there is none" and "later"."""

from collections.abc import Callable
from dataclasses import dataclass

from flows.outcomes import Code, Ending, Reason, Stop
from flows.portal import Collected, Followed, Means, Portal, Row

_MOST_TRIES = 3
"""A download that breaks is tried so often before a person or another night has to help (DOMAIN 4: two more times)."""


@dataclass(frozen=True)
class Fetched:
    """How the fetching of one document ended; one of the three, or none of them: the portal has no such document.

    `built_later`: the portal makes it ready. `failed`: why it was not got; `broken` says that it may come another time.
    """

    collected: Collected | None = None
    built_later: bool = False
    failed: Reason | None = None
    broken: bool = False


async def fetch(
    portal: Portal,
    view: str,
    document: str,
    row: Row | None = None,
    *,
    is_enough: Callable[[Collected], bool] = lambda collected: True,
) -> Fetched:
    """The document of this row, or of the whole view.

    A file that breaks off is fetched twice more. One that came whole and of which a part cannot be read, so that it is
    not `is_enough`, is fetched once more; then it is what it is. Raises `flows.outcomes.Stop` for all that concerns
    more than this one document: an expired session, a changed page, a portal that is closed.
    """
    failure = Fetched()
    incomplete: Collected | None = None
    for _ in range(_MOST_TRIES):
        try:
            got = await portal.collect(view, document, row)
        except Stop as stopped:
            failure = _of_this_document(stopped)
            if not failure.broken:
                return failure
            continue
        if isinstance(got, Followed):
            return _instead(got)
        if is_enough(got) or not got.unread or incomplete is not None:
            return Fetched(collected=got)
        incomplete = got
    return Fetched(collected=incomplete) if incomplete is not None else failure


def _of_this_document(stopped: Stop) -> Fetched:
    """Why this document was not got. Raises the Stop again where it is about more than the document."""
    outcome = stopped.outcome
    broken = outcome.reason is not None and outcome.reason.code is Code.TECH_DOWNLOAD
    if outcome.reason is None or not (broken or outcome.ending is Ending.NEEDS_STAFF):
        raise stopped
    return Fetched(failed=outcome.reason, broken=outcome.ending is Ending.TRANSIENT)


def _instead(followed: Followed) -> Fetched:
    match followed.means:
        case Means.BEING_BUILT:
            return Fetched(built_later=True)
        case Means.NOT_FOUND:
            return Fetched()
        case _:
            what = "The portal answered the request for a document with something else."
            reason = Reason(code=Code.DATA_CONFLICT, what=what, view=followed.view)
            return Fetched(failed=reason)
