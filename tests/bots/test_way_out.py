"""A browser repeats a form when a used line dies without an answer; through our relay the portal gets it once."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from playwright.async_api import BrowserContext, Page

from bots.allowed_hosts import AllowedHosts
from bots.browser import BrowserHost
from bots.faults import PageFailed, no_browser_text
from bots.line_talk import EncryptedLine
from bots.way_out import WayOut
from tests.bots.filing_portal import RECEIPT, FilingPortal, Writer, answer, filing_portal, reset

pytestmark = pytest.mark.asyncio(loop_scope="session")

PLAIN = "<form method=post action=/file><button>Submit</button></form>"
ASKS_FIRST = (
    "<button onclick=\"fetch('/check').then((answer) => answer.text()).then(() => "
    "fetch('/file', {method: 'POST', body: 'appeal'}))\">Submit</button>"
)
"""A page whose script asks something on the same line before it files."""


class Anywhere(AllowedHosts):
    """Lets everybody through: what is refused is tested elsewhere."""

    def allows(self, host: str, port: int) -> bool:
        return True


def taking(page: str) -> dict[str, str | Callable[[], str]]:
    return {"/": page, "/check": "fine"}


@pytest_asyncio.fixture(loop_scope="session")
async def portal() -> AsyncIterator[FilingPortal]:
    async with filing_portal() as running:
        running.pages, running.after = taking(PLAIN), reset
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def way_out() -> AsyncIterator[WayOut]:
    async with WayOut(Anywhere(hosts=())) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def relayed(host: BrowserHost, way_out: WayOut) -> AsyncIterator[BrowserContext]:
    context = await host.new_context(proxy=way_out.address)
    yield context
    await context.close()


async def press(page: Page, portal: FilingPortal) -> None:
    """Press, and give the browser the time in which it would try again (it does so within a few milliseconds)."""
    portal.arrived.clear()
    await page.dispatch_event("button", "click")
    async with asyncio.timeout(10):
        await portal.arrived.wait()
    await asyncio.sleep(0.05)


@pytest.mark.browser
@pytest.mark.parametrize("content", [PLAIN, ASKS_FIRST], ids=["a form", "a script"])
async def test_a_browser_alone_files_again_when_the_line_dies(portal: FilingPortal, page: Page, content: str) -> None:
    """What the relay is for. If this fails one day, browsers have changed, and the relay may go."""
    portal.pages = taking(content)
    await page.goto(portal.address)
    await press(page, portal)
    assert portal.filed > 1


@pytest.mark.browser
async def test_a_form_whose_line_dies_reaches_the_portal_once(
    portal: FilingPortal, relayed: BrowserContext, way_out: WayOut
) -> None:
    page = await relayed.new_page()
    await page.goto(portal.address)
    async with way_out.one_press():
        await press(page, portal)
    # The line was one of its own, on which no browser repeats anything, and it is cut all the same.
    assert (portal.filed, way_out.is_cut) == (1, True)
    page = await relayed.new_page()
    with pytest.raises(PageFailed):
        async with no_browser_text():
            await page.goto(portal.address)


@pytest.mark.browser
async def test_a_script_whose_used_line_dies_reaches_the_portal_once_twenty_times(
    portal: FilingPortal, relayed: BrowserContext, way_out: WayOut
) -> None:
    portal.pages = taking(ASKS_FIRST)
    page = await relayed.new_page()
    await page.goto(portal.address)
    for _ in range(20):
        way_out.restore()
        portal.filed = 0
        async with way_out.one_press():
            await press(page, portal)
        assert (portal.filed, way_out.is_cut) == (1, True)


@pytest.mark.browser
async def test_a_press_that_is_answered_leaves_the_line_as_it_was(
    portal: FilingPortal, relayed: BrowserContext, way_out: WayOut
) -> None:
    portal.after = answer
    page = await relayed.new_page()
    await page.goto(portal.address)
    async with way_out.one_press():
        await page.click("button", no_wait_after=True)
        await page.wait_for_selector("h1")
    assert (portal.filed, way_out.is_cut) == (1, False)
    await page.goto(portal.address.replace("127.0.0.1", "localhost"))
    assert await page.inner_text("button") == "Submit"


# The relay alone, by lines of our own


async def line(way_out: WayOut, portal: FilingPortal) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A line through the relay, as a browser asks for one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(way_out.address.rpartition(":")[2]))
    name = b"localhost"
    writer.write(b"\x05\x01\x00\x05\x01\x00\x03" + bytes([len(name)]) + name + portal.port.to_bytes(2))
    said = await reader.readexactly(12)
    if said[3]:
        raise ConnectionRefusedError
    return reader, writer


REQUEST = b"GET / HTTP/1.1\r\nHost: portal\r\nUser-Agent: a browser of some length\r\n\r\n"
FILES = b"POST /file HTTP/1.1\r\nHost: portal\r\nContent-Length: 6\r\nUser-Agent: of some length\r\n\r\nappeal"


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(REQUEST)
    await reader.readuntil(b"</form>")


async def ended(reader: asyncio.StreamReader) -> bool:
    try:
        async with asyncio.timeout(2):
            return not (await reader.read()).startswith(b"HTTP")
    except ConnectionError:
        return True


async def test_a_line_that_nobody_uses_is_ended_before_the_press_and_one_that_waits_is_not(
    portal: FilingPortal, way_out: WayOut
) -> None:
    portal.after = lambda _writer: None
    idle, waiting = await line(way_out, portal), await line(way_out, portal)
    await ask(*idle)
    waiting[1].write(FILES)
    await asyncio.sleep(0.05)
    async with way_out.one_press():
        assert await ended(idle[0])
        assert not waiting[0].at_eof()
    assert not way_out.is_cut


@pytest.mark.parametrize("farewell", [b"", b"\x15\x03\x03\x00\x13" + bytes(19)], ids=["silent", "with a farewell"])
async def test_one_line_that_dies_unanswered_ends_all_others_before_the_browser_can_know(
    portal: FilingPortal, way_out: WayOut, farewell: bytes
) -> None:
    def dies(writer: Writer) -> None:
        writer.write(farewell)
        writer.close()

    portal.after = dies
    async with way_out.one_press():
        pressed, other = await line(way_out, portal), await line(way_out, portal)
        await ask(*pressed)
        await ask(*other)
        pressed[1].write(FILES)
        assert await ended(pressed[0])
        assert await ended(other[0])
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await line(way_out, portal)
    assert (portal.filed, way_out.is_cut) == (1, True)


async def test_a_line_that_died_unanswered_before_the_press_cuts_nothing(portal: FilingPortal, way_out: WayOut) -> None:
    died = await line(way_out, portal)
    died[1].write(FILES)
    assert await ended(died[0])
    async with way_out.one_press():
        pass
    assert not way_out.is_cut


async def test_an_error_in_the_block_cuts_all_lines(portal: FilingPortal, way_out: WayOut) -> None:
    with pytest.raises(TimeoutError):
        async with way_out.one_press():
            opened = await line(way_out, portal)
            raise TimeoutError
    assert await ended(opened[0])
    assert way_out.is_cut


async def test_the_end_of_the_session_leaves_no_line_and_no_listener(portal: FilingPortal) -> None:
    async with WayOut(Anywhere(hosts=())) as way_out:
        opened = await line(way_out, portal)
        port = int(way_out.address.rpartition(":")[2])
    assert await ended(opened[0])
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


# Lines that are encrypted


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for it, in one file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "portal")])
    built = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    built = built.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2050, 1, 1, tzinfo=UTC))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = tmp_path_factory.mktemp("certificate") / "portal.pem"
    path.write_bytes(private + built.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    return path


class Encrypted:
    """A browser's end of an encrypted line, whose last word of the agreement goes out together with its request."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self._writer = reader, writer
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        self._talk = trusting.wrap_bio(self._in, self._out)

    async def agree(self) -> None:
        while True:
            try:
                self._talk.do_handshake()
            except ssl.SSLWantReadError:
                self._writer.write(self._out.read())
                self._in.write(await self.reader.read(65536))
            else:
                return

    async def ask(self, request: bytes, until: bytes) -> None:
        """Send the request, and wait for the end of its answer."""
        self.send(request)
        got = b""
        while not got.endswith(until):
            try:
                got += self._talk.read(65536)
            except ssl.SSLWantReadError:
                self._in.write(await self.reader.read(65536))

    def send(self, request: bytes) -> None:
        self._talk.write(request)
        self._writer.write(self._out.read())


@pytest.fixture(params=[ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["TLS 1.2", "TLS 1.3"])
def encryption(request: pytest.FixtureRequest, certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.minimum_version = context.maximum_version = request.param
    return context


def dies_soon(writer: Writer) -> None:
    """What the portal sent of itself has arrived by then."""
    asyncio.get_running_loop().call_later(0.1, reset, writer)


async def test_what_is_said_to_agree_on_the_encryption_is_no_answer_to_the_press(
    encryption: ssl.SSLContext, way_out: WayOut
) -> None:
    """Nor are the tickets for later lines, with which a portal follows it up at once."""
    async with filing_portal(encryption) as portal:
        portal.after = dies_soon
        async with way_out.one_press():
            pressed = Encrypted(*await line(way_out, portal))
            await pressed.agree()
            pressed.send(FILES)
            assert await ended(pressed.reader)
        assert (portal.filed, way_out.is_cut) == (1, True)


@pytest.mark.parametrize("body", [RECEIPT + "x" * 3000 + "END", "END"], ids=["a page", "a short word"])
async def test_an_encrypted_answer_is_one_although_the_line_ends_after_it(
    encryption: ssl.SSLContext, way_out: WayOut, body: str
) -> None:
    """A short word counts on a line that was used before: the tickets are behind it."""

    def last(writer: Writer) -> None:
        answer(writer, body)
        dies_soon(writer)

    async with filing_portal(encryption) as portal:
        portal.pages, portal.after = taking(PLAIN), last
        async with way_out.one_press():
            pressed = Encrypted(*await line(way_out, portal))
            await pressed.agree()
            if body == "END":
                await pressed.ask(REQUEST, b"</form>")
            await pressed.ask(FILES, b"END")
            await ended(pressed.reader)
        assert (portal.filed, way_out.is_cut) == (1, False)


async def test_a_used_encrypted_line_that_dies_unanswered_cuts_all_others(
    encryption: ssl.SSLContext, way_out: WayOut
) -> None:
    async with filing_portal(encryption) as portal:
        portal.pages, portal.after = taking(PLAIN), dies_soon
        async with way_out.one_press():
            pressed = Encrypted(*await line(way_out, portal))
            await pressed.agree()
            await pressed.ask(REQUEST, b"</form>")
            pressed.send(FILES)
            await ended(pressed.reader)
        assert (portal.filed, way_out.is_cut) == (1, True)


async def test_records_are_told_wherever_they_are_cut() -> None:
    hello, agreed = b"\x16\x03\x01\x00\x03abc", b"\x17\x03\x03\x00\x02ok"
    asks = b"\x17\x03\x03\x00\x64" + bytes(100)
    for size in (1, 2, 7, 300):
        talk = EncryptedLine()
        assert [talk.asked(hello), talk.answered(hello + agreed)] == [0, 0]
        sent = agreed + asks
        assert sum(talk.asked(sent[at : at + size]) for at in range(0, len(sent), size)) == 100
        assert talk.asked(asks[:-1]) == 0
