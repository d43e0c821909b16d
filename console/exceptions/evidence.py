"""The sealed page of a case as text that is safe to show: nothing of the page runs, and nothing in it stays hidden.

Scripts and styles are left out, rows of tables become lines, characters that cannot be seen are named, and the texts
that the case is about are marked.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lxml import etree, html

MOST_BYTES = 4 << 20
"""A page with more than this is read so far."""
MOST_LETTERS = 60_000
"""So much text is shown at most; no page that a person would read is longer."""

_LEFT_OUT = frozenset({"script", "style", "noscript", "template", "head", "svg", "object", "iframe"})
_LINES = frozenset(
    {"address", "article", "aside", "blockquote", "body", "br", "caption", "dd", "div", "dl", "dt", "fieldset"}
    | {"figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend", "li"}
    | {"main", "nav", "ol", "option", "p", "pre", "section", "select", "summary", "table", "tbody", "tfoot", "thead"}
    | {"tr", "ul"}
)
_CELLS = frozenset({"td", "th"})
_DEEPEST = 400
_BETWEEN = r"[\s|]+"
"""Words of one text may stand in two cells or lines."""


class Kind(StrEnum):
    """What a stretch of text is."""

    PLAIN = ""
    MARKED = "marked"
    """What the case is about."""
    UNSEEN = "unseen"
    """A character that cannot be seen, by its name."""


@dataclass(frozen=True)
class Stretch:
    """A part of the page's text, and what it is."""

    text: str
    kind: Kind = Kind.PLAIN


@dataclass(frozen=True)
class PageText:
    """A page as text. `found`: at least one of the texts sought stands in it. `cut`: the page goes on."""

    stretches: tuple[Stretch, ...]
    found: bool
    cut: bool


def page_text(page: bytes, sought: Sequence[str]) -> PageText:
    """The text of a sealed page (HTML), with the texts that are `sought` marked, whatever their case and spacing."""
    text, cut = _text(page)
    marked = list(_marked(text, sought))
    found = any(piece.kind is Kind.MARKED for piece in marked)
    return PageText(tuple(piece for part in marked for piece in _named(part)), found, cut)


def visible(text: str) -> tuple[Stretch, ...]:
    """A text that a portal showed, with the characters named that cannot be seen."""
    return tuple(_named(Stretch(text)))


def _text(page: bytes) -> tuple[str, bool]:
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = html.document_fromstring(page[:MOST_BYTES], parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        # No page at all: an empty one, or bytes that are none.
        return "", len(page) > MOST_BYTES
    parts: list[str] = []
    _walk(root, parts, 0)
    lines = (" ".join(line.split(" ")).strip(" |") for line in "".join(parts).split("\n"))
    text = "\n".join(line for line in (re.sub(r"[ \t\r\f\v]+", " ", line).strip() for line in lines) if line)
    return text[:MOST_LETTERS], len(text) > MOST_LETTERS or len(page) > MOST_BYTES


def _walk(element: etree._Element, parts: list[str], depth: int) -> None:
    name = element.tag if isinstance(element.tag, str) else ""
    if name in _LEFT_OUT or not name or depth > _DEEPEST:
        return
    if name in _LINES:
        parts.append("\n")
    if element.text:
        parts.append(_flat(element.text))
    for child in element:
        _walk(child, parts, depth + 1)
        if child.tail:
            parts.append(_flat(child.tail))
    if name in _CELLS:
        parts.append(" | ")
    elif name in _LINES:
        parts.append("\n")


def _flat(text: str) -> str:
    return re.sub(r"[\s]+", " ", text)


def _marked(text: str, sought: Sequence[str]) -> Iterator[Stretch]:
    wanted = sorted({" ".join(each.split()) for each in sought if each.strip()}, key=len, reverse=True)
    if not wanted:
        yield Stretch(text)
        return
    # Not inside of a longer word or number: 12.00 is not 112.00.
    texts = (_BETWEEN.join(map(re.escape, each.split())) for each in wanted)
    pattern = rf"(?<![\w.,])(?:{'|'.join(texts)})(?!\w)"
    after = 0
    for match in re.finditer(pattern, text, re.IGNORECASE):
        if match.start() > after:
            yield Stretch(text[after : match.start()])
        yield Stretch(match[0], Kind.MARKED)
        after = match.end()
    yield Stretch(text[after:])


def _named(part: Stretch) -> Iterator[Stretch]:
    """The stretch, with what cannot be seen in stretches of their own."""
    after = 0
    for place, character in enumerate(part.text):
        if character != "\n" and _unseen(character):
            if place > after:
                yield Stretch(part.text[after:place], part.kind)
            yield Stretch(f"[{unicodedata.name(character, f'U+{ord(character):04X}').lower()}]", Kind.UNSEEN)
            after = place + 1
    if after < len(part.text):
        yield Stretch(part.text[after:], part.kind)


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs", "Cn"}
