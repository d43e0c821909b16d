"""The forms in which a protected value could have been written down by accident: coded, escaped, backwards, split."""

import base64
import html
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, quote_plus


@dataclass(frozen=True)
class Form:
    """One way in which a value stands in bytes. `folded`: letters may be small or capital."""

    name: str
    content: bytes
    folded: bool = True


def forms(value: str) -> list[Form]:
    """The value as text, UTF-16, base64, hex, escaped and backwards, small and capital; each content once."""
    unique: dict[tuple[bytes, bool], Form] = {}
    # Letters that are not ASCII, and all letters in base64 or hex, are other bytes when they are capital.
    for written in dict.fromkeys((value, value.lower(), value.upper())):
        for form in _forms(written):
            unique.setdefault((form.content.lower() if form.folded else form.content, form.folded), form)
    return [*unique.values()]


def _forms(value: str) -> Iterator[Form]:
    plain = value.encode()
    yield Form("plain", plain)
    # Without the zero byte at the end it is found in either order, and with the next letter beside it.
    yield Form("utf-16", value.encode("utf-16-le")[:-1])
    yield Form("hex", plain.hex().encode())
    yield Form("url", quote(value, safe="").encode())
    yield Form("url-plus", quote_plus(value).encode())
    yield Form("json", json.dumps(value)[1:-1].encode())
    yield Form("html", html.escape(value).encode())
    yield Form("latin-1", value.encode("latin-1", "replace"))
    yield Form("reversed", value[::-1].encode())
    yield from base64_of(plain)


def base64_of(plain: bytes) -> Iterator[Form]:
    """Both alphabets, at the three places that it can begin at: only the letters that hold nothing else count."""
    for lead in range(3):
        skip, keep = -(-lead * 8 // 6), (lead + len(plain)) * 8 // 6
        for name, encode in (("base64", base64.b64encode), ("base64-url", base64.urlsafe_b64encode)):
            yield Form(f"{name}-{lead}", encode(b"\0" * lead + plain)[skip:keep], folded=False)


def written_days(day: str) -> tuple[str, ...]:
    """A day (ISO text) in the ways in which offices, portals and claims write it."""
    one = date.fromisoformat(day)
    return (day, f"{one:%m/%d/%Y}", f"{one:%Y%m%d}", f"{one:%m%d%Y}", f"{one:%m-%d-%Y}")
