"""The names of a page's controls, as a page framework makes them: they change with every page that is loaded.

A name has containers before it (`ctl00$cph4f1a$grdClaims$ctl05$lnkIcn`); the container in the middle is generated anew
for each load, and where the rows of a grid begin to count shifts. A control's id is its name with underscores.
"""

import hashlib
import secrets
from dataclasses import dataclass, field

NAMING_OF_OLD = "v1"


@dataclass(frozen=True)
class Target:
    """A control that may send the page back; `row` (from 0) is the grid row it stands in."""

    control: str
    row: int | None = None
    argument: str = ""


@dataclass
class Controls:
    """The controls of one page while it is rendered; what it collects goes into the page's view state."""

    naming: str = NAMING_OF_OLD
    """Another naming gives every control another last part too, as after a rewrite of the pages."""
    targets: dict[tuple[str, str], Target] = field(default_factory=dict)
    """Name and argument of everything that may send the page back."""
    fields: dict[str, str] = field(default_factory=dict)
    """Control -> name, of everything whose value is sent along."""
    choices: dict[str, frozenset[str]] = field(default_factory=dict)
    """Control -> values that were offered."""

    def __post_init__(self) -> None:
        self._container = f"ctl{secrets.randbelow(10):02d}$cph{secrets.token_hex(2)}"
        self._first_row = 2 + secrets.randbelow(8)

    def name(self, control: str, grid: str = "", row: int | None = None) -> str:
        """The control's name on this page."""
        parts = [self._container]
        if grid:
            parts.append(self._last_part(grid))
        if row is not None:
            parts.append(f"ctl{self._first_row + row:02d}")
        return "$".join([*parts, self._last_part(control)])

    def id(self, control: str, grid: str = "", row: int | None = None) -> str:
        """The control's id on this page."""
        return self.name(control, grid, row).replace("$", "_")

    def text_box(self, control: str) -> str:
        """The name of a field whose text is sent along."""
        self.fields[control] = self.name(control)
        return self.fields[control]

    def choice(self, control: str, *values: str) -> str:
        """The name of a list or group of buttons; only these values may come back."""
        self.choices[control] = frozenset(values)
        return self.text_box(control)

    def check_box(self, control: str, grid: str, row: int) -> str:
        """The name of a box in a row of a grid; it is sent along, under the control with its row, when it is ticked."""
        name = self.name(control, grid, row)
        self.fields[f"{control}:{row}"] = name
        return name

    def button(self, control: str) -> str:
        """The name of a button that sends the page."""
        self.targets[self.name(control), ""] = Target(control)
        return self.name(control)

    def post_back(self, control: str, grid: str = "", row: int | None = None, argument: str = "") -> str:
        """The script call of a link or list that sends the page back."""
        name = self.name(control, grid, row)
        self.targets[name, argument] = Target(control, row, argument)
        return f"__doPostBack('{name}','{argument}')"

    def _last_part(self, control: str) -> str:
        if self.naming == NAMING_OF_OLD:
            return control
        return control[:3] + hashlib.sha256(f"{self.naming}.{control}".encode()).hexdigest()[:5]
