"""One-time codes as authenticator apps make them, seen from the portal's side (RFC 6238, SHA-1, six digits)."""

import base64
import hmac
import struct
from datetime import datetime

STEP_SECONDS = 30


def step_at(moment: datetime) -> int:
    """The number of the 30-second window in which this moment lies."""
    return int(moment.timestamp()) // STEP_SECONDS


def code_for_step(totp_seed: str, step: int) -> str:
    """The six digits that belong to one window; `totp_seed` is Base32."""
    digest = hmac.digest(base64.b32decode(totp_seed), struct.pack(">Q", step), "sha1")
    start = digest[-1] & 0x0F
    number = int(struct.unpack(">I", digest[start : start + 4])[0]) & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"
