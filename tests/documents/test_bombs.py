"""Files that a portal gives may be bombs: small ones that unpack, repeat or loop to more than any computer holds.

Each row of the tables below is one trick; what comes out is a refusal in our words, or what is whole in the file, in
bounded time and memory, and nothing is written anywhere.
"""

import io
import resource
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf

from documents import eob_pdf_limits
from documents.not_whole import NotWhole
from documents.remittance_files import MOST_MEMBERS, read_remittance_file
from documents.table import FileUnreadable
from documents.xlsx_table import open_xlsx
from tests.documents.eob_forms import labelled, plain_payment
from tests.documents.remittance_files import written

SECONDS = 8.0
"""The computers that run tests are busy; on a quiet one, each row takes less than one."""
MEBIBYTES = 400

READ = written([plain_payment()])
BOMB = 256 << 20
"""What a bomb unpacks to. A larger one comes to the same limits, and only takes longer to make."""


@cache
def packed(times: int = 1) -> bytes:
    """The bomb, packed (so many times over)."""
    if times > 1:
        return zlib.compress(packed(times - 1), 9)
    packing = zlib.compressobj(1)
    piece = bytes(1 << 20)
    return b"".join(packing.compress(piece) for _ in range(BOMB >> 20)) + packing.flush()


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def raw_zip(deflated: bytes, said: int, *, entries: int = 1, name: bytes = b"a.835", method: int = 8) -> bytes:
    """A ZIP file whose list names the same packed bytes so often, and says that they unpack to so many."""
    common = struct.pack("<HHHHHLLLHH", 20, 0, method, 0, 0, 0, len(deflated), said, len(name), 0)
    local = b"PK\x03\x04" + common + name + deflated
    entry = b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHLL", 0, 0, 0, 0, 0) + name
    listed = entry * entries
    count = min(entries, 0xFFFF)
    return local + listed + b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, count, count, len(listed), len(local), 0)


def deflated(zlib_stream: bytes) -> bytes:
    return zlib_stream[2:-4]


ZIPS: dict[str, tuple[Callable[[], bytes], str | None]] = {
    "one member of 256 MiB": (lambda: raw_zip(deflated(packed()), BOMB), "unpacks to more"),
    "a member that says it is small": (lambda: raw_zip(deflated(packed()), 10), "damaged"),
    "a member that says it is 16 EiB": (lambda: raw_zip(deflated(packed()), 0xFFFFFFFE), "unpacks to more"),
    "the same bytes 1,000 times": (
        lambda: raw_zip(deflated(zlib.compress(bytes(1 << 20))), 1 << 20, entries=1000),
        "same bytes",
    ),
    "more members than any": (lambda: raw_zip(b"", 0, entries=MOST_MEMBERS + 1, method=0), "more than"),
    "a million members": (lambda: raw_zip(b"", 0, entries=1_000_000, method=0), "more than"),
    "a ZIP in a ZIP": (lambda: zipped(("a.zip", zipped(("b.835", READ)))), "inside a ZIP"),
    "a ZIP in a ZIP in a ZIP": (lambda: zipped(("a.zip", zipped(("b.zip", zipped(("c", READ)))))), "inside a ZIP"),
    "packed with a way that takes its own memory": (lambda: zipped(("a", READ), how=zipfile.ZIP_LZMA), "not known"),
    "packed with another way": (lambda: zipped(("a", READ), how=zipfile.ZIP_BZIP2), "not known"),
    "a list that points outside": (lambda: raw_zip(b"", 0, method=0)[:-8] + b"\xff" * 8, "damaged"),
    "no member at all": (zipped, "not one file"),
    "a bomb beside a remittance": (
        lambda: zipped(("bomb", bytes(66 << 20)), ("a.835", READ)),
        None,
    ),
}

NAMES = [
    "../../../../portalwright-escaped", "/portalwright-escaped", "C:\\Windows\\system32\\evil.835",
    "..\\..\\evil.835", "CON", "nul.835", "a" * 300, "JANE DOE 1980-01-01.835", "\u202e538.exe", "x\ny.835",
    "<script>alert(1)</script>.835", "=cmd|' /C calc'!A0", "\x1b[2J.835", "~/.ssh/authorized_keys",
    "$(reboot).835", ".",
]  # fmt: skip


def measured(name: str, call: Callable[[], object]) -> None:
    """Run it, and hold it to its bounds. The figures stand in what the test prints."""
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    try:
        call()
    finally:
        taken = time.monotonic() - begun
        unit = 1 if sys.platform == "darwin" else 1024
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * unit / (1 << 20)
        print(f"{name} | {taken:.2f} s | {grown:.0f} MiB")
    assert taken < SECONDS
    assert grown < MEBIBYTES


def refused_or_read(content: bytes, told: str | None) -> None:
    if told is None:
        assert len(read_remittance_file(content).remittances) == 1
        return
    with pytest.raises(NotWhole) as refusal:
        read_remittance_file(content)
    assert told in str(refusal.value)


@pytest.mark.parametrize("trick", ZIPS)
def test_a_zip_bomb_is_refused_in_our_words_and_what_is_whole_beside_it_is_read(trick: str) -> None:
    make, told = ZIPS[trick]
    content = make()
    measured(trick, lambda: refused_or_read(content, told))


def test_no_name_in_a_zip_leads_anywhere_or_is_ever_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    read = read_remittance_file(zipped(*((name, READ) for name in NAMES), *((f"{name} ", b"junk") for name in NAMES)))
    assert len(read.remittances) == len(NAMES)
    assert len(read.unread) == len(NAMES)
    assert not any(name in " ".join(read.unread) for name in NAMES if name != ".")
    assert list(tmp_path.iterdir()) == []
    assert not any((each / "portalwright-escaped").exists() for each in tmp_path.parents)


# PDFs


def saved(pdf: Pdf) -> bytes:
    file = io.BytesIO()
    pdf.save(file, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    return file.getvalue()


def drawing(
    content: bytes,
    filters: object = None,
    resources: Callable[[Pdf], Dictionary] | None = None,
    pages: int = 1,
) -> bytes:
    """A PDF whose pages all draw this."""
    pdf = Pdf.new()
    stream = pdf.make_stream(content)
    if filters is not None:
        stream.Filter = filters
    given = resources(pdf) if resources is not None else Dictionary(Font=Dictionary(F=font()))
    for _ in range(pages):
        page = pdf.add_blank_page()
        page.obj.Contents = stream
        page.obj.Resources = given
    return saved(pdf)


def font() -> Dictionary:
    return Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)


def form(pdf: Pdf, content: bytes, **inner: pikepdf.Object) -> pikepdf.Object:
    stream = pdf.make_stream(content)
    stream.Type, stream.Subtype, stream.BBox = Name.XObject, Name.Form, Array([0, 0, 600, 800])
    stream.Resources = Dictionary(
        Font=Dictionary(F=font()), XObject=Dictionary({f"/{name}": each for name, each in inner.items()})
    )
    return stream


def loop(pdf: Pdf) -> Dictionary:
    one = form(pdf, b"/X Do")
    one.Resources.XObject.X = one
    return Dictionary(XObject=Dictionary(X=one))


def deep(pdf: Pdf) -> Dictionary:
    """Ten forms that each draw the next one ten times."""
    last = form(pdf, b"BT /F 9 Tf (a) Tj ET")
    for _ in range(10):
        last = form(pdf, b"/X Do " * 10, X=last)
    return Dictionary(XObject=Dictionary(X=last))


def mapped(table: bytes) -> Callable[[Pdf], Dictionary]:
    def resources(pdf: Pdf) -> Dictionary:
        inner = Dictionary(
            Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name.A, CIDSystemInfo=Dictionary(
                Registry="Adobe", Ordering="Identity", Supplement=0),
            FontDescriptor=Dictionary(Type=Name.FontDescriptor),
        )  # fmt: skip
        whole = Dictionary(
            Type=Name.Font, Subtype=Name.Type0, BaseFont=Name.A, Encoding=Name("/Identity-H"),
            DescendantFonts=Array([inner]), ToUnicode=pdf.make_stream(b"begincmap\n" + table + b"\nendcmap"),
        )  # fmt: skip
        return Dictionary(Font=Dictionary(F=whole))

    return resources


def widths(*numbers: object) -> Callable[[Pdf], Dictionary]:
    def resources(pdf: Pdf) -> Dictionary:
        given = mapped(b"")(pdf)
        given.Font.F.DescendantFonts[0].W = Array(numbers)
        return given

    return resources


def with_stream(head: bytes, content: bytes) -> bytes:
    """A PDF of one good page, and one more stream that whoever opens the file has to unpack."""
    stream = b"9999 0 obj\n<<" + head + b"/Length %d>>\nstream\n" % len(content) + content + b"\nendstream\nendobj\n"
    good = labelled(plain_payment())
    at = good.rindex(b"startxref")
    return good[:at] + stream + b"startxref\n%d\n%%%%EOF\n" % at


def looped_pages() -> bytes:
    pdf = Pdf.new()
    pdf.add_blank_page()
    pages = pdf.Root.Pages
    pages.Kids.append(pages)
    return saved(pdf)


def deep_pages() -> bytes:
    pdf = Pdf.new()
    page = pdf.add_blank_page()
    inner = page.obj
    for _ in range(3000):
        node = pdf.make_indirect(Dictionary(Type=Name.Pages, Count=1, Kids=Array([inner])))
        inner.Parent = node
        inner = node
    pdf.Root.Pages = inner
    return saved(pdf)


def boxes(many: int) -> bytes:
    return b"".join(b"%d %d 5 5 re S\n" % (n % 600, n // 600) for n in range(many))


TEXT = b"BT /F 9 Tf 1 0 0 1 50 700 Tm (aaaaaaaaaa) Tj ET\n"

PDFS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a page of 256 MiB": (lambda: drawing(packed(), Name.FlateDecode), "unpacks to more"),
    "a page packed twice": (lambda: drawing(packed(2), Array([Name.FlateDecode] * 2)), "unpacks to more"),
    "a page packed three times": (lambda: drawing(packed(3), Array([Name.FlateDecode] * 3)), "unpacks to more"),
    "a page by run lengths": (lambda: drawing(b"\x81a" * 200_000, Name.RunLengthDecode), "unpacks to more"),
    "a page in a way unknown": (lambda: drawing(b"x", Name.DCTDecode), "not known"),
    "objects in 256 MiB": (
        lambda: with_stream(b"/Type/ObjStm/N 1/First 5/Filter/FlateDecode", packed()), "unpacks to more"),
    "the list of objects in 256 MiB": (
        lambda: with_stream(b"/Type/XRef/Size 9/W[1 2 1]/Filter/FlateDecode", packed()), "unpacks to more"),
    "objects that pretend to be a picture": (
        lambda: with_stream(b"/Type/ObjStm/Subtype/Image/N 1/First 5/Filter/FlateDecode", packed()), "unpacks to more"),
    "more letters than a page has": (lambda: drawing(TEXT * 10_000), "draws more"),
    "more pages than any": (lambda: drawing(b"", pages=2001), "more than 2000"),
    "a form that draws itself": (lambda: drawing(b"/X Do", resources=loop), "draw one another"),
    "forms that draw the next one ten times": (lambda: drawing(b"/X Do", resources=deep), "draw one another"),
    "a form drawn a thousand times": (
        lambda: drawing(b"/X Do " * 1000, resources=lambda pdf: Dictionary(
            XObject=Dictionary(X=form(pdf, TEXT * 100)))), "draws more"),
    "a font of 4 thousand million letters": (
        lambda: drawing(TEXT, resources=mapped(b"1 beginbfrange <00000000> <ffffffff> <0041> endbfrange")),
        "more letters than there are"),
    "the same behind a comment": (
        lambda: drawing(TEXT, resources=mapped(b"1 begincidrange <00000000>%>\n<ffffffff> 1 endcidrange")),
        "more letters than there are"),
    "a font of 2 thousand million widths": (
        lambda: drawing(TEXT, resources=widths(0, 2_000_000_000, 500)), "more letters than there are"),
    "pages that hold themselves": (looped_pages, "damaged"),
    "a page with more lines than a table": (lambda: drawing(boxes(4100)), "more lines"),
    "a page with more lines than a picture": (lambda: drawing(boxes(20_001)), "draws more"),
}  # fmt: skip


SLOW = "a page with more lines than a table"


@pytest.mark.parametrize(
    "trick", [pytest.param(each, marks=[pytest.mark.long] if each == SLOW else []) for each in PDFS]
)
def test_a_pdf_bomb_is_refused_in_our_words(trick: str) -> None:
    make, told = PDFS[trick]
    content = make()
    measured(trick, lambda: refused_or_read(content, told))


def test_a_pdf_with_more_text_than_a_payer_writes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eob_pdf_limits, "MOST_LETTERS", 50)
    refused_or_read(drawing(TEXT, pages=6), "more text")


@pytest.mark.parametrize("make", [deep_pages])
def test_an_odd_pdf_comes_to_its_end(make: Callable[[], bytes]) -> None:
    content = make()

    def read() -> None:
        try:
            read_remittance_file(content)
        except NotWhole:
            return

    measured(make.__name__, read)


def test_a_pdf_that_only_looks_like_a_bomb_is_read() -> None:
    """Scans are large: what pictures unpack to is not counted, because nobody unpacks them."""
    pdf = Pdf.open(io.BytesIO(labelled(plain_payment())))
    picture = pdf.make_stream(packed())
    picture.Type, picture.Subtype, picture.Filter = Name.XObject, Name.Image, Name.FlateDecode
    picture.Width, picture.Height, picture.ColorSpace, picture.BitsPerComponent = 16384, 16384, Name.DeviceGray, 8
    pdf.pages[0].obj.Resources.XObject = Dictionary(P=picture)
    content = saved(pdf)
    measured("a picture of 256 MiB", lambda: refused_or_read(content, None))


def test_a_workbook_that_unpacks_to_too_much_is_not_opened(tmp_path: Path) -> None:
    bomb = tmp_path / "work.xlsx"
    bomb.write_bytes(raw_zip(deflated(packed()), 1 << 30, name=b"xl/sharedStrings.xml"))

    def read() -> None:
        with pytest.raises(FileUnreadable, match="unpacks to more"), open_xlsx(bomb):
            pass

    measured("a workbook of 256 MiB", read)
