"""The network that an address belongs to: what one line, or one office, has for itself."""

import ipaddress

_LINE_BITS = 48
"""Of an IPv6 address: whoever has one line is given up to 65 536 networks of 64 bits."""


def network_of(address: str) -> str:
    """Return the network that an address is in: of IPv6 one line has 2**80 of them.

    Examples
    --------
    >>> network_of("2001:db8:1:2::3")
    '2001:db8:1::/48'
    >>> network_of("::ffff:192.0.2.7")
    '192.0.2.7'
    """
    try:
        read = ipaddress.ip_address(address)
    except ValueError:  # a proxy may hand on anything
        return address
    if isinstance(read, ipaddress.IPv4Address):
        return str(read)
    if read.ipv4_mapped is not None:  # a socket that takes both writes IPv4 so
        return str(read.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(read), _LINE_BITS), strict=False))
