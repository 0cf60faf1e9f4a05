"""What the DNS says of a name: whose a domain is, and where a host.

Asked without a thread of the machine's own resolver, which are few: names that nobody answers for
keep nobody else's waiting.
"""

import ipaddress

import dns.asyncresolver
import dns.exception
import dns.resolver
from dns.rdtypes.ANY.TXT import TXT

from server.kernel.errors import Overloaded

LOOKUP_S = 5.0


class Dns:
    """`resolver`: `address:port` of the resolver to ask; empty for the machine's own."""

    def __init__(self, resolver: str = "") -> None:
        self._resolver = resolver

    async def texts(self, name: str) -> list[str]:
        """The TXT records of a name, none where it has none. Raises Overloaded where nobody
        answers."""
        try:
            answer = await self._asked().resolve(name, "TXT", lifetime=LOOKUP_S)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException:
            raise _unanswered() from None
        return [
            b"".join(record.strings).decode("ascii", "replace")
            for record in answer
            if isinstance(record, TXT)
        ]

    async def addresses(self, name: str) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
        """All that a host has, none where it has none; those of IPv4 first. Raises Overloaded where
        nobody answers."""
        try:
            found = await self._asked().resolve_name(name, lifetime=LOOKUP_S)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException:
            raise _unanswered() from None
        addresses = [ipaddress.ip_address(address) for address in found.addresses()]
        return sorted(addresses, key=lambda address: address.version)

    def _asked(self) -> dns.asyncresolver.Resolver:
        asked = dns.asyncresolver.Resolver(configure=not self._resolver)
        if self._resolver:
            address, _, port = self._resolver.rpartition(":")
            asked.nameservers, asked.port = [address], int(port)
        return asked


def _unanswered() -> Overloaded:
    return Overloaded("the DNS did not answer: try again", retry_after_s=5)
