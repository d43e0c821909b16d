"""One-time codes that change every half minute, as an authenticator app on a phone would show them (RFC 6238)."""

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA512
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

from vault.errors import SeedNotUnderstood
from vault.secret import Secret

_ALGORITHMS: dict[str, type[SHA1] | type[SHA256] | type[SHA512]] = {
    "SHA1": SHA1,
    "SHA256": SHA256,
    "SHA512": SHA512,
}
_LEAST_SEED_BYTES = 10
"""RFC 4226 asks for 16 bytes, but portals hand out seeds of 16 base32 letters, which are 10; less is a typing error."""


@dataclass(frozen=True)
class Totp:
    """A generator of one-time codes.

    A step is the number of whole periods since 1970-01-01 UTC; a code belongs to one step. `period` is in seconds.
    """

    seed: Secret[bytes]
    digits: int = 6
    period: int = 30
    algorithm: str = "SHA1"

    def __post_init__(self) -> None:
        if len(self.seed.reveal()) < _LEAST_SEED_BYTES:
            raise SeedNotUnderstood("it is too short")
        if self.digits not in (6, 7, 8):
            raise SeedNotUnderstood("codes have 6 to 8 digits")
        if not 1 <= self.period <= 3600:
            raise SeedNotUnderstood("its period is not between a second and an hour")
        if self.algorithm not in _ALGORITHMS:
            raise SeedNotUnderstood("its algorithm is not SHA1, SHA256 or SHA512")

    @classmethod
    def from_text(cls, text: Secret[str]) -> "Totp":
        """Read a seed as a portal shows it: base32, with or without spaces, or an otpauth://totp/ address.

        Raises `SeedNotUnderstood`.
        """
        fields = _address_fields(text)
        if fields is None:
            return cls(_seed(text))
        if "otpauth" not in fields or fields["otpauth"].reveal() != "totp":
            raise SeedNotUnderstood("its codes do not follow the clock")
        if "secret" not in fields:
            raise SeedNotUnderstood("its address holds no seed")
        digits, period = (
            _whole_number(fields[name].reveal()) if name in fields else default
            for name, default in (("digits", 6), ("period", 30))
        )
        algorithm = fields["algorithm"].reveal().upper().replace("-", "") if "algorithm" in fields else "SHA1"
        return cls(_seed(fields["secret"]), digits, period, algorithm)

    def step_of(self, instant: datetime) -> int:
        """The step that `instant` (aware) falls into."""
        if instant.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=self.period)

    def code_of(self, step: int) -> Secret[str]:
        """The code of a step."""
        algorithm = _ALGORITHMS[self.algorithm]()
        generator = HOTP(self.seed.reveal(), self.digits, algorithm, enforce_key_length=False)
        return Secret(generator.generate(step).decode())

    def code_at(self, instant: datetime) -> Secret[str]:
        """The code that a phone shows at `instant` (aware)."""
        return self.code_of(self.step_of(instant))

    def next_fresh_step(self, last_used_step: int | None, instant: datetime) -> int:
        """The earliest step, from `instant` on, whose code was not used yet.

        RFC 6238, 5.2: a verifier accepts a code once, so a second use in its window is a failed sign-in. The caller
        keeps `last_used_step` (None: never used) and waits until the step returned has begun.
        """
        current = self.step_of(instant)
        return current if last_used_step is None else max(current, last_used_step + 1)

    def seconds_until_step(self, step: int, instant: datetime) -> float:
        """Seconds from `instant` until `step` begins; 0 when it has begun."""
        begins = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=step * self.period)
        return max(0.0, (begins - instant).total_seconds())

    def seconds_until_next_step(self, instant: datetime) -> float:
        """Seconds for which the code shown at `instant` goes on being shown; more than 0, at most `period`."""
        return self.seconds_until_step(self.step_of(instant) + 1, instant)


def _address_fields(text: Secret[str]) -> dict[str, Secret[str]] | None:
    """The parts of an otpauth address, its type under "otpauth"; None when the text is not one.

    It raises nothing, so that no traceback holds a frame with the seed in the clear.
    """
    if not text.reveal().strip().lower().startswith("otpauth:"):
        return None
    try:
        address = urlsplit(text.reveal().strip())
        parts = [("otpauth", address.netloc.lower()), *parse_qsl(address.query)]
    except ValueError:
        return {}
    return {name.lower(): Secret(value) for name, value in parts if value}


def _seed(text: Secret[str]) -> Secret[bytes]:
    seed = _decoded_base32(text)
    if seed is None:
        raise SeedNotUnderstood("it is not base32 text")
    return seed


def _decoded_base32(text: Secret[str]) -> Secret[bytes] | None:
    """None, not an exception, for anything else: see `_address_fields`."""
    letters = re.sub(r"[\s-]", "", text.reveal()).rstrip("=").upper()
    try:
        return Secret(base64.b32decode(letters + "=" * (-len(letters) % 8))) if letters else None
    except ValueError:
        return None


def _whole_number(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text):
        raise SeedNotUnderstood("its digits or period are not a number")
    return int(text)
