"""The message centre: notices of the contractor that must be marked as read before the portal opens."""

from dataclasses import dataclass
from datetime import date

EVERY_DAYS = 4
"""A new notice comes every so many days."""
KEPT = 3
"""So many of the newest notices stand in the message centre."""

_TEXTS = (
    ("Quarterly fee schedule update", "The fee schedule for the next quarter has been loaded. No action is needed."),
    ("Portal hours", "The portal is available on all days. Claims data is refreshed each night between 1 and 3 a.m."),
    ("Return to provider", "Claims returned to you must be corrected and sent again as new claims."),
    ("Electronic payments", "Paper checks will be replaced by electronic funds transfer for more providers this year."),
)


@dataclass(frozen=True)
class Message:
    """One notice."""

    number: int
    date: str
    subject: str
    text: str


class MessageCenter:
    """Which notices there are by the portal's day, and up to which the user has read them."""

    def __init__(self) -> None:
        self._read_up_to = 0

    def on(self, today: date) -> tuple[Message, ...]:
        """The notices of a day, newest first."""
        newest = today.toordinal() // EVERY_DAYS
        return tuple(self._message(number) for number in range(newest, newest - KEPT, -1))

    def unread(self, today: date) -> tuple[Message, ...]:
        """Those that have not been marked as read."""
        return tuple(message for message in self.on(today) if message.number > self._read_up_to)

    def mark_read(self, today: date) -> None:
        """The user has read all that there are."""
        self._read_up_to = max(message.number for message in self.on(today))

    def _message(self, number: int) -> Message:
        subject, text = _TEXTS[number % len(_TEXTS)]
        day = date.fromordinal(number * EVERY_DAYS)
        return Message(number, day.strftime("%m/%d/%Y"), subject, text)
