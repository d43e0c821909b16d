"""What becomes of the public sample files of 835: `python -m tests.documents.samples` prints the table."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from documents.not_read import NotRead
from documents.remittance_835 import remittances
from portalwright.remit_totals import RemitTotals, remit_totals

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "x12" / "835"


@dataclass(frozen=True)
class Sample:
    """A sample file: its payments, and why others were not read."""

    name: str
    totals: tuple[RemitTotals, ...]
    refused: tuple[NotRead, ...]

    @property
    def outcome(self) -> str:
        """The worst that became of a payment in it."""
        if self.refused:
            return "refused"
        if not self.totals:
            return "nothing"
        return "loaded" if all(one.balance.whole for one in self.totals) else "flagged"


def samples() -> Iterator[Sample]:
    """All of them, when they are there."""
    for file in sorted(FOLDER.iterdir()) if FOLDER.is_dir() else ():
        read = list(remittances(file))
        totals = tuple(remit_totals(one) for one in read if not isinstance(one, NotRead))
        yield Sample(file.name, totals, tuple(one for one in read if isinstance(one, NotRead)))


def main() -> None:
    """Print a line for each payment, and how many files ended in which way."""
    found = list(samples())
    sys.stdout.write(
        "| file | outcome | payment | billed | paid | claims | lines | why |\n|---|---|--:|--:|--:|--:|--:|---|\n"
    )
    for sample in found:
        rows = [
            f"{one.payment} | {one.billed} | {one.paid} | {one.claims} | {one.lines} | {_levels(one)}"
            for one in sample.totals
        ]
        rows += [f"| | | | | {one}" for one in sample.refused]
        for row in rows:
            sys.stdout.write(f"| {sample.name} | {sample.outcome} | {row} |\n")
    for outcome in ("loaded", "flagged", "refused", "nothing"):
        sys.stdout.write(f"{outcome}: {sum(sample.outcome == outcome for sample in found)}\n")


def _levels(totals: RemitTotals) -> str:
    return ", ".join(f"{level} does not balance" for level, holds in totals.balance.model_dump().items() if not holds)


if __name__ == "__main__":
    main()
