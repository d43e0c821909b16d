"""Files that are too long to be held in memory: sent piece by piece, each asked of the ledger when its turn comes."""

from collections.abc import AsyncIterator, Callable

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse


def streamed(next_piece: Callable[[], bytes], name: str, content_type: str) -> StreamingHttpResponse:
    """A download of this neutral name. `next_piece` gives the next bytes, b"" at the end; it may ask the ledger."""
    return StreamingHttpResponse(
        _pieces(next_piece),
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def _pieces(next_piece: Callable[[], bytes]) -> AsyncIterator[bytes]:
    asked = sync_to_async(next_piece)
    while piece := await asked():
        yield piece
