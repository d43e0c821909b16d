"""The office's mailbox and telephone as far as a portal sends one-time codes to them."""

from dataclasses import dataclass
from datetime import datetime

from sandbox.clock import Clock


@dataclass(frozen=True)
class Mail:
    """One code on its way: `method` is "email", "text" or "voice"; times are the portal's (UTC)."""

    method: str
    code: str
    sent_at: datetime
    arrives_at: datetime
    good_until: datetime

    def as_json(self) -> dict[str, str]:
        """What the person sees of it, as one flat JSON object."""
        return {
            "method": self.method,
            "code": self.code,
            "sent_at": self.sent_at.isoformat(),
            "arrives_at": self.arrives_at.isoformat(),
        }


class Mailbox:
    """All codes sent so far; a person sees those that have arrived by the portal's clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._mails: list[Mail] = []

    def put(self, mail: Mail) -> None:
        """Send a code."""
        self._mails.append(mail)

    def arrived(self) -> tuple[Mail, ...]:
        """What a person finds now, oldest first."""
        now = self._clock.now()
        return tuple(mail for mail in self._mails if mail.arrives_at <= now)

    def latest(self) -> Mail | None:
        """The code sent last, arrived or not."""
        return self._mails[-1] if self._mails else None
