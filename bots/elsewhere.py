"""What kinds of hosts a portal's page may ask for in vain, in words for the log."""

from enum import StrEnum


class Elsewhere(StrEnum):
    """What kind of host a page asked for that it may not reach. Its name is kept out of the log."""

    SAME_OWNER = "same-owner"
    """A host beside a declared one (`cdn.example.com` beside `portal.example.com`): the pack may lack it."""
    OTHER_PORT = "other-port"
    """A declared host, at a port that is not."""
    THIS_NETWORK = "this-network"
    """This computer, or one of the office's own network."""
    OTHER_SITE = "other-site"
    """Any other: advertising, statistics, or worse."""
