"""A file of remittances counts whole or not at all; what in a ZIP cannot be read is told by number, never by name."""

import hashlib
import io
import zipfile
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents import remittance_files
from documents.not_whole import NotWhole, PasswordNeeded
from documents.remittance_files import RemittanceFile, read_remittance_file
from flows.remittance import Remittance
from flows.remittance_differences import differences
from tests.documents.eob_forms import claim, labelled, line, payment, plain_payment
from tests.documents.remittance_files import PLAIN, Letters, interchange, segments_of
from tests.documents.test_eob_pdf import picture_pages, protected

pytestmark = pytest.mark.filterwarnings("ignore:Duplicate name")

PASSWORD = "1234567893"


def as_835(*made: Remittance, letters: Letters = PLAIN) -> bytes:
    return interchange([segments_of(each) for each in made], letters).encode()


def as_zip(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return out.getvalue()


def small(trace: str = "T1") -> Remittance:
    return payment(claim(1, line(1, "99213", "99.00", ("CO", "45", "9.00"))), trace=trace)


def traces(read: RemittanceFile) -> list[str]:
    return [each.trace for each in read.remittances]


@pytest.mark.parametrize(
    ("kind", "content"),
    [("835", as_835(small())), ("eob", labelled(small())), ("zip", as_zip(("a.835", as_835(small()))))],
)
def test_what_a_file_is_its_contents_say(kind: str, content: bytes) -> None:
    read = read_remittance_file(content)
    assert (read.kind, traces(read), read.unread) == (kind, ["T1"], ())
    assert (read.sha256, read.size) == (hashlib.sha256(content).hexdigest(), len(content))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"\x00\xffcanary" * 9, "no 835, no PDF and no ZIP"),
        (b"<!doctype html><title>Canary</title>", "web page"),
        (b"Payment number: canary", "no 835, no PDF and no ZIP"),
        (as_835(), "no remittance"),
        (as_835(small()).replace(b"ST*835", b"ST*277"), "no remittance"),
        (as_zip(), "not one file"),
        (as_zip(("readme.txt", b"canary"), ("b.835", b"")), "not one file"),
        (as_zip(("in.zip", as_zip(("a.835", as_835(small()))))), "not one file"),
    ],
)
def test_what_is_no_remittance_is_refused_without_quoting_it(content: bytes, told: str) -> None:
    with pytest.raises(NotWhole, match=told) as refused:
        read_remittance_file(content)
    assert "anary" not in str(refused.value)


@pytest.mark.parametrize("letters", [PLAIN, Letters("|", ">", "\n"), Letters("*", ":", "~", "\r\n")])
def test_an_835_that_breaks_off_anywhere_is_not_whole(letters: Letters) -> None:
    content = as_835(small(), small("T2"), letters=letters)
    assert traces(read_remittance_file(content)) == ["T1", "T2"]
    end = content.rindex(b"IEA")
    for size in (*range(110, end, 97), end, end + 3):
        with pytest.raises(NotWhole):
            read_remittance_file(content[:size])


@pytest.mark.parametrize("make", [lambda: labelled(small()), lambda: as_zip(("a.835", as_835(small())))])
def test_a_pdf_or_zip_that_breaks_off_is_not_whole(make: Callable[[], bytes]) -> None:
    content = make()
    for size in range(60, len(content) - 30, len(content) // 9):
        with pytest.raises(NotWhole):
            read_remittance_file(content[:size])


def test_every_member_of_a_zip_is_read_whatever_it_is_called() -> None:
    read = read_remittance_file(
        as_zip(
            ("2026/", b""),
            ("2026/a.835", as_835(small("T1"))),
            ("2026/a.835", as_835(small("T2"))),
            ("../../etc/passwd", as_835(small("T3"), small("T4"))),
            ("C:\\x\\y.pdf", labelled(small("T5"))),
        )
    )
    assert traces(read) == ["T1", "T2", "T3", "T4", "T5"]
    assert read.unread == ()


def broken(content: bytes, inside: bytes) -> bytes:
    """The ZIP with one byte of a stored member changed."""
    place = content.index(inside)
    return content[:place] + b"#" + content[place + 1 :]


def test_a_member_that_cannot_be_read_is_told_by_its_number_and_the_others_are_read() -> None:
    content = as_zip(
        ("OCANARY.835", as_835(small("T1"))),
        ("OCANARY.835", as_835(small("T2")).replace(b"TRN", b"TRN", 1)),
        ("empty-OCANARY.pdf", b""),
        ("scan.pdf", picture_pages(1)),
        ("note.txt", b"OCANARY"),
        ("half.835", as_835(small("T9"))[:200]),
        ("b.835", as_835(small("T3"))),
        method=zipfile.ZIP_STORED,
    )
    read = read_remittance_file(broken(content, b"T2"))
    assert traces(read) == ["T1", "T3"]
    assert read.unread == (
        "Member 2: it is damaged",
        "Member 3: the file is empty",
        "Member 4: page 1 holds no text, only a picture (a scan?): a person has to read it",
        "Member 5: the file is no 835, no PDF and no ZIP file",
        "Member 6: the 835 breaks off before its end",
    )


def test_a_zip_of_scans_is_whole_and_work_for_a_person() -> None:
    read = read_remittance_file(as_zip(("a.pdf", picture_pages(1))))
    assert (read.remittances, len(read.unread)) == ((), 1)


def test_a_protected_pdf_needs_its_password_in_a_zip_too() -> None:
    content = protected(labelled(small()), "AES-256")
    assert traces(read_remittance_file(content, password=PASSWORD)) == ["T1"]
    assert traces(read_remittance_file(as_zip(("a.pdf", content)), password=PASSWORD)) == ["T1"]
    for shut in (content, as_zip(("a.pdf", content))):
        for password in (None, "canary"):
            with pytest.raises(PasswordNeeded) as told:
                read_remittance_file(shut, password=password)
            assert "canary" not in str(told.value)
    some = read_remittance_file(as_zip(("a.pdf", content), ("b.835", as_835(small("T2")))))
    assert traces(some) == ["T2"]
    assert some.unread == ("Member 1: the PDF is protected, and no password was given",)


def test_a_zip_that_is_protected_itself_asks_for_a_password() -> None:
    # Python writes no protected ZIP files; the mark that says so is enough to be asked.
    content = bytearray(as_zip(("a.835", as_835(small())), method=zipfile.ZIP_STORED))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    for password in (None, "canary"):
        with pytest.raises(PasswordNeeded, match="password"):
            read_remittance_file(bytes(content), password=password)


def test_a_zip_that_unpacks_to_too_much_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = b" " * (3 << 20) + as_835(small())
    read = read_remittance_file(as_zip(("bomb.835", bomb), ("a.835", as_835(small("T2")))))
    assert (traces(read), read.unread) == (["T2"], ("Member 1: it unpacks to more than any remittance",))
    monkeypatch.setattr(remittance_files, "MOST_BYTES", 2000)
    members = [(f"{number}.835", as_835(small(f"T{number}"))) for number in range(9)]
    read = read_remittance_file(as_zip(*members))
    assert 0 < len(read.remittances) < 9
    assert "unpacks to more" in read.unread[-1]
    monkeypatch.setattr(remittance_files, "MOST_MEMBERS", 8)
    with pytest.raises(NotWhole, match="more than 8 files"):
        read_remittance_file(as_zip(*members))


def test_an_835_and_the_eob_of_one_payment_are_both_kept_and_say_the_same() -> None:
    made = plain_payment()
    read = read_remittance_file(as_zip(("a.835", as_835(made)), ("a.pdf", labelled(made))))
    leading, other = read.remittances
    assert (leading.source, other.source, read.unread) == ("835", "eob", ())
    assert differences(leading, other) == differences(other, leading) == ()


def test_nothing_is_written_anywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr("tempfile.tempdir", f"{tmp_path}/there is no such folder")
    content = as_zip(("a.835", as_835(small())), ("b.pdf", protected(labelled(small("T2")), "RC4")))
    assert traces(read_remittance_file(content, password=PASSWORD)) == ["T1", "T2"]


@settings(max_examples=60)
@given(
    st.sampled_from([as_835(small()), labelled(small()), as_zip(("a.835", as_835(small())))]),
    st.lists(st.tuples(st.integers(0, 1 << 16), st.binary(max_size=6)), max_size=4),
)
def test_no_change_of_bytes_breaks_the_reader(content: bytes, changes: Sequence[tuple[int, bytes]]) -> None:
    for somewhere, written in changes:
        place = somewhere % len(content)
        content = content[:place] + written + content[place + len(written) :]
    try:
        read = read_remittance_file(content)
    except NotWhole:
        return
    assert read.size == len(content)
