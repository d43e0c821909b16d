"""View state: what a page was when it was sent, kept by the server under a signed token that the page brings back.

A page is taken back only if it is the newest of its kind in the session and if the control that sends it was on it; the
second token on the page, for event validation, holds the signature of exactly those controls.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sandbox.portals.medicaid.controls import Controls, Target

_OPENING = b"\xff\x01\x0f\x0f"
_OPENING_OF_EVENTS = b"\xff\x01\x1d\x00"
_ID_BYTES = 48
_SIGNATURE_BYTES = 20


class Refused(StrEnum):
    """Why a page was not taken back."""

    NO_VIEW_STATE = "no view state"
    FORGED = "view state not ours"
    STALE = "view state of an older page"
    EVENTS = "events not ours"
    CONTROL = "control was not rendered"
    CHOICE = "choice was not offered"


@dataclass(frozen=True)
class Sent:
    """A page as it was sent: its controls, and what it showed (`state`)."""

    number: bytes
    controls: Controls
    state: object


@dataclass(frozen=True)
class PostBack:
    """A page that came back: which control sent it, what its fields held, and what it had shown."""

    target: Target
    values: Mapping[str, str]
    sent: Sent

    @property
    def state(self) -> object:
        """What the page showed."""
        return self.sent.state


@dataclass
class ViewStates:
    """The newest page of each kind that one session was sent."""

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _newest: dict[str, Sent] = field(default_factory=dict)

    def send(self, page: str, controls: Controls, state: object) -> tuple[str, str]:
        """Keep a page that is about to be sent; gives its view state and event validation, as texts.

        Call it when everything on the page is rendered: the second text is the signature of its controls.
        """
        sent = Sent(secrets.token_bytes(_ID_BYTES), controls, state)
        self._newest[page] = sent
        view_state = _OPENING + sent.number + self._signature(sent.number)
        events = _OPENING_OF_EVENTS + self._signature(sent.number, _names(controls))
        return base64.b64encode(view_state).decode(), base64.b64encode(events).decode()

    def take_back(self, page: str, form: Mapping[str, str]) -> PostBack | Refused:
        """The page that this form is, or why it is not taken back."""
        raw = _decoded(form.get("__VIEWSTATE", ""))
        if not raw:
            return Refused.NO_VIEW_STATE
        number, signature = raw[len(_OPENING) : len(_OPENING) + _ID_BYTES], raw[len(_OPENING) + _ID_BYTES :]
        if not hmac.compare_digest(signature, self._signature(number)):
            return Refused.FORGED
        sent = self._newest.get(page)
        if sent is None or not hmac.compare_digest(sent.number, number):
            return Refused.STALE
        events = _decoded(form.get("__EVENTVALIDATION", ""))
        expected = _OPENING_OF_EVENTS + self._signature(number, _names(sent.controls))
        if not hmac.compare_digest(events, expected):
            return Refused.EVENTS
        back = _sent_by(sent, form)
        if isinstance(back, PostBack):
            # A page comes back once: a second press of it, or the browser's way back to it, is stale.
            del self._newest[page]
        return back

    def still_shown(self, page: str, back: PostBack) -> None:
        """The answer is a file: the page that came back stays before its visitor, and may come back again."""
        self._newest[page] = back.sent

    def _signature(self, number: bytes, names: str = "") -> bytes:
        return hmac.digest(self.key, number + names.encode(), "sha256")[:_SIGNATURE_BYTES]


def _sent_by(sent: Sent, form: Mapping[str, str]) -> PostBack | Refused:
    controls = sent.controls
    for control, offered in controls.choices.items():
        if form.get(controls.fields[control], "") not in {"", *offered}:
            return Refused.CHOICE
    name, argument = form.get("__EVENTTARGET", ""), form.get("__EVENTARGUMENT", "")
    if not name:
        # A button sends its own name; the fields of the page are the other names.
        pressed = [
            button for button, _ in controls.targets if button in form and button not in controls.fields.values()
        ]
        if len(pressed) != 1:
            return Refused.CONTROL
        name = pressed[0]
    target = controls.targets.get((name, argument))
    if target is None:
        return Refused.CONTROL
    values = {control: form.get(field_name, "") for control, field_name in controls.fields.items()}
    return PostBack(target, values, sent)


def page_generator(page: str) -> str:
    """The third hidden text: eight hexadecimal digits that belong to the kind of page."""
    return hashlib.sha256(page.encode()).hexdigest()[:8].upper()


def _names(controls: Controls) -> str:
    targets = [f"{name}|{argument}" for name, argument in controls.targets]
    offered = [f"{control}={value}" for control, values in controls.choices.items() for value in values]
    return "\n".join(sorted([*targets, *offered]))


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""
