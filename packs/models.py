"""A payer portal as frozen data: how to sign in, what its pages look like, what its words mean.

The models here and in `elements`, `views`, `moves` and `signing_in` are what a `portal.yaml` may say and nothing else.
They hold no behaviour: `bots` acts on them, and `packs.check` looks for contradictions between their parts.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, PlainSerializer, StringConstraints, field_validator, model_validator

from flows.appeal_rules import AppealRules
from flows.matching import MatchingRules
from flows.opening_hours import Hours
from flows.payer_types import PayerType
from flows.questions import Flow
from flows.remittance_rules import RemittanceRules
from packs.elements import Element
from packs.hosts import Host
from packs.moves import Form, Interruption, SignOut
from packs.parts import DateFormat, Name, Named, Part, PortalPath
from packs.signing_in import SignIn
from packs.views import View


class TextRow(Part):
    """A text as the portal shows it (compared without regard to case and spacing) and the code it stands for."""

    text: Annotated[str, StringConstraints(min_length=1)]
    """The text on the page."""
    code: Annotated[str, StringConstraints(min_length=1)]
    """What it means, in the code that the flow knows: a claim status category, a relation, a payment method."""


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
    idle_days: Annotated[int, Field(ge=1)] | None = None
    """After so many days without a sign-in the portal disables the account; left out where it does not."""
    answer_seconds: Annotated[float, Field(gt=0)] = 60
    """How long the portal may take to answer a press before we call it down."""
    hours: tuple[Hours, ...] = ()
    """When the payer lets robots in; always when left out."""


class Formats(Part):
    """How the portal writes things unless an element says otherwise."""

    date: DateFormat
    """How dates are written, unless an element or field says otherwise."""
    blank: tuple[str, ...] = ("", "N/A", "n/a", "-", "--")
    """Texts that mean "nothing is shown", which is not zero."""
    yes: tuple[str, ...] = ("Yes", "Y")
    """Texts that mean yes."""
    no: tuple[str, ...] = ("No", "N")
    """Texts that mean no."""


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


class Frame(Part):
    """A frame of the portal's pages: an inner document with a life of its own. Found by its name, its path, or both."""

    name: str | None = None
    """The frame's own name."""
    path: PortalPath | None = None
    """The path of the document in it."""
    inside: Name | None = None
    """The frame that this one is in, when it is not in the page itself."""

    @model_validator(mode="after")
    def _can_be_found(self) -> Self:
        if self.name is None and self.path is None:
            raise ValueError("a frame needs its 'name', the 'path' of its document, or both")
        return self


class Pack(Part):
    """A payer portal, whole."""

    portal: Name
    """The portal's name everywhere: in work lists, permissions and commands; the name of the pack's folder too."""
    extends: Name | None = None
    """The family that the pack builds on: `families/NAME.yaml`, of the office or of the product."""
    title: str
    """The portal's name for people."""
    version: str
    """Goes up with every change; every answer says which version of the pack it was read with."""
    verified_on: date
    """The day (YYYY-MM-DD) on which somebody last compared the pack with the portal."""
    address: str
    """Scheme and host; an office may set its own. Paths in the pack are below it."""
    hosts: tuple[Host, ...] = ()
    """Other hosts that the portal's pages need, such as cdn.example.com; nothing else but the address is reached."""
    time_zone: str
    """Where the portal's days begin, such as America/Chicago."""
    payer: PayerType = PayerType.UNKNOWN
    """What kind of payer it is; of a portal of several payers, the kind of nearly all of them."""
    flows: Annotated[Mapping[Flow, Literal["read", "write"]], AfterValidator(MappingProxyType), PlainSerializer(dict)]
    """The jobs that the pack can do at this portal, and whether they change anything there."""
    limits: Limits
    """What the payer allows a robot to do."""
    lockout: Lockout
    """When the payer locks an account."""
    formats: Formats
    """How the portal writes dates, blanks, yes and no."""
    matching: MatchingRules
    """How this payer writes names and member ids."""
    remittances: RemittanceRules = RemittanceRules()
    """How this payer hands out its remittances."""
    appeals: AppealRules = AppealRules()
    """How this payer takes appeals."""
    sign_in: SignIn
    """How to sign in."""
    sign_out: SignOut
    """How to sign out."""
    interruptions: tuple[Interruption, ...]
    """What may come at any time."""
    frames: Named[Frame] = Field(default_factory=dict)
    """The frames that views are in, by name."""
    views: Named[View]
    """The portal's pages, by name."""
    forms: Named[Form]
    """What is asked of the portal, by name; the names of searches are those that the flow knows."""
    maps: Named[tuple[TextRow, ...]] = Field(default_factory=dict)
    """What the portal's words mean: text maps, by name."""

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
