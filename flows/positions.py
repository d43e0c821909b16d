"""What payers have published about robots on their portals. It opens nothing: it says where a person has to ask first.

Shipped in `rules/positions.toml`, brought into the permission register of every practice, and never over what a person
has recorded there. (DOMAIN 6, "seed the register".)
"""

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field, model_validator

from flows.values import Frozen

_Text = Annotated[str, Field(min_length=1)]
_Host = Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]


class Source(Frozen):
    """Where it is said."""

    model_config = ConfigDict(strict=False)

    id: _Text
    reference: _Text


class Position(Frozen):
    """One published position, about every job of a payer's portals.

    `id` is the portal's name in the register. `prohibited`: robots are forbidden; `unknown`: no permission for them is
    published. Both mean no. `needs` is the one basis on which the payer itself lets a robot in. `hosts` are the domains
    of the payer's pages, by which a pack of any name is known to be about it. `mark`: found on the payer's own page;
    second-hand, in somebody's text that quotes it; or not looked up. `verified_on` is the day on which the source was
    last read, or this was written where there is none; a portal changes its terms without notice.
    """

    model_config = ConfigDict(strict=False)

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=100)]
    name: _Text
    status: Literal["prohibited", "unknown"]
    flows: Literal["all"] = "all"
    says: _Text
    needs: Literal["written permission", "programme registration", "contract clause"] | None = None
    instead: str = ""
    """What the payer offers in place of its pages."""
    hosts: tuple[_Host, ...] = ()
    mark: Literal["found", "second-hand", "not looked up"]
    sources: tuple[_Text, ...]
    """Keys of `Positions.sources`."""
    verified_on: date

    @model_validator(mode="after")
    def _source_of_what_was_found(self) -> Self:
        if bool(self.sources) == (self.mark == "not looked up"):
            raise ValueError("what was found has a source, and only that")
        return self

    def is_about(self, host: str) -> bool:
        """Is a page on this host the payer's?"""
        return any(host == own or host.endswith(f".{own}") for own in self.hosts)

    def speaks_against(self, basis: str) -> bool:
        """Does a permission that rests on this contradict what is published?"""
        return self.status == "prohibited" if self.needs is None else basis != self.needs


class Positions(Frozen):
    """The file as a whole. `edition` is the day of its last change: of two files the later one holds."""

    model_config = ConfigDict(strict=False)

    edition: date
    sources: tuple[Source, ...]
    positions: tuple[Position, ...]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for what, ids in (("positions", [one.id for one in self.positions]), ("sources", self._keys())):
            if twice := next((name for name in ids if ids.count(name) > 1), None):
                raise ValueError(f"two {what} have the id '{twice}'")
        used = {key for one in self.positions for key in one.sources}
        if used != set(self._keys()):
            raise ValueError(f"these sources are not listed, or not used: {sorted(used ^ set(self._keys()))}")
        return self

    def references(self, position: Position) -> tuple[Source, ...]:
        """The sources of a position, in full."""
        return tuple(source for source in self.sources if source.id in position.sources)

    def about(self, portal: str, address: str | None = None) -> Position | None:
        """The position that this portal falls under: by its name, or by the host of its address; None: nothing is
        published that we know of, which is no permission either.
        """
        host = (urlsplit(address).hostname or "").lower() if address else ""
        named = (one for one in self.positions if one.id == portal)
        return next(named, None) or next((one for one in self.positions if host and one.is_about(host)), None)

    def _keys(self) -> list[str]:
        return [source.id for source in self.sources]


@cache
def published() -> Positions:
    """The positions that come with the program."""
    text = files("flows").joinpath("rules/positions.toml").read_text(encoding="utf-8")
    return Positions.model_validate(tomllib.loads(text))
