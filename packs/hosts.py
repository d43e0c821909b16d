"""Hosts that a portal's pages need besides the portal's own: how a pack writes them, and what is none."""

import re
from typing import Annotated

from pydantic import AfterValidator

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(\*\.)?{_LABEL}(\.{_LABEL})*")
_LONGEST = 253
HTTPS_PORT = 443


def host_and_port(text: str) -> tuple[str, int]:
    """The two parts of a declared host; the port is that of https where none is written. Raises ValueError."""
    host, colon, port = text.partition(":")
    if not _HOST.fullmatch(host) or len(host) > _LONGEST or (colon and not re.fullmatch(r"[1-9]\d{0,4}", port)):
        raise ValueError(
            "must be the name of a host in lower case, such as cdn.example.com or *.example.com, without https:// and "
            "without a path; another port than that of https stands behind a colon"
        )
    if host.startswith("*.") and host.count(".") < 2:
        raise ValueError("a star stands for the hosts of one owner; behind it are two names or more: *.example.com")
    if colon and int(port) > 65535:
        raise ValueError("a port is a number up to 65535")
    return host, int(port) if colon else HTTPS_PORT


def _checked(text: str) -> str:
    host_and_port(text)
    return text


Host = Annotated[str, AfterValidator(_checked)]
"""A host as `cdn.example.com`, or all below a name as `*.example.com`; another port than that of https behind `:`."""
