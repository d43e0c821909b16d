"""Portal packs, spoilt by key, value and letter: used, or every mistake is told in words for their author."""

import json
import tempfile
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from packs.learned_texts import TextRefused, learn, meaning
from packs.load import PACK_FILE, checked_source, read_layers
from packs.overlay import OVERLAY_FILE
from packs.problems import PackError, Place
from packs.source import Mark, Source, read_source
from tests.fuzz.choices import Choices
from tests.fuzz.judge import Broken, Target, Told
from tests.fuzz.mutation import TOKENS, bytes_edited, text_edited, tree_edited
from tests.packs.conftest import EXAMPLE_FOLDER, OUR_TOOLS

SMALL = Path(__file__).with_name("small_portal.yaml")
_NAME = "small"

_YAML_TOKENS = (
    *TOKENS, b"&a ", b"*a", b"<<: *a", b"!!python/object:os.system ", b"!!binary ", b"!x ", b"? ", b": ", b"- ", b"\t",
    b"|\n", b">-\n", b"---\n", b"...\n", b"%YAML 1.1\n", b"{", b"}", b"[", b"]", b'"', b"'", b"\n  ", b"#", b"~",
    b"0x1F", b"0o17", b"1_000", b".inf", b"1:30", b"2026-11-22", b"yes", b"[" * 300, b"{a: " * 200, b"like: home",
    b"extends: fuzz",
)  # fmt: skip
_WORDS = (
    "home", "sign-in", "claims", "home.paid", "status", "heading", "(", "(.*", "[a-", "(a)(b)", "\\", "a" * 5000,
    "\u200b", "like", "extends", "frame", "view", "code", "F1", "commit", "read", "money", "mapped", "Europe/Nowhere",
    "../x",
)  # fmt: skip

_OVERLAY = {
    "limits": {"lookups_a_minute": 6},
    "formats": {"blank": ["", "none"]},
    "maps": {"status": [{"text": "Odd", "code": "F1"}]},
}
_FAMILY = {"formats": {"date": "MM/DD/YYYY"}, "maps": {"status": [{"text": "Paid", "code": "F1"}]}}


def pack_targets() -> list[Target]:
    """The readers of packs."""
    refusals = (PackError,)
    return [
        Target("pack", partial(_spoilt, _small), partial(_read, _own), refusals, quotes=True),
        Target("pack-overlay", partial(_spoilt, lambda: _OVERLAY), partial(_read, _overlaid), refusals, quotes=True),
        Target("pack-family", partial(_spoilt, lambda: _FAMILY), partial(_read, _extending), refusals, quotes=True),
        Target("pack-parts", _spoilt_parts, _read_parts, refusals, quotes=True),
        Target("pack-text", _spoilt_text, _learn, (TextRefused,)),
    ]


@cache
def _small() -> Any:
    return YAML(typ="safe", pure=True).load(SMALL.read_text(encoding="utf-8").replace("2026-11-22", '"2026-11-22"'))


def _spoilt(seed: Callable[[], Any], choices: Choices) -> bytes:
    """By keys and values, written as one line or as many; or by the letters of the file as somebody wrote it."""
    way = choices.number(4)
    if way == 0 and seed is _small:
        return bytes_edited(SMALL.read_bytes(), choices, _YAML_TOKENS)
    tree = tree_edited(seed(), Choices(choices.taken(48)), _WORDS)
    written = json.dumps(tree, indent=choices.one((None, 1)), ensure_ascii=False).encode("utf-8", "replace")
    return written if way > 1 else bytes_edited(written, choices, _YAML_TOKENS)


class _Office:
    """An office folder of its own for this process, and beside it a product with the small pack."""

    def __init__(self) -> None:
        self._kept = tempfile.TemporaryDirectory(prefix="portalwright-fuzz-")
        self.product = Path(self._kept.name) / "product" / _NAME
        self.folder = Path(self._kept.name) / "office"
        write(self.product / PACK_FILE, SMALL.read_bytes())

    def selectors(self, *names: str) -> Path:
        """A file below the office's packs."""
        return self.folder.joinpath("selectors", *names)


def write(file: Path, content: bytes) -> Path:
    """Write the file with the folders above it; returns it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


@cache
def _own_office() -> _Office:
    return _Office()


@cache
def _overlaid_office() -> _Office:
    return _Office()


@cache
def _extending_office() -> _Office:
    office = _Office()
    write(office.selectors(_NAME, PACK_FILE), SMALL.read_bytes().replace(b"\nportal:", b"\nextends: fuzz\nportal:"))
    return office


def _own(content: bytes) -> None:
    office = _own_office()
    file = write(office.selectors(_NAME, PACK_FILE), content)
    read_layers(file.parent, office.folder)


def _overlaid(content: bytes) -> None:
    office = _overlaid_office()
    write(office.selectors(_NAME, OVERLAY_FILE), content)
    read_layers(office.product, office.folder)


def _extending(content: bytes) -> None:
    office = _extending_office()
    write(office.selectors("families", "fuzz.yaml"), content)
    read_layers(office.selectors(_NAME), office.folder)


def _read(read: Callable[[bytes], None], content: bytes) -> Told:
    try:
        read(content)
    except PackError as error:
        _hold_told(error)
        raise
    return Told()


def _hold_told(error: PackError) -> None:
    """Raises Broken when a problem is not told as its author needs it."""
    if not error.problems:
        raise Broken("a pack is refused with a reason")
    for problem in error.problems:
        if problem.line < 1 or not problem.what.strip():
            raise Broken("every problem of a pack has its line and its reason")
        if OUR_TOOLS.search(problem.what):
            raise Broken("problems of a pack are told without the words of our tools")


@cache
def _example() -> Any:
    return read_source(EXAMPLE_FOLDER / PACK_FILE).data


def _spoilt_parts(choices: Choices) -> bytes:
    return json.dumps(tree_edited(_example(), choices, _WORDS)).encode()


def _read_parts(content: bytes) -> Told:
    """The documentation's example without its YAML, which takes longer than all checks."""

    def read(spoilt: bytes) -> None:
        data, file = json.loads(spoilt), str(EXAMPLE_FOLDER / PACK_FILE)
        marks = {place: Mark(file, 1, place) for place in _places(data, ())}
        checked_source(Source(data=data, marks=marks), EXAMPLE_FOLDER, own_files={file})

    return _read(read, content)


def _places(part: Any, place: Place) -> Iterator[Place]:
    yield place
    for key, below in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        yield from _places(below, (*place, key))


def _spoilt_text(choices: Choices) -> bytes:
    text = choices.one(("Denied: OCANARY, ZEPHYRINE", "In review", "Paid in full", "", '"', "- {text: a}"))
    for _ in range(choices.number(4)):
        text = text_edited(text, choices)
    return text.encode("utf-8", "replace")


@cache
def _learning_office() -> _Office:
    office = _Office()
    write(office.selectors(_NAME, PACK_FILE), SMALL.read_bytes())
    return office


def _learn(content: bytes) -> Told:
    """A text of the portal goes into the office's pack, and the pack reads it as it was said."""
    office = _learning_office()
    text = content.decode("utf-8", "replace")
    before = write(office.selectors(_NAME, PACK_FILE), SMALL.read_bytes()).read_bytes()
    known = meaning(read_layers(office.selectors(_NAME), office.folder).pack, "status", text)
    try:
        learn(office.folder, _NAME, "status", text, "F2")
    except TextRefused:
        if office.selectors(_NAME, PACK_FILE).read_bytes() != before:
            raise Broken("a text that is refused leaves the file as it was") from None
        raise
    pack = read_layers(office.selectors(_NAME), office.folder).pack
    if meaning(pack, "status", text) != "F2" or known not in (None, "F2"):
        raise Broken("a text that was learned is read as it was said")
    return Told()
