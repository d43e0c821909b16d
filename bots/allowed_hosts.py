"""The hosts that a session may speak to: the portal's address and those that its pack declares. All others are walled.

Two layers ask here. The browser is told which hosts it may reach by itself, and that all else goes through the
session's way out (`bots.way_out`), which refuses it; and it is told which names it may look up at all.
"""

from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from bots.elsewhere import Elsewhere
from flows.values import Frozen
from packs.hosts import HTTPS_PORT, host_and_port
from packs.models import Pack

_HTTP_PORT = 80


class AllowedHosts(Frozen):
    """Hosts, each with its port; a name that begins with `*.` stands for all below it."""

    hosts: tuple[tuple[str, int], ...]

    @classmethod
    def of_pack(cls, pack: Pack) -> "AllowedHosts":
        """The hosts of a portal."""
        address = urlsplit(pack.address)
        port = address.port or (_HTTP_PORT if address.scheme == "http" else HTTPS_PORT)
        own = ((address.hostname or "").lower(), port)
        return cls(hosts=tuple(dict.fromkeys((own, *(host_and_port(host) for host in pack.hosts)))))

    def allows(self, host: str, port: int) -> bool:
        """May the session speak to this host at this port?"""
        return any(port == allowed and _is(host.lower(), name) for name, allowed in self.hosts)

    @property
    def direct(self) -> tuple[str, ...]:
        """The hosts as the browser's list of what needs no way out takes them."""
        return tuple(f"{_bracketed(name)}:{port}" for name, port in self.hosts)

    @property
    def names(self) -> frozenset[str]:
        """What the browser may look up; addresses of numbers need no looking up."""
        return frozenset(name for name, _ in self.hosts)

    def elsewhere(self, host: str) -> Elsewhere:
        """What kind of host this is, which is not allowed."""
        host = host.lower()
        if any(_is(host, name) for name, _ in self.hosts):
            return Elsewhere.OTHER_PORT
        if _is_near(host):
            return Elsewhere.THIS_NETWORK
        owners = {_owner(name) for name, _ in self.hosts if not _is_near(name)}
        return Elsewhere.SAME_OWNER if _owner(host) in owners else Elsewhere.OTHER_SITE


NOWHERE = AllowedHosts(hosts=())
"""For a page that is only looked at."""


def resolver_rules(names: Iterable[str]) -> str:
    """Chromium's rules for names: only these, and this computer's own, can be looked up."""
    known = ("127.0.0.1", "localhost", "[::1]", *sorted(map(_bracketed, names)))
    return ", ".join(("MAP * ~NOTFOUND", *(f"EXCLUDE {name}" for name in dict.fromkeys(known))))


def _is(host: str, name: str) -> bool:
    return host == name or (name.startswith("*.") and host.endswith(name[1:]))


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name else name


def _owner(host: str) -> str:
    """The last two names, by which hosts of one owner are told well enough to help whoever mends the pack."""
    return ".".join(host.rsplit(".", 2)[-2:])


def _is_near(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal", ".lan"))
    return not address.is_global
