"""Ports for servers that have to know theirs before they start."""

import random
import socket

_PORTS = range(20_000, 32_000)
"""Below those that the kernel gives to outgoing connections: no client takes one before our server listens on it."""


def free_ports(count: int) -> list[int]:
    """Different ports of this machine that nobody listens on; drawn at random, so that other runs draw others."""
    found: list[int] = []
    chance = random.SystemRandom()
    while len(found) < count:
        port = chance.choice(_PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in found:
            found.append(port)
    return found
