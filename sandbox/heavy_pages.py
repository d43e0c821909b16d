"""The weight of real portals' pages: a megabyte of script, 300 kB of style and pictures, cached as theirs are.

Everything is made from fixed seeds: the same bytes in every process. The files lie below /assets/, where the faults of
the line leave them alone; their addresses carry a hash of their bytes, and browsers may keep them for a year.
"""

import hashlib
import random
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.side import PortalSide

SCRIPT_BYTES = 1_000_000
STYLE_BYTES = 300_000
PICTURES = 4
FOLDER = "/assets/heavy/"

_ENTRIES = 240
"""Entries of the hidden menu that the script builds on every page."""
_SIDE_PIXELS = 200
_WORK_MODULES = 400
"""Modules that run on every page; the rest of the bundle is there, as in every bundle, and is never called."""

_LONGEST_PIECE = 1500
"""No module and no rule is longer (bytes); what is missing at the end is blank."""

_RUN = """
  for (var number = 0; number < %(run)d; number += 1) { total = (total + parts[number](number)) %% 1000003; }
  var state = JSON.parse(JSON.stringify({ rows: Array.from({ length: 2000 }, function (_, at) {
    return { key: "r" + at, weight: (at * 7919 + total) %% 1009, shown: at %% 3 === 0 };
  }) }));
  state.rows.sort(function (one, other) { return one.weight - other.weight || (one.key < other.key ? -1 : 1); });
  var menu = document.createElement("div");
  menu.hidden = true;
  state.rows.slice(0, %(entries)d).forEach(function (row) {
    var entry = document.createElement("span");
    entry.className = "hp-" + row.weight %% 400 + " hp-entry";
    entry.textContent = row.key;
    menu.append(entry);
  });
  if (document.body.tagName === "BODY") { document.body.append(menu); }
})();
"""


@dataclass(frozen=True)
class HeavyFile:
    """A file that belongs to heavy pages: its address, media type and bytes."""

    address: str
    media_type: str
    content: bytes


@cache
def heavy_files() -> tuple[HeavyFile, ...]:
    """The script, the style sheet and the pictures, in this order."""
    return (
        _file("bundle", "js", "text/javascript; charset=utf-8", _script()),
        _file("theme", "css", "text/css; charset=utf-8", _style()),
        *(_file(f"picture-{number}", "png", "image/png", _picture(number)) for number in range(PICTURES)),
    )


def _file(name: str, kind: str, media_type: str, content: bytes) -> HeavyFile:
    fingerprint = hashlib.sha256(content).hexdigest()[:12]
    return HeavyFile(f"{FOLDER}{name}.{fingerprint}.{kind}", media_type, content)


def _script() -> bytes:
    """A bundle of small modules. Some run on every page, then a sort, a piece of JSON and a hidden menu."""
    end = _RUN % {"run": _WORK_MODULES, "entries": _ENTRIES}
    modules = "(function () {\n  var parts = [], total = 0;\n" + "".join(
        _until(SCRIPT_BYTES - len(end) - _LONGEST_PIECE, _module)
    )
    return _filled(modules, end, SCRIPT_BYTES)


def _module(rng: random.Random) -> str:
    names = [f"v{rng.randrange(1 << 30):x}" for _ in range(6)]
    lines = [f"    var {names[0]} = given + {rng.randrange(1, 9999)}, list = [];"]
    lines += [f"    for (var at = 0; at < {rng.randrange(20, 60)}; at += 1) {{ list.push(({names[0]} * at) % 8191); }}"]
    lines += [
        f"    function {name}(item) {{ return (item ^ {rng.randrange(1 << 16)}) % {rng.randrange(97, 8191)}; }}"
        for name in names[1:]
    ]
    calls = "".join(f".map({name})" for name in names[1:])
    lines += [f"    return list{calls}.reduce(function (sum, item) {{ return sum + item; }}, {rng.randrange(999)});"]
    return "  parts.push(function (given) {\n" + "\n".join(lines) + "\n  });\n"


def _style() -> bytes:
    return _filled("".join(_until(STYLE_BYTES - _LONGEST_PIECE, _rule)), "", STYLE_BYTES)


def _rule(rng: random.Random) -> str:
    def name() -> str:
        return f".hp-{rng.randrange(4000)}"

    selector = rng.choice((f"{name()}", f"{name()} > {name()}", f"div{name()}:hover", f"{name()} {name()} span"))
    colour = f"#{rng.randrange(1 << 24):06x}"
    return (
        f"{selector} {{ color: {colour}; padding: {rng.randrange(24)}px {rng.randrange(24)}px; "
        f"border-radius: {rng.randrange(12)}px; box-shadow: 0 1px {rng.randrange(9)}px {colour}; }}\n"
    )


def _until(length: int, make: Callable[[random.Random], str]) -> Iterator[str]:
    """Pieces until there is so much of them (in characters; the last one may go a little beyond)."""
    rng = random.Random(f"heavy:{make.__name__}")
    made = 0
    while made < length:
        piece = make(rng)
        made += len(piece)
        yield piece


def _filled(begin: str, end: str, length: int) -> bytes:
    """Both parts, with a comment between them so that they have this length in bytes."""
    blank = length - len(begin) - len(end) - 5
    return f"{begin}/*{' ' * blank}*/\n{end}".encode("ascii")


def _picture(number: int) -> bytes:
    """A picture of noise (200 by 200, three colours): some 120 kB that no compression makes smaller."""
    rng = random.Random(f"heavy:picture:{number}")
    rows = b"".join(b"\0" + rng.randbytes(3 * _SIDE_PIXELS) for _ in range(_SIDE_PIXELS))

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", _SIDE_PIXELS, _SIDE_PIXELS, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 6)) + chunk(b"IEND", b"")


@dataclass
class HeavyPages:
    """An ASGI application round a portal's: while `Switches.heavy_pages` is on, its pages bring the files along."""

    portal: ASGIApp
    side: PortalSide
    _by_address: dict[str, HeavyFile] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self.side.switches.now.heavy_pages:
            await self.portal(scope, receive, send)
            return
        if not self._by_address:
            self._by_address = {file.address: file for file in heavy_files()}
        asked = self._by_address.get(scope["path"])
        if asked is not None:
            await self._give(asked, scope, send)
            return
        await self.portal(scope, receive, _Heavier(send))

    async def _give(self, file: HeavyFile, scope: Scope, send: Send) -> None:
        headers = dict(scope["headers"])
        tag = f'"{hashlib.sha256(file.content).hexdigest()[:16]}"'.encode()
        known = headers.get(b"if-none-match", b"") == tag
        agent = headers.get(b"user-agent", b"").decode("latin-1")
        self.side.events.add("heavy_file", agent, path=file.address, bytes=0 if known else len(file.content))
        body = b"" if known else file.content
        answered = [
            (b"content-type", file.media_type.encode()),
            (b"cache-control", b"public, max-age=31536000, immutable"),
            (b"etag", tag),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": 304 if known else 200, "headers": answered})
        await send({"type": "http.response.body", "body": body})


class _Heavier:
    """Sends on what a portal answers; pages of HTML with the files in them, everything else as it is."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            self._start = message
            return
        if self._start is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if message.get("more_body", False):
            return
        body = _heavier(bytes(self._body))
        kept = [header for header in self._start["headers"] if header[0].lower() != b"content-length"]
        await self._send({**self._start, "headers": [*kept, (b"content-length", str(len(body)).encode())]})
        await self._send({"type": "http.response.body", "body": body})


def _is_page(start: Message) -> bool:
    headers = {name.lower(): value for name, value in start["headers"]}
    return headers.get(b"content-type", b"").startswith(b"text/html") and b"content-disposition" not in headers


def _heavier(page: bytes) -> bytes:
    """The page with style and script in its head and the pictures at its end. A frameset has no end for pictures."""
    script, style, *pictures = heavy_files()
    head = f'<link rel="stylesheet" href="{style.address}">\n<script src="{script.address}" defer></script>\n</head>'
    images = "".join(f'<img src="{one.address}" alt="" width="100" height="100">' for one in pictures)
    return page.replace(b"</head>", head.encode(), 1).replace(b"</body>", f"{images}\n</body>".encode(), 1)
