"""The documents that are fetched and parsed inside a signed-in page, as the page engine sees them."""

from collections.abc import Mapping
from typing import Any

from playwright.async_api import Frame as PlaywrightFrame

from bots.engine import PageEngine
from bots.frames import Documents
from bots.page_script import HOLDER
from packs.models import Frame


class NotRead(Exception):
    """Direct reading has come to what it does not take. Nothing of it counts: the page is opened instead.

    Holds a few words of ours, and none of the page's.
    """


class FetchedDocuments(Documents):
    """The document that was fetched last. It has no frames: what a portal shows in frames is opened."""

    root = f"{HOLDER}.fetched()"

    @classmethod
    def inside(cls, opened: PageEngine) -> "FetchedDocuments":
        """Those that are fetched from inside this page, by the script that it has already."""
        return cls(opened.page, opened.documents.session, None)

    def know(self, frames: Mapping[str, Frame]) -> None:
        """Nothing: frames are opened."""

    def frame(self, name: str | None) -> PlaywrightFrame | None:
        """The page itself, and no frame of it."""
        return super().frame(None) if name is None else None

    async def ask(self, call: str, argument: str) -> Any:
        """One call of the script, in the document that was fetched last. Raises NotRead where it went away."""
        answer = await self.call(None, call, argument)
        if answer is None:
            raise NotRead("the page went away")
        return answer
