"""What the line says of a file is believed only where it agrees with itself."""

import asyncio
import base64
from typing import Any

import pytest

from bots import downloads
from bots.downloads import Awaited, Broken, Came, Given


class Line:
    """Stands for the browser's word about one answer, as its protocol has it."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.given = 0

    async def send(self, method: str, _arguments: dict[str, Any] | None = None) -> dict[str, Any]:
        match method:
            case "Target.getTargets":
                return {"targetInfos": [{"targetId": "window", "browserContextId": "ours"}]}
            case "Fetch.takeResponseBodyAsStream":
                return {"stream": "1"}
            case "IO.read":
                self.given, piece = self.given + 2, self.content[self.given : self.given + 2]
                return {"data": base64.b64encode(piece).decode(), "base64Encoded": True, "eof": not piece}
            case _:
                return {}

    async def detach(self) -> None:
        """Nothing."""


async def came(content: bytes, *headers: tuple[str, str]) -> Came:
    line: Any = Line(content)
    awaited = Awaited(line, line, "ours", errors_too=True)
    said = [{"name": name, "value": value} for name, value in (("Content-Type", "application/pdf"), *headers)]
    awaited.paused({"requestId": "1", "frameId": "window", "responseStatusCode": 200, "responseHeaders": said})
    async with asyncio.timeout(1):
        await awaited.begun()
    answer = await awaited.came(1)
    await awaited.end()
    return answer


@pytest.mark.parametrize(
    ("headers", "whole"),
    [
        ([("Content-Length", "4")], True),
        ([], True),
        ([("Content-Length", "5")], False),
        ([("content-length", "3")], False),
        # The length of what was packed for the way says nothing of what was unpacked.
        ([("Content-Length", "3"), ("Content-Encoding", "gzip")], True),
    ],
)
async def test_a_file_has_the_length_that_was_announced(headers: list[tuple[str, str]], *, whole: bool) -> None:
    assert await came(b"%PDF", *headers) == (Given(b"%PDF") if whole else Broken())


async def test_a_file_larger_than_any_payer_gives_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "MOST_BYTES", 3)
    assert await came(b"%PDF") == Broken(too_large=True)
    assert await came(b"%PDF", ("Content-Length", "4")) == Broken(too_large=True)


async def test_a_file_without_end_is_let_go_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "MOST_BYTES", 7)
    line: Any = Line(b"%PDF" * 1000)
    awaited = Awaited(line, line, "ours", errors_too=True)
    kind = [{"name": "Content-Type", "value": "application/pdf"}]
    awaited.paused({"requestId": "1", "frameId": "window", "responseStatusCode": 200, "responseHeaders": kind})
    assert await awaited.came(1) == Broken(too_large=True)
    assert line.given == 8
    await awaited.end()


async def test_what_does_not_come_to_its_end_in_time_is_broken() -> None:
    line: Any = Line(b"")
    assert await Awaited(line, line, "ours", errors_too=True).came(0.01) == Broken()
