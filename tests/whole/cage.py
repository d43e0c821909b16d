"""An office with canaries in it, and everything that it showed outside of its seals."""

import base64
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil

from sandbox.one_time_codes import code_for_step, step_at
from sandbox.process import PracticePortal
from tests.canary.forms import written_days
from tests.canary.search import Hit, Search
from tests.whole.office import Commands, Ended, Running

WRONG_PASSWORD = "Kanarienvogel-77!"


@dataclass
class Cage:
    """An office with canaries in it, and everything that was shown outside of its seals."""

    portal: PracticePortal
    office: Commands
    began: datetime
    people: tuple[dict[str, str], ...]
    """Whom the office asks about, in the columns of its work list."""
    more: frozenset[str] = frozenset()
    """Other values that must not be found: numbers of payments, what the office holds of a plan, and such."""
    said: list[Ended] = field(default_factory=list)

    def run(self, *more: str, before: str = "") -> Ended:
        """A run, whose output and processes are searched at the end."""
        ended = self.office.run(*more, before=before)
        self.said.append(ended)
        return ended

    def search(self, documents: Iterable[bytes] = ()) -> Search:
        """Everything that must not be found."""
        values: set[str] = {self.portal.user_name, self.portal.password, self.portal.totp_seed, WRONG_PASSWORD}
        values.add(base64.b32decode(self.portal.totp_seed).hex())
        values |= self.more
        for row in self.people:
            first, last = row["first_name"], row["last_name"]
            numbers = ("member_id", "patient_account_number", "payer_claim_number", "appointment_number")
            values |= {row[number] for number in numbers if number in row}
            values |= {last, first, f"{first} {last}", f"{last}, {first}", f"{last} {first}"}
            values |= set(written_days(row["birth_date"]))
        truth = self.portal.truth()
        for claim in truth["claims"]:
            values |= {claim["payer_claim_number"], claim["patient_account_number"] or ""}
        for member in truth["members"]:
            values |= {member["member_id"], f"{member['last_name']}, {member['first_name']}"}
            values |= set(written_days(member["birth_date"]))
        steps = range(step_at(self.began) - 1, step_at(datetime.now(UTC)) + 2)
        return Search(values, {code_for_step(self.portal.totp_seed, step) for step in steps}, documents)

    def hits(self, documents: Iterable[bytes] = ()) -> list[Hit]:
        """Every canary that got out: into files, output, process arguments, environments, temporary files.

        `documents` are files of payers, no part of which may be found either.
        """
        search = self.search(documents)
        assert search.values > 100
        return self.hits_of(search)

    def hits_of(self, search: Search) -> list[Hit]:
        """Where this search finds something."""
        found = [hit for ended in self.said for hit in said_by(ended, search)]
        roots = (self.office.folder, self.office.home, self.office.temporary)
        return found + [hit for root in roots for hit in lying_in(root, search)]


def said_by(ended: Ended, search: Search) -> list[Hit]:
    """What a command printed, and what its processes showed to everybody on the computer."""
    found = search.hits(ended.out.encode(), "standard output") + search.hits(ended.err.encode(), "standard error")
    for shown in ended.watch.shown:
        found += search.hits(shown, "process arguments and environment")
    for path, content in ended.watch.files.items():
        found += search.hits(content, path)
    return found


def lying_in(root: Path, search: Search) -> list[Hit]:
    """Every byte of every file below the folder, and every name."""
    found = []
    for place, folders, files in os.walk(root):
        for path in (Path(place) / name for name in (*folders, *files)):
            readable = path.is_file() and not path.is_symlink()
            found += search.hits(path.read_bytes() if readable else b"", str(path))
    return found


def gone(running: Running) -> Ended:
    """Kill it, and wait until what it had started is gone too."""
    _, alive = psutil.wait_procs(running.kill(), timeout=10)
    assert alive == []
    return Ended(-9, "", "", running.watch)
