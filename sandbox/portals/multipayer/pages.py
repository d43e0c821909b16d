"""Serves the documents, scripts and style sheet of Practice Exchange; class names change with every server start."""

import hashlib
import json
import re
import secrets
from pathlib import Path
from typing import Any

import jinja2
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from sandbox.portals.multipayer.words import words

HERE = Path(__file__).parent
VERSIONS = (1, 2, 3, 4)

HEADERS = {
    "Cache-Control": "no-store",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
KEPT = {"Cache-Control": "private, max-age=3600, immutable"}
"""Scripts and styles stay in the browser: their address changes with every start and every version."""


class Pages:
    """The documents and assets of one server start, in all versions of the pages."""

    def __init__(self) -> None:
        self._start = secrets.token_hex(6)
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=jinja2.StrictUndefined,
        )
        self._versions = {self.build(version): version for version in VERSIONS}

    def build(self, version: int) -> str:
        """The name of one version's assets in addresses."""
        return hashlib.sha256(f"{self._start}.{version}".encode()).hexdigest()[:10]

    def class_names(self, version: int, *names: str) -> str:
        """The class names that stand for ours in this version."""
        salt = self.build(version)
        return " ".join("x" + hashlib.sha256(f"{salt}.{name}".encode()).hexdigest()[:6] for name in names)

    def document(self, script: str, title: str, version: int) -> HTMLResponse:
        """A document that a script fills."""
        return self._page("document.html", version, title=title, script=script, root="r" + secrets.token_hex(4))

    def plain(self, heading: str, text: tuple[str, ...], version: int = 1, status_code: int = 200) -> HTMLResponse:
        """A document that needs no script."""
        return self._page("plain.html", version, status_code, heading=heading, text=text)

    def _page(self, template: str, version: int, status_code: int = 200, **values: Any) -> HTMLResponse:
        html = self._templates.get_template(template).render(
            build=self.build(version), cls=lambda *names: self.class_names(version, *names), **values
        )
        return HTMLResponse(html, status_code, headers=HEADERS)

    def asset(self, build: str, name: str) -> Response | None:
        """A script or the style sheet of the version with this build; None when there is no such thing."""
        version = self._versions.get(build)
        if version is None:
            return None
        if name == "exchange.css":
            css = self._templates.get_template(name).render(cls=lambda *names: self.class_names(version, *names))
            return PlainTextResponse(css, media_type="text/css", headers=KEPT)
        if name == "names.js":
            return _script(self._names(version))
        if name == "layout.js":
            return _script(
                "".join(f"export const {key} = {json.dumps(value)};\n" for key, value in words(version).items())
            )
        file = HERE / "assets" / name
        if not re.fullmatch(r"[a-z]+\.js", name) or not file.is_file():
            return None
        return _script(file.read_text(encoding="utf-8"))

    def _names(self, version: int) -> str:
        """The script that turns our class names into this version's; a name without a style gets none."""
        style = (HERE / "templates" / "exchange.css").read_text(encoding="utf-8")
        names = {name: self.class_names(version, name) for name in sorted(set(re.findall(r"cls\('([a-z]+)'\)", style)))}
        return (
            f"const names = {json.dumps(names)};\n"
            'export const cls = (...given) => given.map((name) => names[name] ?? "").join(" ").trim();\n'
        )


def _script(text: str) -> Response:
    return PlainTextResponse(text, media_type="text/javascript", headers=KEPT)
