"""Renders the contractor's pages in one of their four layouts; class names change with every server start."""

import hashlib
import secrets
from pathlib import Path
from typing import Any

import jinja2
from starlette.responses import HTMLResponse

from sandbox.portals.contractor.layouts import LAYOUTS

HERE = Path(__file__).parent

HEADERS = {
    "Cache-Control": "no-store, no-cache, must-revalidate",
    "Pragma": "no-cache",
    "Expires": "0",
    "X-Frame-Options": "SAMEORIGIN",
}
PICTURES = ("submit",)
"""Buttons that are pictures, by the name in their address."""


class Pages:
    """The templates of one server start."""

    def __init__(self) -> None:
        self.build = secrets.token_hex(5)
        self._environments = {number: self._environment(number) for number in LAYOUTS}

    def _environment(self, number: int) -> jinja2.Environment:
        templates = HERE / "templates"
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader([templates / f"v{number}", templates]),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=jinja2.StrictUndefined,
        )
        layout = LAYOUTS[number]

        def class_names(*names: str) -> str:
            # The third layout comes with a style sheet of its own: other class names in the same server start too.
            return " ".join(self._class_name(number if number == 3 else 1, name) for name in names)

        environment.globals.update(
            cls=class_names, build=self.build, layout=number, look=layout, word=layout.labels.__getitem__
        )
        return environment

    def _class_name(self, number: int, name: str) -> str:
        return "c" + hashlib.sha256(f"{self.build}.{number}.{name}".encode()).hexdigest()[:7]

    def page(self, template: str, layout: int = 1, *, status_code: int = 200, **values: Any) -> HTMLResponse:
        """A page of this portal, never cached."""
        html = self._environments[layout].get_template(template).render(**values)
        return HTMLResponse(html, status_code=status_code, headers=HEADERS)

    def style_sheet(self) -> str:
        """The style sheet with this build's class names, for all layouts."""
        return "\n".join(self._environments[number].get_template("style.css").render() for number in (1, 3))

    def picture(self, layout: int, name: str) -> str:
        """A button's picture, its caption painted in it."""
        caption = LAYOUTS[layout].labels[{"submit": "search"}[name]]
        text = (HERE / "assets" / "picture.svg").read_text(encoding="utf-8")
        template = jinja2.Environment(autoescape=True).from_string(text)
        return template.render(caption=caption, width=28 + 8 * len(caption))
