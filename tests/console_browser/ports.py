"""A port on which nobody listens."""

import socket


def free_port() -> int:
    """One that is free at this moment, on the loopback address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
