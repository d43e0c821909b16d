"""Where the ledger's PostgreSQL server is: the one line in office.toml, read strictly.

The line never holds a password, and the way to another computer is encrypted or it is refused.
"""

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from ledger.errors import LedgerAddressWrong

DEFAULT_PORT = 5432
_ENCRYPTED = ("require", "verify-ca", "verify-full")
_NOT_SURELY_ENCRYPTED = ("disable", "allow", "prefer")
_PARAMETERS = ("host", "sslmode", "sslrootcert", "passfile")


@dataclass(frozen=True)
class PostgresAddress:
    """A database of a PostgreSQL server. `host` is a name, a number, or the absolute folder of a local socket.

    `sslmode`, `sslrootcert` and `passfile` mean what they mean to PostgreSQL's own programs; "" is their default.
    """

    user: str
    host: str
    port: int
    database: str
    sslmode: str
    sslrootcert: str = ""
    passfile: str = ""

    @property
    def is_local(self) -> bool:
        """Does nothing leave this computer on the way to the server?"""
        return _is_local(self.host)

    @property
    def line(self) -> str:
        """The address as it stands in office.toml."""
        extra = {name: getattr(self, name) for name in ("sslmode", "sslrootcert", "passfile")}
        host = f"[{self.host}]" if ":" in self.host else self.host
        if self.host.startswith("/"):
            host, extra = "", {"host": self.host, **extra}
        query = urlencode({name: value for name, value in extra.items() if value}, safe="/", quote_via=quote)
        return f"postgresql://{quote(self.user, safe='')}@{host}:{self.port}/{quote(self.database, safe='')}?{query}"

    def __str__(self) -> str:
        """For messages: which database at which place."""
        place = f"the socket in {self.host}" if self.host.startswith("/") else f"{self.host}:{self.port}"
        return f"database {self.database!r} at {place}"


def read_address(line: str) -> PostgresAddress:
    """The address in `postgresql://user@host:5432/database?sslmode=verify-full`; raises LedgerAddressWrong.

    Without `sslmode` it is "verify-full", and "prefer" for a server on this computer.
    """
    try:
        parts = urlsplit(line)
        port = parts.port or DEFAULT_PORT
    except ValueError:
        raise LedgerAddressWrong("it is not an address") from None
    if parts.scheme not in {"postgresql", "postgres"} or parts.fragment:
        raise LedgerAddressWrong("it must begin with postgresql://")
    query = dict(pairs := parse_qsl(parts.query, keep_blank_values=True))
    if parts.password is not None or "password" in query:
        raise LedgerAddressWrong(
            "it holds a password, which never stands in office.toml: take it out, and enter it with "
            "`portalwright ledger password` or keep it in a passfile"
        )
    if len(query) != len(pairs) or not set(query) <= set(_PARAMETERS):
        raise LedgerAddressWrong(f"behind the question mark only {', '.join(_PARAMETERS)} are known, each once")
    host = query.get("host") or unquote(parts.hostname or "")
    database = unquote(parts.path.removeprefix("/"))
    if not parts.username or not host or not database or "/" in database:
        raise LedgerAddressWrong("a user, a host and a database are needed: postgresql://user@host:5432/database")
    if "," in host:
        raise LedgerAddressWrong("it names more than one host")
    sslmode = query.get("sslmode") or ("prefer" if _is_local(host) else "verify-full")
    if sslmode not in _ENCRYPTED + _NOT_SURELY_ENCRYPTED:
        raise LedgerAddressWrong(f"sslmode is one of {', '.join(_ENCRYPTED)}")
    if sslmode in _NOT_SURELY_ENCRYPTED and not _is_local(host):
        raise LedgerAddressWrong(
            f"with sslmode={sslmode} patients' data could cross the network in the clear; use verify-full (the server "
            "must show a certificate that you trust), or require"
        )
    return PostgresAddress(
        user=unquote(parts.username),
        host=host,
        port=port,
        database=database,
        sslmode=sslmode,
        sslrootcert=_file(query.get("sslrootcert", "")),
        passfile=_file(query.get("passfile", "")),
    )


def _is_local(host: str) -> bool:
    if host.startswith("/") or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _file(text: str) -> str:
    if text and text != "system" and not Path(text).is_absolute():
        raise LedgerAddressWrong("sslrootcert and passfile are files, named from the root of the disk")
    return text
