"""A portal's page is evidence, and never trusted: it is shown as text, with nothing of it running or hidden."""

from console.exceptions.evidence import MOST_LETTERS, Kind, page_text, visible

PAGE = b"""<!doctype html><html><head><title>Claim</title><style>p{}</style></head><body>
<script>alert(document.cookie)</script><h1>Claim   status</h1>
<table><tr><th>Billed</th><th>Paid</th></tr><tr><td>$112.00</td><td>$12.00</td></tr></table>
<p onclick="steal()">Suspended -
 clinical desk</p><!-- Robin Quill --><noscript><img src=x onerror=alert(1)></noscript>
<iframe srcdoc="<p>inside</p>"></iframe></body></html>"""


def _whole(page: bytes, *sought: str) -> str:
    return "".join(one.text for one in page_text(page, sought).stretches)


def test_only_what_a_person_reads_is_left_of_a_page() -> None:
    text = _whole(PAGE)
    assert text == "Claim status\nBilled | Paid\n$112.00 | $12.00\nSuspended - clinical desk"


def test_what_the_case_is_about_is_marked_as_a_whole_and_nothing_else() -> None:
    shown = page_text(PAGE, ["suspended -  CLINICAL desk", "12.00"])
    assert [one.text for one in shown.stretches if one.kind is Kind.MARKED] == ["12.00", "Suspended - clinical desk"]
    assert shown.found
    assert not page_text(PAGE, ["Denied"]).found


def test_characters_that_cannot_be_seen_are_named() -> None:
    text = page_text("<p>Pa\u200bid \u202e00.1</p>".encode(), ["Paid"])
    assert [one.text for one in text.stretches if one.kind is Kind.UNSEEN] == [
        "[zero width space]",
        "[right-to-left override]",
    ]
    assert [one.kind for one in visible("Pa\x00id")] == [Kind.PLAIN, Kind.UNSEEN, Kind.PLAIN]


def test_a_page_that_is_none_and_one_that_is_endless_are_borne() -> None:
    assert page_text(b"", ["x"]).stretches == ()
    assert page_text(b"\x00\xff\xfe", []).cut is False
    endless = page_text(b"<p>" + b"word " * MOST_LETTERS + b"</p>", [])
    assert endless.cut
    assert sum(len(one.text) for one in endless.stretches) == MOST_LETTERS
    deep = b"<div>" * 5000 + b"down" + b"</div>" * 5000
    assert page_text(deep, []).cut is False
