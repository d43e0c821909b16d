"""Sealed pages and pictures, as a session keeps them: made by us, with the values that a case speaks of."""

import html
import io
from collections.abc import Mapping

from PIL import Image, ImageDraw

from ledger.evidence import Evidence, EvidenceFile, EvidenceKind
from portalwright.office import Desk


def kept(desk: Desk, title: str, shown: Mapping[str, str], view: str) -> Evidence:
    """A page of a portal that shows these values under these words, and its picture, sealed."""
    key = desk.evidence.sealer.new_item_key()
    return Evidence(
        wrapped_key=key,
        files=(
            _sealed(desk, key, EvidenceKind.PAGE, _page(title, shown), view),
            _sealed(desk, key, EvidenceKind.PICTURE, _picture(title, shown), None),
        ),
    )


def _sealed(desk: Desk, key: bytes, kind: EvidenceKind, content: bytes, view: str | None) -> EvidenceFile:
    sealed = desk.evidence.write(key, content, kind)
    return EvidenceFile(name=sealed.name, sha256=sealed.sha256, size=sealed.size, kind=kind, view=view)


def _page(title: str, shown: Mapping[str, str]) -> bytes:
    rows = "".join(f"<tr><th>{html.escape(word)}</th><td>{html.escape(text)}</td></tr>" for word, text in shown.items())
    return (
        f"<!doctype html><html><head><title>{html.escape(title)}</title></head><body><header>Practice payer</header>"
        f"<h1>{html.escape(title)}</h1><table>{rows}</table><footer>Made up for practice.</footer></body></html>"
    ).encode()


def _picture(title: str, shown: Mapping[str, str]) -> bytes:
    picture = Image.new("RGB", (900, 120 + 34 * len(shown)), "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 900, 44), fill="#1f4e79")
    draw.text((20, 14), "PRACTICE PAYER", fill="white", font_size=16)
    draw.text((20, 62), title, fill="black", font_size=22)
    for place, (word, text) in enumerate(shown.items()):
        top = 104 + 34 * place
        draw.line((20, top + 28, 880, top + 28), fill="#dddddd")
        draw.text((24, top), word, fill="#555555", font_size=16)
        draw.text((330, top), text, fill="black", font_size=16)
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()
