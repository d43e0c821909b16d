"""Explanations of benefits, spoilt as PDF files and as the texts of their pages: read as shown, or told."""

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from documents.eob_pdf import EobRead, read_eob, read_pages
from documents.eob_pdf_pages import Box, Page, RuledTable, TextLine, pages
from documents.not_whole import NotWhole
from tests.documents import eob_forms
from tests.fuzz.choices import Choices
from tests.fuzz.judge import Broken, Target, Told
from tests.fuzz.mutation import TOKENS, bytes_edited, grid_edited, text_edited
from tests.fuzz.of_x12 import hold_sums

_SHOWN = 0.9
"""From here on a field is said to have been read as it stands (documents.eob_pdf)."""
_MOST_EDITS = 12

_PDF_TOKENS = (
    *TOKENS, b"endobj", b"endstream", b"stream\n", b"/Contents 1 0 R", b"/Kids [1 0 R]", b"/Parent 1 0 R", b"/Length 0",
    b"/Length 999999999", b"/Count 99999", b"/Filter /FlateDecode", b"/Filter [/LZWDecode]", b"/Encrypt 1 0 R", b"<<",
    b">>", b"[" * 500, b"(" * 500, b"1 0 R", b"%%EOF", b"%PDF-1.7", b"trailer", b"startxref\n0\n", b"/Rotate 90",
    b"/MediaBox [0 0 0 0]", b"/MediaBox [0 0 1e9 1e9]", b"/ToUnicode 1 0 R", b"xref",
)  # fmt: skip

Plain = list[list[dict[str, Any]]]
"""Pages as plain data: blocks with `cells` of (text, left, right), or with the `rows` of a drawn table."""


def pdf_targets() -> list[Target]:
    """The readers of EOBs."""
    return [
        Target("pdf", _spoilt_file, _read_file, (NotWhole,)),
        Target("pdf-text", _spoilt_text, _read_text, ()),
    ]


@cache
def _files() -> tuple[bytes, ...]:
    payment = eob_forms.plain_payment(1)
    return eob_forms.labelled(payment), eob_forms.spaced(payment), eob_forms.claim_rows(payment)


@cache
def _texts() -> tuple[Plain, ...]:
    whole = eob_forms.plain_payment(2)
    forms = (eob_forms.labelled(whole), eob_forms.spaced(whole), eob_forms.claim_rows(whole))
    return tuple([[_plain(block) for block in page.blocks] for page in pages(form, None)] for form in forms)


def _plain(block: TextLine | RuledTable) -> dict[str, Any]:
    if isinstance(block, RuledTable):
        return {"top": block.top, "rows": [list(row) for row in block.rows]}
    return {"top": block.top, "cells": [[cell.text, cell.left, cell.right] for cell in block.cells]}


def _spoilt_file(choices: Choices) -> bytes:
    file = choices.one(_files())
    if choices.chance(2):
        objects = file.split(b"endobj")
        for _ in range(choices.number(4)):
            place, other = choices.number(len(objects)), choices.number(len(objects))
            objects[place] = choices.one((b"", objects[other], bytes_edited(objects[place], choices, _PDF_TOKENS)))
        return b"endobj".join(objects)
    return bytes_edited(file, choices, _PDF_TOKENS)


def _read_file(content: bytes) -> Told:
    return _held(read_eob(content))


def _spoilt_text(choices: Choices) -> bytes:
    shown: Plain = json.loads(json.dumps(choices.one(_texts())))
    for _ in range(_MOST_EDITS):
        page = choices.one(shown)
        if not choices.left or not page:
            break
        place = choices.number(len(page))
        block = page[place]
        match choices.number(6):
            case 0:
                del page[place]
            case 1:
                page.insert(choices.number(len(page) + 1), json.loads(json.dumps(block)))
            case 2:
                shown.insert(choices.number(len(shown) + 1), page[place:])
            case _ if "rows" in block:
                block["rows"] = grid_edited(block["rows"], Choices(choices.taken(8))) or [[]]
            case _:
                _cell_edited(block["cells"], choices)
    return json.dumps(shown).encode()


def _cell_edited(cells: list[list[Any]], choices: Choices) -> None:
    place = choices.number(len(cells))
    match choices.number(5):
        case 0 if len(cells) > 1:
            del cells[place]
        case 1:
            shift = choices.number(200) - 100
            cells[place][1:] = [cells[place][1] + shift, cells[place][2] + shift]
        case 2:
            cells[place][0] = choices.one(cells)[0]
        case _:
            cells[place][0] = text_edited(cells[place][0], choices).strip() or "x"


def _read_text(content: bytes) -> Told:
    plain: Plain = json.loads(content)
    shown = [Page(number, tuple(map(_block, blocks))) for number, blocks in enumerate(plain, start=1)]
    read = read_pages(shown)
    _hold_against_text(read, list(_lines(plain)))
    return _held(read)


def _block(block: dict[str, Any]) -> TextLine | RuledTable:
    if "rows" in block:
        return RuledTable(block["top"], tuple(map(tuple, block["rows"])))
    return TextLine(block["top"], tuple(_box(block["top"], *cell) for cell in block["cells"]))


def _box(top: float, text: str, left: float, right: float) -> Box:
    """A cell with its words side by side, each as wide as it is long."""
    letter = (right - left) / max(len(text), 1)
    words, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        words.append(Box(word, left + at * letter, left + (at + len(word)) * letter, top))
        at += len(word)
    return Box(text, left, right, top, tuple(words))


def _held(read: EobRead) -> Told:
    for one in read.remittances:
        hold_sums(one)
        if any(not 0 < sure <= 1 for sure in one.confidence.values()):
            raise Broken("how sure a field is lies between 0 and 1")
    return Told((*read.unread, *(text for one in read.remittances for text in one.unbalanced)))


def _hold_against_text(read: EobRead, lines: Sequence[str]) -> None:
    """An amount that is said to stand on the page stands there."""
    digits = ["".join(letter for letter in line if letter in "0123456789") for line in lines]
    for one in read.remittances:
        amounts = {"amount": one.amount}
        for place, claim in enumerate(one.claims):
            amounts |= {f"claims[{place}].billed": claim.billed, f"claims[{place}].paid": claim.paid}
        for path, amount in amounts.items():
            ways = _written(amount)
            if one.confidence.get(path, 0) >= _SHOWN and not any(way in line for way in ways for line in digits):
                raise Broken("an amount that is read stands on the page")


def _written(amount: Decimal) -> frozenset[str]:
    cents = f"{abs(amount):.2f}"
    return frozenset({cents.replace(".", ""), cents.removesuffix(".00")})


def _lines(plain: Plain) -> Iterator[str]:
    for blocks in plain:
        for block in blocks:
            yield from (
                (cell for row in block["rows"] for cell in row)
                if "rows" in block
                else (" ".join(cell[0] for cell in block["cells"]),)
            )
