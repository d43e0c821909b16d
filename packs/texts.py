"""How the texts of a pack are compared with those of a page, and with one another."""

import re


def folded(text: str) -> str:
    """A text as it is compared with the page: case and spacing do not count."""
    return re.sub(r"\s+", " ", text).strip().casefold()
