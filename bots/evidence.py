"""What a session keeps of an item: the pages it was decided on and the documents that were fetched, all sealed."""

from collections.abc import Sequence

from bots.engine import PageEngine
from bots.faults import PageFailed, no_browser_text
from bots.picture_marks import bring_into_sight, marks
from flows.portal import Collected
from ledger.documents import Documents, seal
from ledger.evidence import Evidence, EvidenceFile, EvidenceKind
from vault.sealed import SealedStore


class PagesSeen:
    """The pages read for one item, the last look at each view of each page number; in memory until they are sealed.

    A view in a frame is kept as the frame's own document; where an item stopped, the page and its frames are kept.
    """

    def __init__(self) -> None:
        self._pages: dict[tuple[str, int], bytes] = {}
        self._picture: bytes | None = None
        self._marks: bytes | None = None
        self._documents: dict[str, tuple[bytes, Collected]] = {}

    def saw(self, view: str, page: int, html: str) -> None:
        """A view was read; `page` (from 0) is the page of its table."""
        self._pages[view, page] = html.encode()

    def collected(self, content: bytes, document: Collected) -> None:
        """A document was fetched, whole."""
        self._documents[document.sha256] = content, document

    async def take_picture(self, engine: PageEngine, why: str = "stopped", *, deciding: Sequence[str] = ()) -> None:
        """Keep the page that is before us, as text and as a picture, with the places of the `deciding` texts on it.

        Never fails: it is only evidence.
        """
        try:
            for number, markup in enumerate((await engine.markup()).values()):
                self.saw(why, number, markup)
            await bring_into_sight(engine.page, deciding)
            self._marks = await marks(engine.page, deciding)
            async with no_browser_text():
                self._picture = await engine.page.screenshot(type="png", timeout=5000, animations="disabled")
        except PageFailed:
            return

    def seal(self, store: SealedStore) -> Evidence | None:
        """Seal all of it into files under one new key; None when nothing was seen. The files are on the disk then."""
        if not self._pages and self._picture is None:
            return None
        key = store.sealer.new_item_key()
        files = [
            self._seal_one(store, key, EvidenceKind.PAGE, content, view)
            for (view, _page), content in self._pages.items()
        ]
        if self._picture is not None:
            files.append(self._seal_one(store, key, EvidenceKind.PICTURE, self._picture, None))
            if self._marks is not None:
                files.append(self._seal_one(store, key, EvidenceKind.MARKS, self._marks, None))
        return Evidence(wrapped_key=key, files=tuple(files))

    def seal_documents(self, store: SealedStore) -> Documents | None:
        """Seal what was fetched, each under a key of its own; None when nothing was. The files are on the disk then."""
        if not self._documents:
            return None
        return Documents(
            files=tuple(
                seal(store, content, document.kind, remittances=document.remittances, unread=document.unread)
                for content, document in self._documents.values()
            )
        )

    @staticmethod
    def _seal_one(store: SealedStore, key: bytes, kind: EvidenceKind, content: bytes, view: str | None) -> EvidenceFile:
        sealed = store.write(key, content, kind)
        return EvidenceFile(name=sealed.name, sha256=sealed.sha256, size=sealed.size, kind=kind, view=view)
