"""Renders the national portal's pages; ids change with every page, class names with every server start."""

import hashlib
import secrets
from functools import partial
from pathlib import Path
from typing import Any

import jinja2
from starlette.responses import HTMLResponse

from sandbox.portals.national.layouts import field_name, said

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

    def class_names(self, layout: int, *names: str) -> str:
        """The class names of this build and version of the pages for the names in the templates."""
        letter = "s" if layout < 3 else "pnh-"
        key = f"{self.build}.{layout}"
        return " ".join(letter + hashlib.sha256(f"{key}.{name}".encode()).hexdigest()[:7] for name in names)

    def page(self, template: str, layout: int, *, status_code: int = 200, **values: Any) -> HTMLResponse:
        """A page of this portal in one of its versions, never cached."""
        salt = secrets.token_hex(4)
        letter = "f" if layout < 3 else "el_"

        def uid(name: str) -> str:
            return letter + hashlib.sha256(f"{salt}.{name}".encode()).hexdigest()[:9]

        html = self._templates.get_template(template).render(
            uid=uid,
            cls=partial(self.class_names, layout),
            t=partial(said, layout),
            name_of=partial(field_name, layout),
            build=self.build,
            layout=layout,
            **values,
        )
        return HTMLResponse(html, status_code=status_code, headers=HEADERS)

    def style_sheet(self, layout: int) -> str:
        """The style sheet with this build's class names."""
        return self._templates.get_template("portal.css").render(cls=partial(self.class_names, layout))
