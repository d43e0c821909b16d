"""Which column of a file holds what: by the documented names, or as a person said once for files of this layout."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence

from documents.table import Columns, FileUnreadable
from documents.work_list import CLAIM_COLUMNS


class HeadingsUnknown(FileUnreadable):
    """Columns that are needed were not found. `missing` are ours; the headings themselves are never in the text."""

    def __init__(self, missing: tuple[str, ...], columns: Columns) -> None:
        one_portal = " (or --portal NAME, when all its rows are for one portal)" if "portal" in missing else ""
        super().__init__(
            f"The first row of the file lacks {_some(missing)}; nothing was imported. Say once which heading is "
            f'which, with --column {missing[0]}="THE FILE\'S HEADING" for each of them{one_portal}, or name the '
            f"columns so: {','.join(columns.names)}"
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
    headings: Sequence[str],
    said: Mapping[str, str] | None,
    not_needed: Iterable[str] = (),
    columns: Columns = CLAIM_COLUMNS,
) -> Mapping[str, int]:
    """Where each column stands, from 0. `said` are a person's words (our column -> the file's heading).

    Without them a heading that is not known is a fault (a slip of the pen must not lose a column); with them, columns
    that nobody asked for are passed over. Raises HeadingsUnknown, or FileUnreadable for what is doubled; a
    heading is told by its place when it is not known, because it may be a patient's row.
    """
    shown = [normal_heading(heading) for heading in headings]
    wanted = {name: name for name in columns.every} | {
        name: normal_heading(text) for name, text in (said or {}).items()
    }
    _all_there(said or {}, wanted, shown, columns)
    found = {name: shown.index(heading) for name, heading in wanted.items() if heading in shown}
    missing = [
        name for name in columns.names if name not in found and name not in {*columns.may_be_left_out, *not_needed}
    ]
    if missing:
        raise HeadingsUnknown(tuple(missing), columns)
    twice = [name for name in found if shown.count(wanted[name]) > 1]
    if twice:
        raise FileUnreadable(f"The file has two columns {_some(twice)}; nothing was imported.")
    for place in found.values():
        both = [name for name, other in found.items() if other == place]
        if len(both) > 1:
            raise FileUnreadable(f"{_some(both)} cannot be the same column; nothing was imported.")
    unknown = [str(place) for place, heading in enumerate(shown, start=1) if heading not in columns.every]
    if unknown and not said:
        raise FileUnreadable(
            f"The file's column {_some(unknown)} has a heading that is not known; nothing was imported. Take the "
            f"column out, or say with --column which one it is. The columns are: {','.join(columns.names)}"
        )
    return found


def _all_there(said: Mapping[str, str], wanted: Mapping[str, str], shown: Sequence[str], columns: Columns) -> None:
    for name in said:
        if name not in columns.every:
            raise FileUnreadable(
                "--column names a column that is not known; nothing was imported. The columns are: "
                f"{','.join(columns.names)}"
            )
        if wanted[name] not in shown:
            raise FileUnreadable(
                f"The file has no column with the heading that was said to be {name}; nothing was imported."
            )


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
