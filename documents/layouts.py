"""The layouts of files that the office has taught us: asked once which heading is which, then recognised."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError

from documents.headings import fingerprint
from documents.table import FileUnreadable
from documents.written_whole import write_whole
from flows.values import Frozen

_NAME = r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$"


class Layout(Frozen):
    """One layout: our columns and the headings that a person said they have. It holds no row of any file."""

    columns: Annotated[Mapping[str, str], AfterValidator(MappingProxyType)]
    fingerprint: str


class _Book(Frozen):
    layouts: Mapping[Annotated[str, Field(pattern=_NAME)], Layout] = {}


class Layouts:
    """The layouts in a file of the office, which is written whole or not at all."""

    def __init__(self, path: Path) -> None:
        """`path` need not be there yet. Raises FileUnreadable when it is there and cannot be used."""
        self._path = path
        try:
            self._layouts = dict(_Book.model_validate_json(path.read_bytes()).layouts) if path.exists() else {}
        except ValidationError:
            raise FileUnreadable(
                f"{path} cannot be used; nothing was imported. Mend it, or delete it and name the columns once more."
            ) from None

    def knows(self, name: str | None) -> bool:
        """Is there a layout of this name?"""
        return name in self._layouts

    def find(self, headings: Sequence[str], name: str | None) -> Layout | None:
        """The layout of this name, or without a name the one that was learned from just these headings.

        Raises FileUnreadable for a name that is not known.
        """
        if name is not None:
            if name not in self._layouts:
                known = ", ".join(sorted(self._layouts)) or "none yet"
                raise FileUnreadable(
                    f"No layout of this name is remembered (known: {known}); nothing was imported. Say which heading "
                    "is which with --column, and it will be."
                )
            return self._layouts[name]
        seen = fingerprint(headings)
        return next((layout for layout in self._layouts.values() if layout.fingerprint == seen), None)

    def remember(self, name: str | None, headings: Sequence[str], columns: Mapping[str, str]) -> str:
        """Keep these columns for files with these headings, and give the layout's name; the newest word counts.

        Raises FileUnreadable for a name that cannot be used, FileNotWritten when it cannot be kept.
        """
        seen = fingerprint(headings)
        same = [known for known, layout in self._layouts.items() if layout.fingerprint == seen]
        chosen = name or (same[0] if same else self._free_name())
        if not re.fullmatch(_NAME, chosen):
            raise FileUnreadable("A layout's name is letters, digits, dots and dashes; nothing was imported.")
        for known in same:
            del self._layouts[known]
        self._layouts[chosen] = Layout(columns=dict(columns), fingerprint=seen)
        text = json.dumps(
            {"layouts": {name: _plain(layout) for name, layout in sorted(self._layouts.items())}},
            indent=2,
            ensure_ascii=False,
        )
        write_whole(self._path, f"{text}\n".encode())
        return chosen

    def _free_name(self) -> str:
        number = 1
        while f"layout-{number}" in self._layouts:
            number += 1
        return f"layout-{number}"


def _plain(layout: Layout) -> dict[str, object]:
    return {"columns": dict(layout.columns), "fingerprint": layout.fingerprint}
