"""Faults that a tester can switch on at a practice portal; everything is off to begin with."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

PressFault = Literal["answer-500", "hang", "foreign-page"]
LineFaultKind = Literal[
    "reset",
    "drop",
    "delay",
    "error",
    "too-many-requests",
    "half-download",
    "endless-download",
    "lost-answer",
    "session-killed",
]


AppealPressFaultKind = Literal[
    "reset-before",
    "error-before",
    "lost-answer",
    "time-out",
    "error-after",
    "session-killed-after",
]


class Sometimes(BaseModel):
    """Something that happens now and then: every n-th time, or each time with a probability."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    every: int | None = Field(default=None, ge=1)
    probability: float | None = Field(default=None, ge=0, le=1)
    after: int = Field(default=0, ge=0)
    """So many times it does not happen first."""
    times: int | None = Field(default=None, ge=1)
    """It happens no more often than this."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.every is None) == (self.probability is None):
            raise ValueError("say either every (every n-th request) or probability")
        return self


class AppealPressFault(Sometimes):
    """Something that goes wrong with presses of the button that files an appeal."""

    kind: AppealPressFaultKind
    """`reset-before`: the connection is reset and nothing is filed. `error-before`: an error page, nothing is filed.
    The others file it: `lost-answer` resets the connection, `time-out` never answers, `error-after` answers with an
    error page, `session-killed-after` ends all sessions, so that the next page is the sign-in."""


class LineFault(Sometimes):
    """Something that goes wrong with some requests."""

    kind: LineFaultKind
    """`reset`: the connection is reset before an answer. `drop`: it ends in mid-body. `delay`: the answer comes
    `seconds` later. `error`: HTTP `status`, the work is not done. `too-many-requests`: HTTP 429 with Retry-After
    `seconds`. `half-download`: a document ends half-way. `endless-download`: a document says no length and never
    ends. `lost-answer`: the work is done and the connection is reset. `session-killed`: all sessions end before the
    request is looked at."""
    path: str = ""
    """Only requests whose path begins so."""
    method: str = ""
    """Only requests with this method: GET or POST."""
    status: Literal[500, 502, 503, 504] = 503
    seconds: float = Field(default=30, ge=0, le=600)


class Switches(BaseModel):
    """The faults that are on. Posted as a whole: what is not named is off."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    password_press: PressFault | None = None
    """What follows a press of the sign-in button instead of the portal's answer; the press itself counts."""
    code_press: PressFault | None = None
    """The same for the press that sends the one-time code."""
    expire_session_after: int | None = Field(default=None, ge=1)
    """A session ends after this many pages that followed its sign-in."""
    http_500_every: int | None = Field(default=None, ge=1)
    """Every n-th signed-in page answers HTTP 500."""
    unmapped_status: bool = False
    """Every claim shows a status text that the portal never used before."""
    hostile_script: bool = False
    """Every page replaces the browser's own functions for reading pages, so that naive readers see a payment."""
    heavy_pages: bool = False
    """Every page brings a megabyte of script, 300 kB of style and pictures, which browsers may keep."""
    maintenance: bool = False
    """Every page is the maintenance page."""
    delay_ms: int = Field(default=0, ge=0, le=120_000)
    """Every page comes this much later (milliseconds)."""
    layout: Literal[1, 2, 3, 4] = 1
    """The version of the pages. 2: other labels and words; 3: columns and sections moved, other ids and classes;
    4: another structure, a moved button and a new pop-up."""
    searches_a_minute: int | None = Field(default=None, ge=1)
    """More searches in a minute than this are answered HTTP 429."""
    refuse_connections: bool = False
    """Nobody listens at the portal's address."""
    line: tuple[LineFault, ...] = ()
    """What goes wrong on the line; the first that applies to a request happens."""
    appeal_press: tuple[AppealPressFault, ...] = ()
    """What goes wrong when an appeal is filed; the first that applies to a press happens."""
    takes_duplicates: bool = False
    """The payer takes an appeal that it has already, and does not say so: a second press would be a second filing."""


class SwitchBoard:
    """Holds the switches that are on now, for the portal to read and the control side to replace."""

    def __init__(self, switches: Switches | None = None) -> None:
        self.now = switches or Switches()
