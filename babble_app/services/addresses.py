"""Which addresses of the network an agent may reach: public ones only.

`ipaddress.is_global` alone lets addresses through that lead elsewhere: those that carry an IPv4 address inside (NAT64, 6to4, Teredo,
v4-mapped), site-local ones, and groups.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_REFUSED = tuple(
    ip_network(network)
    for network in (
        "::/96",  # IPv4-compatible
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64 of one's own
        "2001::/23",  # Teredo and other protocols' own
        "3fff::/20",  # for documentation
        "5f00::/16",  # segment routing
        "2002::/16",  # 6to4
        "fec0::/10",  # site-local
        "192.0.0.0/24",  # protocols' own
        "192.88.99.0/24",  # the relays of 6to4
    )
)


def is_public(address: str) -> bool:
    """Whether an address as the resolver gives it belongs to the public network."""
    try:
        ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if any(ip.version == network.version and ip in network for network in _REFUSED):
        return False
    special = ip.is_multicast or ip.is_unspecified or ip.is_loopback or ip.is_link_local
    return ip.is_global and not special and not ip.is_reserved
