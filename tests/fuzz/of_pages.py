"""A page as the script in it has read it, spoilt by texts and states: every value is what is shown, or it is drift."""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from bots.found import FoundElement, FoundTable, RawReading, State
from bots.reader import ViewRead, may_be_missing, read_view
from flows.outcomes import Ending, Stop
from flows.portal import Value
from packs.elements import Action, Type, Typed
from packs.load import load_pack, shipped_folder
from packs.models import Pack
from packs.texts import folded
from tests.bots.describing import claims_table, pack
from tests.fuzz.choices import Choices
from tests.fuzz.judge import Broken, Target, Told
from tests.fuzz.mutation import grid_edited, text_edited
from tests.fuzz.of_values import hold_amount, hold_day

_UNSEEN = {"Cc", "Cf", "Co", "Cs"}
_MOST_EDITS = 8
_NOISE = (
    "\u200b", "\u200d", "\u202e", "\u2066", "\ufeff", "\u00ad", "\u00a0", "\u0661\u0662", "\uff11", "\u0301", "\ue000",
    "\x00", "\x1b[2J", "\u2028", "\ud800", "QZXCANARY", "$9.99", "9", "-", "N/A", "", " ", "\n", "Paid in full", "%",
    "\u0405", "1e3", "NaN", "x" * 5000, "<b>",
)  # fmt: skip


def _view() -> dict[str, Any]:
    """A page with a field of each type."""
    types: dict[str, dict[str, object]] = {
        "member_id": {"required": True},
        "paid": {"type": "money"},
        "finalised": {"type": "date"},
        "seen_at": {"type": "instant"},
        "visits": {"type": "integer"},
        "units": {"type": "decimal"},
        "share": {"type": "percent"},
        "part": {"type": "fraction"},
        "appeal": {"type": "yes-no"},
        "status": {"type": "mapped", "map": "status"},
        "codes": {"type": "list", "pattern": "^Status code (.*)$"},
        "check": {"pattern": "Check ([0-9]+)", "if_fits": True},
    }
    elements = {
        name: {"find": [{"near": name}, {"css": f".{name}"}], "optional": name != "member_id", **more}
        for name, more in types.items()
    }
    heading = {"find": [{"role": "heading", "name": "Claim"}, {"css": "h1"}], "action": "navigate"}
    return {"recognise": ["heading"], "elements": {"heading": heading, **elements}}


PACK = pack(
    {"claim": _view(), "claims": claims_table()},
    maps={"status": [{"text": "Paid in full", "code": "F1"}, {"text": "Denied", "code": "F2"}]},
)
_TEXTS = {
    "heading": "Claim", "member_id": "QZX100200300", "paid": "$1,234.56", "finalised": "07/04/2026", "visits": "1,204",
    "seen_at": "11/23/2026 6:00 AM", "units": "2.5", "share": "20%", "part": "0.2", "appeal": "Yes",
    "status": "Paid in full", "codes": "Status code 1, 2", "check": "Check 777",
}  # fmt: skip
_ROWS = [["C11", "OCANARY, ZEPHYRINE", "$1.00"], ["C12", "ROE, ANNA", "($2.00)"]]

Raw = dict[str, Any]


def page_targets(*, samples: bool) -> list[Target]:
    """The reader of pages; with `samples`, the recorded pages of the shipped packs are spoilt too."""
    own = [Target("page", lambda choices: _spoilt(_own(), choices), lambda content: _read(PACK, content), (Stop,))]
    return own + ([Target("page-recorded", _spoilt_recorded, _read_recorded, (Stop,))] if samples else [])


@cache
def _own() -> Raw:
    texts: Mapping[str, object] = {"fields": {name: {"text": text} for name, text in _TEXTS.items()}}
    return _raw(PACK, "claim", texts)


def _raw(of: Pack, view_name: str, expected: Mapping[str, Any]) -> Raw:
    """The page from which this reading (as beside recorded pages) was made, as far as the reader sees it."""
    view, missing = of.views[view_name], may_be_missing(of, view_name)
    elements: dict[str, Raw] = {}
    for name, element in view.elements.items():
        if name in expected.get("fields", {}):
            elements[name] = {"state": "found", "kind": "text", "text": expected["fields"][name]["text"]}
        else:
            there = element.action is not Action.READ and name not in missing and not element.optional
            elements[name] = {"state": "found" if there else "missing"}
    tables: dict[str, Raw] = {}
    for name, table in view.tables.items():
        rows = [[row[column]["text"] for column in table.columns] for row in expected.get("tables", {}).get(name, [])]
        tables[name] = {"state": "found", "columns": list(table.columns), "rows": rows}
        if not rows:
            elements[table.empty] = {"state": "found"}
    return {"view": view_name, "recognised": True, "busy": False, "elements": elements, "tables": tables}


@cache
def _list() -> Raw:
    columns = ("payer_claim_number", "patient", "billed")
    rows = [{column: {"text": text} for column, text in zip(columns, row, strict=True)} for row in _ROWS]
    heading = {"heading": {"text": "Claims"}}
    return _raw(PACK, "claims", {"fields": heading, "tables": {"claims": rows}})


def _spoilt(seed: Raw, choices: Choices) -> bytes:
    raw: Raw = json.loads(json.dumps(seed if choices.chance(2) else _list() if seed is _own() else seed))
    for _ in range(_MOST_EDITS):
        if not choices.left:
            break
        element = raw["elements"][choices.one(list(raw["elements"]))]
        match choices.number(8):
            case 0:
                element["state"] = choices.one(list(State)).value
            case 1:
                element["by_shape"] = True
            case 2:
                element["text"] = raw["elements"][choices.one(list(raw["elements"]))].get("text", "")
            case 3:
                raw[choices.one(("recognised", "busy"))] = bool(choices.number(2))
            case 4 | 5 if raw["tables"]:
                _table_spoilt(raw["tables"][choices.one(list(raw["tables"]))], choices)
            case _:
                element["text"] = text_edited(element.get("text", ""), choices, _NOISE)
    return json.dumps(raw).encode()


def _table_spoilt(table: Raw, choices: Choices) -> None:
    width = len(table["columns"])
    match choices.number(4):
        case 0:
            table["state"] = choices.one(list(State)).value
            if table["state"] in (State.MISSING, State.CONFLICT):
                # What was not found has no rows: so the script gives it.
                table["rows"] = []
        case 1:
            table["problem"] = choices.one(("headings", "row-shape"))
            table["problem_at"] = choices.one((*table["columns"], "0"))
        case _ if table["state"] in (State.FOUND, State.WEAK):
            # The script gives rows of one width, or says that one is odd.
            rows = grid_edited(table["rows"] or [[""] * width], Choices(choices.taken(10)))
            table["rows"] = [(row + [""] * width)[:width] for row in rows]
        case _:
            pass


def _reading(raw: Raw) -> RawReading:
    return RawReading(
        recognised=raw["recognised"],
        busy=raw["busy"],
        ready="complete",
        status=200,
        address="http://127.0.0.1/",
        html="",
        elements={name: FoundElement.model_validate(one, strict=False) for name, one in raw["elements"].items()},
        tables={name: FoundTable.model_validate(one, strict=False) for name, one in raw["tables"].items()},
    )


def _read(of: Pack, content: bytes) -> Told:
    raw = _reading(described := json.loads(content))
    try:
        read = read_view(raw, of, described["view"])
    except Stop as stopped:
        _hold_drift(stopped)
        raise
    hold_shown(read, raw, of)
    return Told()


def _hold_drift(stopped: Stop) -> None:
    outcome = stopped.outcome
    if outcome.ending is not Ending.DRIFT or outcome.reason is None or not outcome.reason.what.strip():
        raise Broken("a page that is not as described is drift, with a reason")


def hold_shown(read: ViewRead, raw: RawReading, of: Pack) -> None:
    """Every value is what the page shows at its place, and means what it shows. Raises Broken."""
    view = of.views[read.reading.view]
    for name, value in read.reading.fields.items():
        if name not in view.fixed:
            _hold(value, raw.elements[name].text, view.elements[name], of)
    for name, rows in read.reading.tables.items():
        shown = raw.tables[name]
        if len(rows) != (len(shown.rows) if shown.state is not State.MISSING else 0):
            raise Broken("a table has the rows that are shown")
        for row, texts in zip(rows, shown.rows, strict=False):
            for column, text in zip(shown.columns, texts, strict=True):
                _hold(row.cells[column], text, view.tables[name].columns[column], of)


def _hold(value: Value, text: str, typed: Typed, of: Pack) -> None:
    if value.shown.text != text:
        raise Broken("a value keeps the text that is shown")
    if value.normal is None:
        return
    if any(unicodedata.category(letter) in _UNSEEN for letter in re.sub(r"[\t\r\n]", " ", text)):
        raise Broken("a text with characters that nobody sees gives no value")
    _hold_meaning(value, " ".join(text.split()), typed, of)


def _hold_meaning(value: Value, text: str, typed: Typed, of: Pack) -> None:
    normal = value.normal
    if typed.pattern is not None:
        found = re.search(typed.pattern, text)
        text = found[1].strip() if found else ""
    match typed.type:
        case Type.MONEY if isinstance(normal, Decimal):
            hold_amount(text, normal)
        case Type.DATE:
            hold_day(text, normal)  # type: ignore[arg-type] # what else it may be is what is asked here
        case Type.INTEGER | Type.DECIMAL | Type.PERCENT:
            if Decimal(re.sub(r"[^0-9.-]", "", text)) != normal:
                raise Broken("a number is what its digits say")
        case Type.MAPPED:
            if (folded(text), normal) not in {(folded(row.text), row.code) for row in of.maps[typed.map or ""]}:
                raise Broken("a mapped text is in the pack's map")
        case Type.TEXT:
            if normal != text:
                raise Broken("a text is the text that is shown")
        case _:
            pass


@cache
def _recorded() -> tuple[tuple[str, Raw], ...]:
    return tuple(_recorded_of_all())


def _recorded_of_all() -> Iterator[tuple[str, Raw]]:
    for folder in sorted(path.parent for path in shipped_folder().glob("*/portal.yaml")):
        of = _shipped(folder.name)
        for file in sorted(Path(folder, "recorded").glob("*.json")):
            expected = json.loads(file.read_text(encoding="utf-8"))
            yield folder.name, _raw(of, expected["view"], expected)


@cache
def _shipped(portal: str) -> Pack:
    return load_pack(portal, None)


def _spoilt_recorded(choices: Choices) -> bytes:
    portal, raw = choices.one(_recorded())
    return portal.encode() + b"\n" + _spoilt(raw, choices)


def _read_recorded(content: bytes) -> Told:
    portal, _, raw = content.partition(b"\n")
    return _read(_shipped(portal.decode()), raw)
