"""A DNS server of one test: it answers over UDP with the records that it was given."""

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
    def __init__(
        self, records: dict[str, list[str]], hosts: dict[str, str], asked: set[str]
    ) -> None:
        self._records, self._hosts, self._asked = records, hosts, asked

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        name, kind = query.question[0].name, query.question[0].rdtype
        said = name.to_text(omit_final_dot=True)
        self._asked.add(said)
        if ".silent." in said:
            return
        texts, host = self._records.get(said), self._hosts.get(said)
        if host is not None:
            if kind == dns.rdatatype.A:
                answer.answer.append(dns.rrset.from_text(name, 60, "IN", "A", host))
        elif texts is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            quoted = [f'"{text}"' for text in texts]
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *quoted))
        self._transport.sendto(answer.to_wire(), addr)


@asynccontextmanager
async def answering(
    port: int,
    records: dict[str, list[str]],
    hosts: dict[str, str] | None = None,
    asked: set[str] | None = None,
) -> AsyncIterator[None]:
    """`records`: TXT records by name, which may change meanwhile; `hosts`: addresses by name. Names
    with `silent` in them are not answered for. `asked`: gets every name that was."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Answers(records, hosts or {}, set() if asked is None else asked),
        local_addr=("127.0.0.1", port),
    )
    try:
        yield
    finally:
        transport.close()
