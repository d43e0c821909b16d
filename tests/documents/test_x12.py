"""Segments come out whole, with their own separators, whatever happened to the file on its way."""

import re
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents import x12
from documents.x12 import is_x12, other_form, segments

ISA = "ISA*00*          *00*          *ZZ*SUBMITTER      *ZZ*RECEIVER       *260101*1200*^*00501*000000001*0*P*:~"
BODY = (
    "GS*HC*A*B*20260101*1200*1*X*005010X222A1~ST*837*0001*005010X222A1~NM1*IL*1*CANARY*ZEPHYRINE****MI*QZX1~"
    "CLM*A1*100***11:B:1*Y~SE*4*0001~GE*1*1~IEA*1*000000001~"
)
IDS = ["ISA", "GS", "ST", "NM1", "CLM", "SE", "GE", "IEA"]


def with_separators(text: str, element: str, component: str, terminator: str) -> str:
    return text.translate({ord("*"): element, ord(":"): component, ord("~"): terminator})


def ids(content: bytes) -> list[str]:
    return [segment.id for segment in segments(content)]


@pytest.mark.parametrize(
    "content",
    [
        ISA + BODY,
        (ISA + BODY).replace("~", "~\r\n"),
        (ISA + BODY).replace("~", "\n"),
        (ISA + BODY).replace("~", "\r\n"),
        (ISA + BODY).replace("~", "\r"),
        (ISA + BODY).replace("~", "\n~"),
        "\r\n".join(re.findall(".{1,80}", ISA + BODY)),
        with_separators(ISA + BODY, "|", ">", "'"),
        with_separators(ISA + BODY, "~", "^", "_"),
        "Dear Dana,\nhere is ISA and the batch\n\n" + ISA + BODY,
        "\ufeff" + ISA + BODY,
        ISA.replace(" ", "") + BODY,
        ISA + BODY + "\r\n\r\n~~",
        BODY,
        BODY.replace("~", "~\r\n"),
    ],
    ids=[
        "plain", "lines", "terminated by LF", "by CR LF", "by CR", "lines before", "wrapped", "others", "swapped",
        "preface", "mark", "short ISA", "tail", "no ISA", "no ISA in lines",
    ],
)  # fmt: skip
def test_a_file_is_read_however_it_was_wrapped(content: str) -> None:
    read = [(segment.id, segment.elements) for segment in segments(content.encode()) if segment.id != "ISA"]
    assert read == [(segment.id, segment.elements) for segment in segments((ISA + BODY).encode())][1:]
    assert [segment_id for segment_id, _ in read] == IDS[1:]
    assert ("CLM", ("A1", "100", "", "", ("11", "B", "1"), "Y")) in read
    assert is_x12(content.encode())


def test_a_second_interchange_has_its_own_separators() -> None:
    content = ISA + BODY + "\n" + with_separators(ISA + BODY.replace("A1*100", "A2*7"), "|", ">", "\n") + ISA + BODY
    read = list(segments(content.encode()))
    assert [segment.id for segment in read] == IDS * 3
    assert [segment.element(1) for segment in read if segment.id == "CLM"] == ["A1", "A2", "A1"]
    assert [segment.component(5, 2) for segment in read if segment.id == "CLM"] == ["B"] * 3
    assert [segment.number for segment in read] == list(range(1, 25))


def test_a_file_longer_than_a_window_is_read_as_if_it_were_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    claims = "".join(f"CLM*A{number}*{number}***11:B:1*Y~\r\n" for number in range(500))
    content = (ISA + BODY.replace("CLM*A1*100***11:B:1*Y~", claims)).encode()
    whole = [(segment.number, segment.id, segment.elements) for segment in segments(content)]
    for window in (37, 106, 1000, 4096):
        monkeypatch.setattr(x12, "_WINDOW", window)
        assert [(segment.number, segment.id, segment.elements) for segment in segments(content)] == whole


def test_an_open_file_is_searched_and_cut_like_its_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"a preface, an I, an IS, an ISA and another ISA"
    for window in (1, 2, 3, 5, 8):
        monkeypatch.setattr(x12, "_WINDOW", window)
        file = x12.FileBytes(BytesIO(content))
        for start in range(len(content)):
            assert file.find(b"ISA", start) == content.find(b"ISA", start)
        assert (len(file), file[3:9], file[40:99], file[9:3]) == (len(content), content[3:9], content[40:], b"")


def test_components_and_elements_are_counted_from_one_and_what_is_not_there_is_blank() -> None:
    claim = next(segment for segment in segments((ISA + BODY).encode()) if segment.id == "CLM")
    assert (claim.element(1), claim.element(5), claim.component(5, 3)) == ("A1", "11", "1")
    assert (claim.element(40), claim.component(5, 9), claim.component(1, 2)) == ("", "", "")
    assert "A1" not in repr(claim)


@pytest.mark.parametrize("written", ["LÓPEZ".encode(), "LÓPEZ".encode("latin-1")])
def test_letters_beyond_ascii_are_read_as_new_and_old_systems_write_them(written: bytes) -> None:
    content = (ISA + BODY).encode().replace(b"CANARY", written)
    assert next(segment.element(3) for segment in segments(content) if segment.id == "NM1") == "LÓPEZ"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"ISA",
        b"member_id,last_name\r\nISA,1\r\n",
        b"ISABELLA;CANARY;" * 40,
        b"ISA*" * 80,
        ISA.replace("260101", "hello!").encode(),
        b"ST*837",
        b"GS*HC",
        b"STANDARD,OFFICE,LIST\r\n",
    ],
)
def test_what_is_no_x12_gives_no_segment(content: bytes) -> None:
    assert ids(content) == []
    assert not is_x12(content)


@pytest.mark.parametrize(("begin", "form"), [(b"PK\x03\x04\x14\x00a.835", "ZIP file"), (b"\n%PDF-1.7\n", "PDF")])
def test_x12_that_stands_readably_in_another_file_does_not_make_it_x12(begin: bytes, form: str) -> None:
    head = begin + (ISA + BODY).encode()
    assert not is_x12(head)
    assert other_form(head) == form
    assert other_form((ISA + BODY).encode()) is None


@given(st.binary(max_size=400), st.integers(0, 106 + len(BODY)))
def test_no_bytes_break_the_reader(noise: bytes, place: int) -> None:
    content = (ISA + BODY).encode()
    for broken in (content[:place], content[:place] + noise, content[:place] + noise + content[place:], noise):
        for segment in segments(broken):
            assert segment.id
