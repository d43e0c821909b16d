"""The documentation's pages and what stands in their code blocks."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))


@dataclass(frozen=True)
class Block:
    """One fenced block: the page, the heading above it, its language and its text."""

    page: Path
    heading: str
    language: str
    text: str

    @property
    def commands(self) -> list[list[str]]:
        """The command lines of a shell block, as words, comments left out."""
        if self.language not in {"sh", "powershell"}:
            return []
        lines = self.text.replace("\\\n", " ").splitlines()
        posix = self.language == "sh"
        return [words for line in lines if (words := shlex.split(line, comments=True, posix=posix))]


def blocks(page: Path) -> list[Block]:
    """All fenced blocks of a page, in order."""
    found, heading = [], ""
    fence = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
    text = page.read_text(encoding="utf-8")
    for match in fence.finditer(text):
        headings = re.findall(r"^#+ (.+)$", text[: match.start()], re.MULTILINE)
        heading = headings[-1] if headings else ""
        inner = re.sub(rf"^{match['indent']}", "", match["text"], flags=re.MULTILINE)
        found.append(Block(page, heading, match["language"], inner))
    return found
