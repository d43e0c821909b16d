"""Renders the national portal's pages; ids change with every page, class names with every server start."""

import hashlib
import secrets
from pathlib import Path
from typing import Any

import jinja2
from starlette.responses import HTMLResponse

HERE = Path(__file__).parent

HEADERS = {
    "Cache-Control": "no-store, no-cache, must-revalidate",
    "Pragma": "no-cache",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


class Pages:
    """The templates of one server start."""

    def __init__(self) -> None:
        self.build = secrets.token_hex(6)
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(HERE / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=jinja2.StrictUndefined,
        )
        self._templates.globals.update(cls=self.class_names, build=self.build)

    def class_names(self, *names: str) -> str:
        """The class names of this build for the names in the templates."""
        return " ".join("s" + hashlib.sha256(f"{self.build}.{name}".encode()).hexdigest()[:7] for name in names)

    def page(self, template: str, *, status_code: int = 200, **values: Any) -> HTMLResponse:
        """A page of this portal, never cached."""
        salt = secrets.token_hex(4)

        def uid(name: str) -> str:
            return "f" + hashlib.sha256(f"{salt}.{name}".encode()).hexdigest()[:9]

        html = self._templates.get_template(template).render(uid=uid, **values)
        return HTMLResponse(html, status_code=status_code, headers=HEADERS)

    def style_sheet(self) -> str:
        """The style sheet with this build's class names."""
        return self._templates.get_template("portal.css").render()
