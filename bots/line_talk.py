"""How much of what goes over a line to a portal is request and answer, told from outside, be it encrypted or not.

Of an encrypted line only the outsides of its records are seen (RFC 8446 5.1, RFC 5246 6.2): kind and length. What both
sides say to agree on the encryption is neither request nor answer. From TLS 1.3 on most of that looks like any other
record, so it is told by its place: the portal speaks first there; the browser's first record ends the agreement; and
what the portal may send right after that for later lines (session tickets) comes with the first answer at the latest.
"""

from collections.abc import Iterator
from typing import Protocol

_HANDSHAKE, _CONTENT = 22, 23
_HEAD = 5

_TICKETS = 2048
"""Bytes, generously: a portal sends one to four tickets of about 250 bytes each."""


class Told(Protocol):
    """Counts what goes over one line. Both are given what was read, in its order, wherever it was cut."""

    def asked(self, some: bytes) -> int:
        """How many bytes of requests go out with these."""
        ...

    def answered(self, some: bytes) -> int:
        """How many bytes of answers come back with these."""
        ...


def is_encrypted(first: bytes) -> bool:
    """Do these first bytes of a browser begin an encrypted line?"""
    return first[:1] == bytes([_HANDSHAKE])


class PlainLine:
    """A line on which everything is request or answer."""

    def asked(self, some: bytes) -> int:
        return len(some)

    def answered(self, some: bytes) -> int:
        return len(some)


class EncryptedLine:
    """A TLS line: only whole records of content count, since a browser cannot read a part of one."""

    def __init__(self) -> None:
        self._out = _Records()
        self._back = _Records()
        self._portal_spoke_first = False
        self._agreed = False
        self._tickets_left = 0
        """Bytes that may still be tickets."""

    def asked(self, some: bytes) -> int:
        size = 0
        for length in self._out.content(some):
            if not self._agreed and self._portal_spoke_first:
                # The browser's last word of the agreement.
                self._tickets_left = _TICKETS
            else:
                size += length
                if self._tickets_left < _TICKETS:
                    # What came since were the tickets, or an answer behind them.
                    self._tickets_left = 0
            self._agreed = True
        return size

    def answered(self, some: bytes) -> int:
        size = 0
        for length in self._back.content(some):
            if not self._agreed:
                self._portal_spoke_first = True
                continue
            ticket = min(length, self._tickets_left)
            self._tickets_left -= ticket
            size += length - ticket
        return size


class _Records:
    """The records that go one way."""

    def __init__(self) -> None:
        self._head = b""
        self._left = 0

    def content(self, some: bytes) -> Iterator[int]:
        """The lengths of the records of content that end with these bytes."""
        while some:
            if len(self._head) < _HEAD:
                taken = _HEAD - len(self._head)
                self._head, some = self._head + some[:taken], some[taken:]
                if len(self._head) < _HEAD:
                    return
                self._left = int.from_bytes(self._head[3:])
            taken = min(self._left, len(some))
            self._left, some = self._left - taken, some[taken:]
            if self._left == 0:
                if self._head[0] == _CONTENT:
                    yield int.from_bytes(self._head[3:])
                self._head = b""
