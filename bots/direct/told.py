"""What the script in a page has been told once, and is only named to it from then on; and what it names to us so."""

from collections.abc import Mapping
from typing import Any

from bots.describing import joined


class Told:
    """Between us and one document. With the document, the script forgets all of it."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._known = 0
        self._marks: dict[int, frozenset[str]] = {}

    def name(self, described: str) -> str:
        """The name of this description (JSON); it goes along with the next visit that is made."""
        name = self._names.get(described)
        if name is None:
            name = self._names[described] = str(len(self._names))
        return name

    def news(self) -> dict[str, str]:
        """How many descriptions the script knows, and those that it does not know yet, as JSON; it knows them then."""
        untold = {name: described for described, name in list(self._names.items())[self._known :]}
        news = {"known": str(self._known), "tell": joined(untold)}
        self._known = len(self._names)
        return news

    def forget(self) -> None:
        """The document went, and the script with it."""
        self._known = 0
        self._marks = {}

    def marks(self, answer: Mapping[str, Any]) -> frozenset[str]:
        """The kinds of mark-up that the script names; the first time it tells them."""
        if answer["kinds"] is not None:
            self._marks[answer["name"]] = frozenset(answer["kinds"])
        return self._marks[answer["name"]]
