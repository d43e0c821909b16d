"""The soak's excerpt drives the same browser as the tests of `bots`."""

from tests.bots.conftest import browser, host

__all__ = ["browser", "host"]
