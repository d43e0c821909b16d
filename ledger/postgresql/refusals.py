"""What a PostgreSQL server refuses, in our words: by its five-letter codes, and by its texts while connecting."""

from typing import Any

import psycopg

from ledger.errors import DatabaseRefused, LedgerBusy, LedgerDiskFull, LedgerUnreachable

_GONE = "The database server went away in the middle."
_GO_ON = "when it is back, start again: the work goes on where it stood"
_BY_CODE = {
    "28P01": ("The database server did not accept the password.", "enter the right one (portalwright ledger password)"),
    "28000": ("The database server does not let this user in.", "ask whoever runs the server (its pg_hba.conf)"),
    "3D000": ("The server has no database of this name.", "make it (createdb), or correct office.toml"),
    "42501": (
        "The database server does not allow this user to write there.",
        "make the user the owner of the database",
    ),
    "25006": ("The database server takes no changes now.", "see whether office.toml names a standby server"),
    "53300": ("The database server has no connection left.", "try again later, or raise its max_connections"),
    "57P01": (_GONE, _GO_ON),
    "57P02": (_GONE, _GO_ON),
    "57P03": ("The database server is just starting or stopping.", "try again in a minute"),
    "25P03": ("The database server ended a step that was left standing for a minute.", "start again"),
    "25P04": ("The database server ended a step that took too long.", "start again"),
}
# While connecting there is no code, only a text, in English or in the server's language.
_BY_TEXT = (
    ("password authentication failed", "28P01"),
    ("no password supplied", "28P01"),
    ("no pg_hba.conf entry", "28000"),
    ("role ", "28000"),
    ("too many ", "53300"),
    ("remaining connection slots", "53300"),
    ("starting up", "57P03"),
    ("shutting down", "57P03"),
)
_CONNECTING = ("connection failed", "connection timeout", "failed to resolve host", "could not translate host name")
_TLS = ("ssl", "certificate", "tls")


def translate(error: BaseException) -> DatabaseRefused | None:
    """The ledger's refusal for an error of the driver; None for what is our own mistake."""
    if not isinstance(error, psycopg.Error):
        return None
    match error.sqlstate:
        case "55P03" | "40P01" | "40001":
            return LedgerBusy()
        case "53100" | "58030":
            return LedgerDiskFull()
        case str(code) if code in _BY_CODE:
            return LedgerUnreachable(*_BY_CODE[code])
        case str(code) if not code.startswith("08"):
            return None
    if not isinstance(error, psycopg.OperationalError):
        return None
    return _no_connection(error)


def _no_connection(error: psycopg.OperationalError) -> LedgerUnreachable:
    connection: Any = error.pgconn
    text = str(error).lower()
    if not text.startswith(_CONNECTING) and "connection is bad" not in text:
        return LedgerUnreachable(_GONE, _GO_ON)
    if "database " in text and "does not exist" in text:
        return LedgerUnreachable(*_BY_CODE["3D000"])
    for part, code in _BY_TEXT:
        if part in text:
            return LedgerUnreachable(*_BY_CODE[code])
    if any(word in text for word in _TLS):
        return LedgerUnreachable(
            "There is no encrypted connection to the database server: it offers none, or its certificate is not one "
            "that is trusted here.",
            "have TLS switched on at the server, or name its authority's certificate with sslrootcert in office.toml",
        )
    if connection is not None and connection.used_password:
        return LedgerUnreachable(*_BY_CODE["28P01"])
    return LedgerUnreachable(
        "The database server does not answer.",
        "see whether it runs and can be reached, and whether host and port are right",
    )
