"""Brings a work list into the ledger: what can be taken is taken, the rest is told row by row."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from documents.claims_csv import OfficeScope, RejectedRow, read_claims_file
from flows.questions import ClaimStatus
from ledger import work
from portalwright.logs import Event
from portalwright.office import Desk, utc_now


@dataclass(frozen=True)
class Imported:
    """What an import did, in rows. `rejected` never quotes what a row holds."""

    created: int
    changed: int
    unchanged: int
    rejected: tuple[RejectedRow, ...]


def import_claims_file(desk: Desk, file: Path) -> Imported:
    """Import a work list (see `documents.claims_csv`); raises ClaimsFileUnreadable, and then nothing was taken."""
    scope = OfficeScope(
        tin=desk.practice.tin,
        npis=frozenset(desk.office.settings.practice.npis),
        portals=frozenset(desk.office.portals()),
    )
    rejected: list[RejectedRow] = []
    rows: list[int] = []

    def questions() -> Iterator[ClaimStatus]:
        today = date.today()  # noqa: DTZ011 - the office's own calendar day
        for row in read_claims_file(file, scope, today):
            if isinstance(row, RejectedRow):
                rejected.append(row)
            else:
                rows.append(row.row)
                yield row.question

    result = work.import_claims(questions(), desk.actor, utc_now(), digest=desk.vault.keyed_digest)
    rejected += [
        RejectedRow(row=rows[refused.row - 1], field="the whole row", reason=refused.why) for refused in result.rejected
    ]
    imported = Imported(
        result.created, result.changed, result.unchanged, tuple(sorted(rejected, key=lambda one: one.row))
    )
    desk.log.log(
        Event.CLAIMS_IMPORTED,
        created=imported.created,
        changed=imported.changed,
        unchanged=imported.unchanged,
        rejected=len(imported.rejected),
    )
    return imported
