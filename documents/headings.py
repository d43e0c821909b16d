"""Which column of a file holds what: by the documented names, or as a person said once for files of this layout."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence

from documents.work_list import COLUMNS, DIAGNOSES, MAY_BE_LEFT_OUT, ClaimsFileUnreadable

ALL_COLUMNS = (*COLUMNS, *DIAGNOSES)


class HeadingsUnknown(ClaimsFileUnreadable):
    """Columns that are needed were not found. `missing` are ours; the headings themselves are never in the text."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        one_portal = " (or --portal NAME, when all its claims are for one portal)" if "portal" in missing else ""
        super().__init__(
            f"The first row of the work list lacks {_some(missing)}; nothing was imported. Say once which heading is "
            f'which, with --column {missing[0]}="THE FILE\'S HEADING" for each of them{one_portal}, or name the '
            f"columns so: {','.join(COLUMNS)}"
        )
        self.missing = missing


def normal_heading(heading: str) -> str:
    """A heading without regard to case, spaces and dashes: `Member ID` is `member_id`."""
    return re.sub(r"[\s_-]+", "_", heading.strip().lower())


def fingerprint(headings: Sequence[str]) -> str:
    """By which a layout is recognised again; from it the headings cannot be read."""
    joined = "\n".join(map(normal_heading, headings))
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()


def places(
    headings: Sequence[str], said: Mapping[str, str] | None, not_needed: Iterable[str] = ()
) -> Mapping[str, int]:
    """Where each column stands, from 0. `said` are a person's words (our column -> the file's heading).

    Without them a heading that is not known is a fault (a slip of the pen must not lose a column); with them, columns
    that nobody asked for are passed over. Raises HeadingsUnknown, or ClaimsFileUnreadable for what is doubled; a
    heading is told by its place when it is not known, because it may be a patient's row.
    """
    shown = [normal_heading(heading) for heading in headings]
    wanted = {name: name for name in ALL_COLUMNS} | {name: normal_heading(text) for name, text in (said or {}).items()}
    _all_there(said or {}, wanted, shown)
    found = {name: shown.index(heading) for name, heading in wanted.items() if heading in shown}
    missing = [name for name in COLUMNS if name not in found and name not in {*MAY_BE_LEFT_OUT, *not_needed}]
    if missing:
        raise HeadingsUnknown(tuple(missing))
    twice = [name for name in found if shown.count(wanted[name]) > 1]
    if twice:
        raise ClaimsFileUnreadable(f"The work list has two columns {_some(twice)}; nothing was imported.")
    for place in found.values():
        both = [name for name, other in found.items() if other == place]
        if len(both) > 1:
            raise ClaimsFileUnreadable(f"{_some(both)} cannot be the same column; nothing was imported.")
    unknown = [str(place) for place, heading in enumerate(shown, start=1) if heading not in ALL_COLUMNS]
    if unknown and not said:
        raise ClaimsFileUnreadable(
            f"The work list's column {_some(unknown)} has a heading that is not known; nothing was imported. Take the "
            f"column out, or say with --column which one it is. The columns are: {','.join(COLUMNS)}"
        )
    return found


def _all_there(said: Mapping[str, str], wanted: Mapping[str, str], shown: Sequence[str]) -> None:
    for name in said:
        if name not in ALL_COLUMNS:
            raise ClaimsFileUnreadable(
                f"--column names a column that is not known; nothing was imported. The columns are: {','.join(COLUMNS)}"
            )
        if wanted[name] not in shown:
            raise ClaimsFileUnreadable(
                f"The file has no column with the heading that was said to be {name}; nothing was imported."
            )


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
