"""How a command ended, as a number that scripts can act on; the one table for help, documentation and tests."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the shell gets. A person gets one or two sentences as well."""

    FINE = 0
    NEEDS_PERSON = 1
    USAGE = 2
    OFFICE = 3
    VAULT = 4
    LEDGER = 5
    NOT_PERMITTED = 6
    STOPPED = 7
    NO_BROWSER = 8
    LATER = 9
    NOT_WANTED = 10
    STUCK = 11
    LATE = 12
    NO_WORKER = 13
    DEFECT = 70
    """As in sysexits.h, EX_SOFTWARE."""
    INTERRUPTED = 130
    """As shells do it: 128 and the number of the signal of Ctrl-C."""

    @property
    def meaning(self) -> str:
        """One line for the help and the documentation."""
        return _MEANINGS[self]


_MEANINGS = {
    ExitCode.FINE: "everything was done",
    ExitCode.NEEDS_PERSON: "done, and something in it needs a person: rows left out, a check that found faults",
    ExitCode.USAGE: "the command was not understood",
    ExitCode.OFFICE: "the office folder, its office.toml, a pack or a file cannot be used",
    ExitCode.VAULT: "the vault or its key refused",
    ExitCode.LEDGER: "the ledger refused",
    ExitCode.NOT_PERMITTED: "the permission register does not allow it",
    ExitCode.STOPPED: "the portal or the credential stands still until a person closes a case",
    ExitCode.NO_BROWSER: "there is no browser that works",
    ExitCode.LATER: "another process works on the same, or the portal is down or closed; try again later",
    ExitCode.NOT_WANTED: "a one-time code that no run waits for, or no longer",
    ExitCode.STUCK: "a session makes no step for much longer than questions take",
    ExitCode.LATE: "the night's work will not be done in time, or questions with a near deadline were not asked",
    ExitCode.NO_WORKER: "no `portalwright worker` is at work",
    ExitCode.DEFECT: "our own mistake; the log holds the trace",
    ExitCode.INTERRUPTED: "ended by Ctrl-C, cleanly",
}


def table() -> str:
    """All codes, one a line, for the end of `portalwright --help`."""
    return "\n".join(f"{code.value:>4}  {code.meaning}" for code in ExitCode)
