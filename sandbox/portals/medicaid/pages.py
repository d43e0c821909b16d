"""Renders the Medicaid portal's pages; control names change with every page, class names with every server start."""

import hashlib
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
from starlette.responses import HTMLResponse

from sandbox.portals.medicaid.controls import Controls
from sandbox.portals.medicaid.layouts import Layout
from sandbox.portals.medicaid.viewstate import ViewStates, page_generator

HERE = Path(__file__).parent

HEADERS = {
    "Cache-Control": "no-store, no-cache, must-revalidate",
    "Pragma": "no-cache",
    "Expires": "-1",
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
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
        self._templates.globals.update(build=self.build)

    def class_names(self, naming: str) -> Callable[..., str]:
        """Gives the class names of this build for the names in the templates."""

        def names(*wanted: str) -> str:
            keys = (f"{self.build}.{naming}.{name}" for name in wanted)
            return " ".join("p" + hashlib.sha256(key.encode()).hexdigest()[:6] for key in keys)

        return names

    def page(
        self,
        template: str,
        layout: Layout,
        *,
        views: ViewStates | None = None,
        path: str = "",
        state: object = None,
        status_code: int = 200,
        **values: Any,
    ) -> HTMLResponse:
        """A page of this portal, never cached.

        With `views` the page can be sent back to `path`, and `state` is what it will be taken back with.
        """
        controls = Controls(layout.naming)

        def hidden() -> tuple[str, str]:
            return views.send(path, controls, state) if views is not None else ("", "")

        html = self._templates.get_template(template).render(
            c=controls,
            t=layout.word,
            layout=layout,
            cls=self.class_names(layout.naming),
            hidden=hidden,
            path=path,
            generator=page_generator(path),
            **values,
        )
        return HTMLResponse(html, status_code=status_code, headers=HEADERS)

    def style_sheet(self, naming: str) -> str:
        """The style sheet with this build's class names."""
        return self._templates.get_template("portal.css").render(cls=self.class_names(naming))
