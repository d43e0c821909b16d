"""A payer portal as frozen data: how to sign in, what its pages look like, what its words mean.

The models here and in `elements`, `views` and `moves` are what a `portal.yaml` may say and nothing else. They hold no
behaviour: `bots` acts on them, and `packs.check` looks for contradictions between their parts.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, PlainSerializer, StringConstraints, field_validator

from flows.matching import MatchingRules
from flows.questions import Flow
from packs.elements import Element
from packs.moves import Form, Interruption, SignIn, SignOut
from packs.parts import DateFormat, Name, Named, Part
from packs.views import View


class TextRow(Part):
    """A text as the portal shows it (compared without regard to case and spacing) and the code it stands for."""

    text: Annotated[str, StringConstraints(min_length=1)]
    code: Annotated[str, StringConstraints(min_length=1)]


class Lockout(Part):
    """When the payer locks an account: so many failed presses within the window.

    One-time codes have a count of their own.
    """

    attempts: Annotated[int, Field(ge=1)]
    """Wrong passwords until the account is locked."""
    code_attempts: Annotated[int, Field(ge=1)]
    """Wrong one-time codes until the account is locked."""
    window_hours: Annotated[int, Field(ge=1)]
    """Older presses no longer count; where the portal says nothing, a day."""

    @property
    def window(self) -> timedelta:
        return timedelta(hours=self.window_hours)


class Limits(Part):
    """What the payer allows a robot to do."""

    sessions: Annotated[int, Field(ge=1)] = 1
    """So many sessions of one user at a time."""
    lookups_a_minute: Annotated[float, Field(gt=0)]
    """So many presses of a search button in a minute, at most."""
    idle_minutes: Annotated[int, Field(ge=1)]
    """After so many minutes without a page the portal ends the session."""
    answer_seconds: Annotated[float, Field(gt=0)] = 60
    """How long the portal may take to answer a press before we call it down."""


class Formats(Part):
    """How the portal writes things unless an element says otherwise."""

    date: DateFormat
    blank: tuple[str, ...] = ("", "N/A", "n/a", "-", "--")
    """Texts that mean "nothing is shown", which is not zero."""
    yes: tuple[str, ...] = ("Yes", "Y")
    no: tuple[str, ...] = ("No", "N")


_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def checked_address(address: str) -> str:
    """The address of a portal: scheme and host, nothing behind. Raises ValueError; plain http only to this machine."""
    parts = urlsplit(address)
    try:
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    plain = f"{parts.scheme}://{parts.netloc}"
    if not host or address not in (plain, plain + "/") or "@" in parts.netloc or parts.scheme not in ("http", "https"):
        raise ValueError("must be scheme and host alone, such as https://portal.example.com")
    if parts.scheme == "http" and parts.netloc.rpartition(":")[0] not in _LOOPBACK and parts.netloc not in _LOOPBACK:
        raise ValueError("must begin with https://, because passwords and patients' data go over this line")
    return plain


class Pack(Part):
    """A payer portal, whole."""

    portal: Name
    """The portal's name everywhere: in work lists, permissions and commands; the name of the pack's folder too."""
    title: str
    """The portal's name for people."""
    version: str
    """Goes up with every change; every answer says which version of the pack it was read with."""
    verified_on: date
    """The day (YYYY-MM-DD) on which somebody last compared the pack with the portal."""
    address: str
    """Scheme and host; an office may set its own. Paths in the pack are below it."""
    time_zone: str
    """Where the portal's days begin, such as America/Chicago."""
    flows: Annotated[Mapping[Flow, Literal["read", "write"]], AfterValidator(MappingProxyType), PlainSerializer(dict)]
    limits: Limits
    lockout: Lockout
    formats: Formats
    matching: MatchingRules
    sign_in: SignIn
    sign_out: SignOut
    interruptions: tuple[Interruption, ...]
    views: Named[View]
    forms: Named[Form]
    maps: Named[tuple[TextRow, ...]] = Field(default_factory=dict)

    @field_validator("address")
    @classmethod
    def _is_address(cls, address: str) -> str:
        return checked_address(address)

    @field_validator("time_zone")
    @classmethod
    def _is_time_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("must be the name of a time zone, such as America/Chicago") from None
        return name

    def element(self, path: str) -> Element:
        """The element at `view.element`; KeyError when there is none (packs are checked, so there is)."""
        view, _, element = path.partition(".")
        return self.views[view].elements[element]
