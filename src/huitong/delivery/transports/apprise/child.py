"""One message through Apprise, in a process of its own. Reads what to do from stdin; tells it by its exit code.

0 handed over, 1 Apprise says no, 2 no address to it, 3 it would have connected to where it may not.
"""

import json
import socket
import sys
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

import apprise
import requests

from huitong.delivery.networks import may_connect

try:
    import resource
except ImportError:  # not on Windows
    resource = None  # type: ignore[assignment]

MEMORY = 1_000_000_000  # bytes: an answer without an end ends here

forbidden = False


def guard(allowed: Iterable[IPv4Network | IPv6Network]) -> None:
    """From here on this process connects to public numbers and `allowed` ones alone, and follows no redirect."""
    connect, networks = socket.socket.connect, list(allowed)

    def guarded(self: socket.socket, where: Any) -> None:
        global forbidden
        if self.family not in (socket.AF_INET, socket.AF_INET6) or not may_connect(str(where[0]), networks):
            forbidden = True
            raise PermissionError("not a number that may be connected to")
        connect(self, where)

    socket.socket.connect = guarded  # type: ignore[method-assign,assignment]
    requests.Session.get_redirect_target = lambda self, response: None  # type: ignore[method-assign]


def main() -> int:
    asked = json.load(sys.stdin)
    if resource:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    guard(map(ip_network, asked["networks"]))
    service = apprise.Apprise.instantiate(asked["address"])
    if service is None:
        return 2
    handed = service.notify(body=asked["text"], body_format="text")
    return 0 if handed else 3 if forbidden else 1


if __name__ == "__main__":
    sys.exit(main())
