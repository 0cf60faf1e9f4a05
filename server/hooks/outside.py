"""Requests to addresses that somebody else has typed: to the internet, and nowhere else.

A name is resolved once, every address of it is looked at, and the connection goes to the one that
was looked at: a name that means another address a moment later changes nothing. Redirects are not
followed. Source: OWASP ASVS 5.0, 1.3.6.
"""

import asyncio
import ipaddress
from collections.abc import Sequence
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from server.hooks.models import EndpointRefused
from server.kernel.errors import Overloaded
from server.orgs.dns import Dns

TIMEOUT_S = 10.0
TOLD_BYTES_MAX = 300
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class Outside:
    """`networks`: private ones that may be reached all the same, over http and at any port too."""

    def __init__(self, networks: Sequence[Network], names: Dns) -> None:
        self._networks, self._names = networks, names
        self._client = httpx.AsyncClient(
            timeout=TIMEOUT_S,
            # Environment proxies would resolve names for themselves.
            trust_env=False,
            # Many names share an address: what one of them said is nothing to the next, and a
            # connection is to whom its certificate named.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            limits=httpx.Limits(max_keepalive_connections=0),
            headers={"Accept-Encoding": "identity"},
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def check(self, url: str) -> None:
        """Raises EndpointRefused for what nothing is sent to; a name is resolved for it."""
        await self._resolve(url)

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        """Status of the answer, and the beginning of what it says. Raises EndpointRefused,
        httpx.HTTPError, also where it takes longer than TIMEOUT_S in all."""
        try:
            # A client's own timeouts are for each byte that comes.
            async with asyncio.timeout(TIMEOUT_S):
                at, address = await self._resolve(url)
                named = {"Host": at.netloc.decode("ascii"), **headers}
                async with self._client.stream(
                    "POST", at.copy_with(host=str(address)), content=body, headers=named,
                    extensions={"sni_hostname": at.raw_host.decode("ascii")},
                ) as answer:  # fmt: skip
                    said = b""
                    # As it came: what unpacks to gigabytes is not unpacked.
                    async for chunk in answer.aiter_raw():
                        said += chunk
                        if len(said) >= TOLD_BYTES_MAX:
                            break
                    return answer.status_code, said[:TOLD_BYTES_MAX].decode("utf-8", "replace")
        except TimeoutError:
            raise httpx.ReadTimeout(f"no whole answer within {TIMEOUT_S:g} s") from None

    async def _resolve(self, url: str) -> tuple[httpx.URL, Address]:
        """As the client reads the URL, so that what is looked at is what is called."""
        try:
            at = httpx.URL(url)
        except httpx.InvalidURL:
            raise EndpointRefused("url: this is not an address") from None
        if at.scheme not in ("http", "https") or not at.raw_host:
            raise EndpointRefused("url: begin it with https://")
        if at.userinfo:
            raise EndpointRefused("url: leave user and password out, what is sent is signed")
        addresses = await self._addresses(at.raw_host.decode("ascii"))
        if all(any(a in network for network in self._networks) for a in addresses):
            return at, addresses[0]
        if not all(_is_public(address) for address in addresses):
            raise EndpointRefused("url: its host is not on the public internet")
        if at.scheme != "https" or at.port not in (None, 443):
            raise EndpointRefused("url: begin it with https://, at port 443")
        return at, addresses[0]

    async def _addresses(self, host: str) -> list[Address]:
        """All that the host has, at least one. Raises EndpointRefused."""
        try:
            return [ipaddress.ip_address(host)]
        except ValueError:
            pass  # a name
        try:
            found = await self._names.addresses(host)
        except Overloaded:
            found = []
        if not found:
            raise EndpointRefused("url: the DNS knows no such host")
        return found


def _is_public(address: Address) -> bool:
    """Of IPv6 only what is assigned, and what stands for an IPv4 address if that is public."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return _is_public(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
        if address not in _UNICAST or (address.sixtofour and not _is_public(address.sixtofour)):
            return False
    return address.is_global and not address.is_multicast
