"""Secrets are asked for without echo, twice when they are new, and a line each when they come from a program."""

import getpass
import io
from collections.abc import Iterator

import pytest

from portalwright.cli.asking import Asking, NotAsked
from vault.secret import Secret


def typed(monkeypatch: pytest.MonkeyPatch, *entries: str) -> None:
    answers: Iterator[str] = iter(entries)

    def ask(_prompt: str, stream: object = None) -> str:
        try:
            return next(answers)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr(getpass, "getpass", ask)


def test_lines_are_taken_in_order_and_a_blank_one_is_none() -> None:
    asking = Asking(io.StringIO("one\r\n two \n\nfour"))
    assert asking.secret("first") == Secret("one")
    assert asking.secret("second", twice=True) == Secret(" two ")
    assert asking.maybe_secret("third") is None
    assert asking.secret("fourth") == Secret("four")
    with pytest.raises(NotAsked, match="No fifth was given"):
        asking.secret("fifth")


def test_a_new_secret_is_typed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "same", "same")
    assert Asking().secret("password", twice=True) == Secret("same")


@pytest.mark.parametrize("entries", [("one", "other"), ("one", ""), ("one",)])
def test_two_entries_that_differ_seal_nothing(monkeypatch: pytest.MonkeyPatch, entries: tuple[str, ...]) -> None:
    typed(monkeypatch, *entries)
    with pytest.raises(NotAsked, match="differ") as refused:
        Asking().secret("password", twice=True)
    assert "one" not in str(refused.value)


def test_what_is_no_terminal_is_read_as_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("from a program\n"))
    assert Asking.of(from_stdin=False).secret("passphrase") == Secret("from a program")
