"""Faults that a tester can switch on at a practice portal; everything is off to begin with."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

PressFault = Literal["answer-500", "hang", "foreign-page"]


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
    maintenance: bool = False
    """Every page is the maintenance page."""
    delay_ms: int = Field(default=0, ge=0, le=120_000)
    """Every page comes this much later (milliseconds)."""


class SwitchBoard:
    """Holds the switches that are on now, for the portal to read and the control side to replace."""

    def __init__(self) -> None:
        self.now = Switches()
