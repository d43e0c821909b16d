"""`python -m sandbox serve practice-national`: run a practice portal until it is told to stop, or write its files."""

import argparse
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from sandbox.portals.registry import PORTALS
from sandbox.quirks import LEVELS, QuirkRefused
from sandbox.serve import serve


def quirk_setting(text: str) -> tuple[str, float]:
    """Read NAME=0.2."""
    name, _, number = text.partition("=")
    return name, float(number)


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and serve or write; returns the process's exit code."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="Practice payer portals.")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="serve one practice portal on 127.0.0.1 until stopped")
    _ledger_arguments(serving)
    serving.add_argument("--port", type=int, default=0, help="the portal's port; 0 picks a free one")
    serving.add_argument("--control-port", type=int, default=0, help="the control side's port; 0 picks one")
    serving.add_argument(
        "--quirk",
        type=quirk_setting,
        action="append",
        default=[],
        metavar="NAME=0.2",
        help="how probable a quirk is; may be given again",
    )
    serving.add_argument(
        "--level", choices=LEVELS, default="none", help="quirks as often as in the field, or ten times"
    )
    serving.add_argument("--layout", type=int, choices=(1, 2, 3, 4), default=1, help="the version of the pages")
    serving.add_argument(
        "--exit-with-stdin", action="store_true", help="stop when standard input closes (the parent is gone)"
    )
    writing = commands.add_parser("files", help="write what reaches the office as files: CSV, 835, PDF, 999, 277CA")
    _ledger_arguments(writing)
    writing.add_argument("folder", type=Path, help="where to write; made when it is not there")
    given = parser.parse_args(arguments)
    if given.command == "files":
        _write(given)
        return 0
    try:
        serve(
            given.portal,
            port=given.port,
            control_port=given.control_port,
            seed=given.seed,
            claims=given.claims,
            appointments=given.appointments,
            today=given.today,
            quirks=dict(given.quirk),
            level=given.level,
            layout=given.layout,
            exit_with_stdin=given.exit_with_stdin,
        )
    except QuirkRefused as refusal:
        parser.error(str(refusal))
    return 0


def _ledger_arguments(parser: argparse.ArgumentParser) -> None:
    """What decides the truth ledger."""
    parser.add_argument("portal", choices=sorted(PORTALS))
    parser.add_argument("--seed", type=int, default=7, help="the same seed gives the same patients and claims")
    parser.add_argument("--claims", type=int, default=60, help="rows in the office's work list")
    parser.add_argument("--appointments", type=int, default=20, help="visits that the office asks coverage for")
    parser.add_argument("--today", type=date.fromisoformat, help="the portal's date, YYYY-MM-DD")


def _write(given: argparse.Namespace) -> None:
    from sandbox.office_files import write_files
    from sandbox.truth.generator import make_truth

    today = given.today or datetime.now(UTC).date()
    write_files(make_truth(given.seed, given.claims, today, given.portal, given.appointments), given.folder)


if __name__ == "__main__":
    sys.exit(main())
