"""A DNS server of one test: it answers over UDP with the TXT records that it was given."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


class _Answers(asyncio.DatagramProtocol):
    def __init__(self, records: dict[str, list[str]]) -> None:
        self._records = records

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        name = query.question[0].name
        texts = self._records.get(name.to_text(omit_final_dot=True))
        if texts is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            quoted = [f'"{text}"' for text in texts]
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *quoted))
        self._transport.sendto(answer.to_wire(), addr)


@asynccontextmanager
async def answering(port: int, records: dict[str, list[str]]) -> AsyncIterator[None]:
    """`records`: TXT records by name, which may change meanwhile."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Answers(records), local_addr=("127.0.0.1", port)
    )
    try:
        yield
    finally:
        transport.close()
