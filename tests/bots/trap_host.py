"""A host that no session may reach, and a page that tries every way there that a page has."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

NAMED = "trap.example.com"
"""A host beside the trap that has only a name: whoever looks it up asks somebody outside."""


@dataclass
class Trap:
    """What came to it: the path of each request, `line` for one without, `datagram` for each datagram."""

    port: int = 0
    datagrams: int = 0
    came: list[str] = field(default_factory=list)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readline()
        words = asked.decode(errors="replace").split(" ")
        self.came.append(words[1].partition("?")[0] if len(words) > 1 else "line")
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nAccess-Control-Allow-Origin: *\r\nConnection: close\r\n\r\n"
        )
        writer.close()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, trap: Trap) -> None:
        self._trap = trap

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._trap.came.append("datagram")


@asynccontextmanager
async def trap_host() -> AsyncIterator[Trap]:
    """The trap, listening on this computer for lines and for datagrams."""
    trap = Trap()
    server = await asyncio.start_server(trap._serve, "127.0.0.1", 0)
    trap.port = server.sockets[0].getsockname()[1]
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _Datagrams(trap), local_addr=("127.0.0.1", 0)
    )
    trap.datagrams = transport.get_extra_info("sockname")[1]
    try:
        yield trap
    finally:
        transport.close()
        server.close()
        await server.wait_closed()


GOES = {
    "a picture": "<img src=TRAP/picture>",
    "a script": "<script src=TRAP/script></script>",
    "a style sheet": "<link rel=stylesheet href=TRAP/sheet>",
    "an imported style": "<style>@import url(TRAP/import);</style>",
    "a picture of a style": "<style>p{background:url(TRAP/background)}</style>",
    "a font": "<style>@font-face{font-family:f;src:url(TRAP/font)} p{font-family:f}</style>",
    "a frame": "<iframe src=TRAP/frame></iframe>",
    "an object": "<object data=TRAP/object></object>",
    "an embed": "<embed src=TRAP/embed>",
    "a film": "<video src=TRAP/film preload=auto></video>",
    "a sound": "<audio src=TRAP/sound preload=auto></audio>",
    "a picture in a drawing": "<svg><image href=TRAP/drawing /></svg>",
    "a prefetched page": "<link rel=prefetch href=TRAP/prefetch>",
    "a preloaded script": "<link rel=preload as=script href=TRAP/preload>",
    "a preloaded module": "<link rel=modulepreload href=TRAP/module>",
    "a form": "<form id=form method=post target=form action=TRAP/form><input name=member value=M1></form>"
    "<iframe name=form></iframe><script>document.getElementById('form').submit()</script>",
    "fetch": "<script>fetch('TRAP/fetch', {mode: 'no-cors', method: 'POST', body: 'M1'}).catch(() => 0)</script>",
    "a fetch that outlives the page": "<script>fetch('TRAP/outlives', {mode: 'no-cors', keepalive: true})"
    ".catch(() => 0)</script>",
    "XMLHttpRequest": "<script>x = new XMLHttpRequest(); x.open('GET', 'TRAP/xhr'); x.send()</script>",
    "a beacon": "<script>navigator.sendBeacon('TRAP/beacon', 'M1')</script>",
    "a web socket": "<script>new WebSocket('TRAP/socket'.replace('http', 'ws'))</script>",
    "an event stream": "<script>new EventSource('TRAP/events')</script>",
    "a worker": "<script>new Worker('/worker')</script>",
    "a shared worker": "<script>new SharedWorker('/shared')</script>",
    "a window": "<script>window.open('TRAP/window')</script>",
    "a redirection": "<img src=/redirection>",
    "a report of the page's policy": "<!-- sent by the headers: /policy -->",
    "a preload header": "<!-- sent by the headers: /header -->",
}
"""Ways that lead out of a browser of ours that has no wall: each asks the trap for a path of its own."""

PATHS = {
    "a picture": "picture", "a script": "script", "a style sheet": "sheet", "an imported style": "import",
    "a picture of a style": "background", "a font": "font", "a frame": "frame", "an object": "object",
    "an embed": "embed", "a film": "film", "a sound": "sound", "a picture in a drawing": "drawing",
    "a prefetched page": "prefetch", "a preloaded script": "preload", "a preloaded module": "module", "a form": "form",
    "fetch": "fetch", "a fetch that outlives the page": "outlives", "XMLHttpRequest": "xhr", "a beacon": "beacon",
    "a web socket": "socket", "an event stream": "events", "a worker": "worker", "a shared worker": "shared",
    "a window": "window", "a redirection": "redirection", "a report of the page's policy": "policy",
    "a preload header": "header",
}  # fmt: skip

STAYS = {
    "a ping": "<a id=ping href='javascript:void 0' ping=TRAP/ping>x</a><script>document.getElementById('ping').click()"
    "</script>",
    "a service worker": "<script>try { navigator.serviceWorker.register('/service').catch(() => 0) } catch {}</script>",
    "web transport": "<script>try { new WebTransport('TRAP/transport'.replace('http', 'https')).ready.catch(() => 0) }"
    " catch {}</script>",
    "media streams": "<script>c = new RTCPeerConnection({iceServers: [{urls: 'stun:127.0.0.1:DATAGRAMS'}, "
    "{urls: 'turn:127.0.0.1:PORT?transport=tcp', username: 'u', credential: 'c'}]}); c.createDataChannel('d'); "
    "c.createOffer().then((offer) => c.setLocalDescription(offer))</script>",
    "a preconnection": "<link rel=preconnect href=TRAP>",
    "a name looked up ahead": f"<link rel=dns-prefetch href=//{NAMED}>",
    "a host with a name": f"<img src=http://{NAMED}/named>",
    "an icon": "<link rel=icon href=TRAP/icon>",
    "a manifest": "<link rel=manifest href=TRAP/manifest>",
    "subtitles": "<video><track default src=TRAP/subtitles></video>",
    "a drawing used": "<svg><use href=TRAP/use#part /></svg>",
    "a source map": "<script>1\n//# sourceMappingURL=TRAP/map\n</script>",
}
"""Ways that a browser of ours does not go even without the wall, by its build, its switches or its other settings."""

TOP = {
    "the whole window": "<script>location = 'TRAP/whole'</script>",
    "a refresh": "<meta http-equiv=refresh content='0;url=TRAP/refresh'>",
    "a form of the whole window": "<form method=post action=TRAP/posted></form><script>document.forms[0].submit()"
    "</script>",
    "a download": "<a href=TRAP/download download>x</a><script>document.querySelector('a').click()</script>",
}
"""Ways by which the window itself goes away."""


def page_of(ways: Mapping[str, str], trap: Trap) -> str:
    """A page that tries these ways, and says so when it has tried them."""
    return _filled("<!doctype html><p>Portal</p>" + "".join(ways.values()), trap)


def worker(path: str, trap: Trap) -> str:
    """A worker's script, which asks the trap by itself."""
    return _filled(f"fetch('TRAP{path}', {{mode: 'no-cors'}}).catch(() => 0)", trap)


def headers(trap: Trap) -> str:
    """Header lines of a page that make a browser call the trap."""
    return _filled(
        "200 OK\r\nContent-Security-Policy-Report-Only: default-src 'self'; report-uri TRAP/policy\r\n"
        "Link: <TRAP/header>; rel=preload; as=image",
        trap,
    )


def _filled(text: str, trap: Trap) -> str:
    return (
        text.replace("TRAP", f"http://127.0.0.1:{trap.port}")
        .replace("DATAGRAMS", str(trap.datagrams))
        .replace("PORT", str(trap.port))
    )
