"""The line in office.toml that names a server: no password in it, no way to another computer in the clear."""

import pytest

from ledger.errors import LedgerAddressWrong
from ledger.postgresql.address import PostgresAddress, read_address


@pytest.mark.parametrize(
    ("line", "address"),
    [
        (
            "postgresql://billing@db.example.com/office",
            PostgresAddress("billing", "db.example.com", 5432, "office", "verify-full"),
        ),
        (
            "postgres://billing@db.example.com:6543/office?sslmode=verify-ca&sslrootcert=/etc/ca.pem",
            PostgresAddress("billing", "db.example.com", 6543, "office", "verify-ca", "/etc/ca.pem"),
        ),
        ("postgresql://b%40x@[::1]:5433/of%20fice", PostgresAddress("b@x", "::1", 5433, "of fice", "prefer")),
        ("postgresql://b@127.0.0.1/o?sslmode=disable", PostgresAddress("b", "127.0.0.1", 5432, "o", "disable")),
        (
            "postgresql://b@/o?host=/var/run/postgresql&passfile=/home/b/.pgpass",
            PostgresAddress("b", "/var/run/postgresql", 5432, "o", "prefer", "", "/home/b/.pgpass"),
        ),
    ],
)
def test_a_line_is_read_and_written_back(line: str, address: PostgresAddress) -> None:
    assert read_address(line) == address
    assert read_address(address.line) == address


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("postgresql://b:canary-pw@db.example.com/o", "holds a password"),
        ("postgresql://b:@db.example.com/o", "holds a password"),
        ("postgresql://b@db.example.com/o?password=canary-pw", "holds a password"),
        *[
            (f"postgresql://b@db.example.com/o?sslmode={mode}", "in the clear")
            for mode in ("disable", "allow", "prefer")
        ],
        ("postgresql://b@10.0.0.7/o?sslmode=prefer", "in the clear"),
        ("postgresql://b@localhost.example.com/o?sslmode=prefer", "in the clear"),
        ("postgresql://b@127.0.0.1/o?host=db.example.com&sslmode=disable", "in the clear"),
        ("postgresql://b@db.example.com/o?sslmode=canary-pw", "sslmode is one of"),
        ("postgresql://b@db.example.com/o?service=canary-pw", "are known"),
        ("postgresql://b@db.example.com/o?sslmode=require&sslmode=disable", "are known"),
        ("postgresql://b@one.example.com,two.example.com/o", "more than one host"),
        ("postgresql://b@db.example.com", "a database"),
        ("postgresql://db.example.com/o", "a user"),
        ("postgresql://b@db.example.com:port/o", "not an address"),
        ("mysql://b@db.example.com/o", "postgresql://"),
        ("postgresql://b@db.example.com/o?sslrootcert=ca.pem", "from the root"),
    ],
)
def test_a_line_that_is_unsafe_or_unclear_is_refused_and_never_repeated(line: str, why: str) -> None:
    with pytest.raises(LedgerAddressWrong, match=why) as refused:
        read_address(line)
    assert "canary-pw" not in str(refused.value)
    assert refused.value.__cause__ is None
