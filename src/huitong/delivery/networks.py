"""Which numbers may be connected to. Without Django, for a process of its own (transports/apprise/child.py)."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

_NAT64: Final = ip_network("64:ff9b::/96")


def may_connect(number: str, allowed: Iterable[IPv4Network | IPv6Network]) -> bool:
    """Public numbers, and those of `allowed`. A number that carries another one inside is what it carries."""
    address: IPv4Address | IPv6Address = ip_address(number.partition("%")[0])
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            address = IPv4Address(int(address) & 0xFFFFFFFF)
        else:
            address = address.ipv4_mapped or address.sixtofour or address
    if any(address in network for network in allowed if network.version == address.version):
        return True
    return address.is_global and not address.is_multicast and not address.is_reserved
