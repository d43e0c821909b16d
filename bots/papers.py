"""The documents that go with an appeal, opened for the moment in which they are handed to the portal."""

from typing import Protocol


class Papers(Protocol):
    """Opens what the office attached to its appeals. Called in the ledger's thread."""

    def content(self, sha256: str) -> bytes:
        """The document with this checksum (hex), as it is to be sent. Raises a LedgerError when there is none."""
        ...
