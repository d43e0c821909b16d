"""Where an entry at the sign-in page comes from, and how many may come from there before the others wait.

The place is the address at the other end of the connection (uvicorn's peer; the desk believes no header about it:
`proxy_headers=False` in `console.serving`). Behind an office's own proxy that is one address for everybody. Hence the
figures: a whole office that mistypes on a Monday morning stays below them, and after somebody has used them up nobody
is shut out for a quarter of an hour as by an account's lock: the next entry is looked at seconds later.
"""

from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from ledger.sign_in_brake import EVERY_PLACE, Bucket

_OF_A_PLACE = 30
_EACH_OF_A_PLACE = timedelta(seconds=20)
"""Thirty wrong entries at once are more than an office of thirty behind one proxy brings; then three a minute, 4,320 a
day instead of as many as the computer can hash. A place is forgotten ten minutes after its last entry at the most."""

_OF_ALL = 120
_EACH_OF_ALL = timedelta(seconds=2)
"""Over all other computers, for names tried from many at once: once 120 are used up, at the most one password is hashed
every two seconds, a tenth of a core. So some 130 places are kept at a time: 120, and those of the last twenty seconds.
"""

_THIS_COMPUTER = "this-computer"
_OF_A_NETWORK = 64
"""Bits. One who has an IPv6 address has all of its network (RFC 4291, 2.5.4)."""


def buckets_of(request: HttpRequest) -> tuple[Bucket, ...]:
    """The buckets that an entry by this request is taken out of.

    This computer's own entries are not counted over all: whoever tries names from everywhere keeps nobody from signing
    in at the office's computer itself.
    """
    place = place_of(str(request.META.get("REMOTE_ADDR", "")))
    key = salted_hmac("console.sign_in.brake", place, algorithm="sha256").hexdigest()
    mine = Bucket(key, _OF_A_PLACE, _EACH_OF_A_PLACE)
    return (mine,) if place == _THIS_COMPUTER else (mine, Bucket(EVERY_PLACE, _OF_ALL, _EACH_OF_ALL))


def place_of(peer: str) -> str:
    """What counts as one place: an IPv4 address, the network of an IPv6 address, or this computer under any name."""
    try:
        address: IPv4Address | IPv6Address = ip_address(peer.partition("%")[0])
    except ValueError:
        return peer
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_loopback:
        return _THIS_COMPUTER
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, _OF_A_NETWORK), strict=False))
    return str(address)
