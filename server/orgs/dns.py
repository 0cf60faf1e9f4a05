"""What the DNS says of a domain: the one question that proves whose it is."""

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
        asked = dns.asyncresolver.Resolver(configure=not self._resolver)
        if self._resolver:
            address, _, port = self._resolver.rpartition(":")
            asked.nameservers, asked.port = [address], int(port)
        try:
            answer = await asked.resolve(name, "TXT", lifetime=LOOKUP_S)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException:
            raise Overloaded("the DNS did not answer: try again", retry_after_s=5) from None
        return [
            b"".join(record.strings).decode("ascii", "replace")
            for record in answer
            if isinstance(record, TXT)
        ]
