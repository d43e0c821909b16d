"""The audit log as a file that proves itself: entries with their chain of hashes, checked without any ledger.

The first line says after which entry the file begins, the last which entry is its end; each line between is an entry as
it was hashed. Whoever keeps the end's hash apart from the file can tell a file that was written anew, too.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from ledger import audit, models
from ledger.audit import AuditReport, Chain, Link
from ledger.canonical import canonical_json
from ledger.errors import NotThere, RecordWrong

_FORMAT = "portalwright audit log 1"
_PAGE = 2_000


def write_file(since: datetime | None, until: datetime | None) -> Iterator[bytes]:
    """The lines of a file with the entries from `since` on and before `until`, of all practices of the office.

    It is one piece of the chain: an entry between two of these is in it, whatever its time. Memory does not grow with
    the log. Raises NotThere when there is no entry.
    """
    rows = models.AuditEntry.objects.all()
    wanted = rows if since is None else rows.filter(at__gte=since)
    wanted = wanted if until is None else wanted.filter(at__lt=until)
    first, last = wanted.order_by("sequence").first(), wanted.order_by("-sequence").first()
    if first is None or last is None:
        raise NotThere("entry of the audit log in these days")
    yield _line({"format": _FORMAT, "after": [first.sequence - 1, first.previous_hash]})
    done, entries = first.sequence - 1, 0
    while page := list(
        rows.filter(sequence__gt=done, sequence__lte=last.sequence)
        .order_by("sequence")
        .values_list(*audit.COLUMNS)[:_PAGE]
    ):
        yield b"".join(_line(audit.signed_of(row) | {"hash": row[-1]}) for row in page)
        done, entries = page[-1][0], entries + len(page)
    yield _line({"end": [last.sequence, last.hash], "entries": entries})


def check_file(lines: Iterable[bytes]) -> AuditReport:
    """Is each entry of the file as it was written, in its place, from the first to the last that was written?

    Raises RecordWrong for a file that is no such file.
    """
    coming = iter(lines)
    head = _read(next(coming, b""))
    if head.get("format") != _FORMAT:
        raise RecordWrong("This is no file of `portalwright audit export`. Nothing was checked.")
    start = _link(head.get("after"))
    chain = Chain(start)
    for line in coming:
        try:
            said = _read(line)
            if "end" in said:
                whole = _link(said["end"]) == chain.end and said["entries"] == chain.end[0] - start[0]
                return _report(chain, start, None if whole and next(coming, None) is None else chain.end[0] + 1)
            written = said.pop("hash")
            good = isinstance(written, str) and set(said) == _SIGNED and chain.goes_on_with(said, written)
        except (RecordWrong, KeyError):
            return _report(chain, start, chain.end[0] + 1)
        if not good:
            return _report(chain, start, chain.end[0])
    return _report(chain, start, chain.end[0] + 1)


_SIGNED = set(audit.COLUMNS) - {"hash"}


def _report(chain: Chain, start: Link, first_bad: int | None) -> AuditReport:
    return AuditReport(chain.end[0] - start[0], ok=first_bad is None, first_bad=first_bad, end=chain.end)


def _line(said: Any) -> bytes:
    return canonical_json(said).encode() + b"\n"


def _read(line: bytes) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise RecordWrong("This is no file of `portalwright audit export`. Nothing was checked.")
    return said


def _link(said: Any) -> Link:
    match said:
        case [int(sequence), str(link_hash)]:
            return sequence, link_hash
        case _:
            raise RecordWrong("This is no file of `portalwright audit export`. Nothing was checked.")
