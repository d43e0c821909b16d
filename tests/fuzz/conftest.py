"""The browser of the tests of `bots`, for the pages that are spoilt in it."""

from tests.bots.conftest import browser, context, engine, host, page

__all__ = ["browser", "context", "engine", "host", "page"]
