"""How often somebody may ask: per kind of route, for an address and for a credential.

A limit is `count` requests at once, and as many again in `window_s`, evenly (GCRA). Nobody waits
for Redis: each process decides on what it knows, and tells the others twice a second of who has
used more than a quarter of a limit, so that with n processes a quarter may be granted n times.
Without Redis each process goes on by itself.
"""

import asyncio
import ipaddress
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, Self

from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.types import Scope

from server.kernel import context, logs
from server.kernel.errors import RateLimited

Kind = Literal["read", "write", "hold", "sign-in", "stream"]

TELL_EVERY_S = 0.5
TOLD_AT_ONCE = 500
KEYS_MAX = 200_000
"""So many addresses and credentials are remembered twice over; the oldest are forgotten first."""
_LOCAL = "local"
# Adds to each key's debt, seconds, what was spent of it, and answers how much that makes.
_SCRIPT = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local debts = {}
for i, key in ipairs(KEYS) do
  local due = math.max(now, tonumber(redis.call('GET', key) or '0')) + tonumber(ARGV[i])
  redis.call('SET', key, string.format('%.6f', due), 'PX', math.ceil((due - now) * 1000) + 1)
  debts[i] = string.format('%.6f', due - now)
end
return debts
"""
_log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Limit:
    count: int
    window_s: float

    @property
    def step_s(self) -> float:
        return self.window_s / self.count


# An address may be an office, or a network operator's thousands of customers.
BY_ADDRESS: Mapping[Kind, Limit] = {
    "read": Limit(4_000, 20),
    "write": Limit(1_000, 20),
    "hold": Limit(1_000, 10),
    "sign-in": Limit(30, 60),
    "stream": Limit(2_000, 20),
}
BY_CREDENTIAL: Mapping[Kind, Limit] = {
    "read": Limit(1_000, 20),
    "write": Limit(200, 20),
    "hold": Limit(100, 10),
    "sign-in": Limit(30, 60),
    "stream": Limit(30, 15),
}


class _Spent:
    """`due`: when, by this process's clock, nothing is spent any more."""

    __slots__ = ("due", "untold")

    def __init__(self) -> None:
        self.due = 0.0
        self.untold = 0


class Limits:
    """`times`: by how much every limit is multiplied; 0: there are none. An async context manager:
    while it is open, processes hear of each other."""

    def __init__(self, redis: Redis, times: float) -> None:
        self._script: Any = redis.register_script(_SCRIPT)
        self._by_address = _multiplied(BY_ADDRESS, times)
        self._by_credential = _multiplied(BY_CREDENTIAL, times)
        self._young: dict[tuple[str, str], _Spent] = {}
        self._old: dict[tuple[str, str], _Spent] = {}
        self._to_tell: dict[tuple[str, str], tuple[_Spent, float]] = {}
        self._telling: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._telling = asyncio.create_task(self._keep_telling())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.wait({self._telling})

    def address(self, scope: Scope, kind: Kind) -> None:
        """Count a request against its address. Raises RateLimited.

        An address of this machine is a proxy that names nobody, or its administrator's: none.
        """
        limit, client = self._by_address.get(kind), scope.get("client")
        if limit is not None and client is not None:
            place = _place_of(client[0])
            if place != _LOCAL:
                self._spend(scope, kind, place, limit)

    def credential(self, scope: Scope, kind: Kind) -> None:
        """Count a request against who is asking, once that is known. Raises RateLimited."""
        limit, actor = self._by_credential.get(kind), context.current().actor
        if limit is not None and actor != "public":
            self._spend(scope, kind, actor, limit)

    def _spend(self, scope: Scope, kind: Kind, who: str, limit: Limit) -> None:
        now = time.monotonic()
        key = (kind, who)
        spent = self._young.get(key)
        if spent is None:
            spent = self._young[key] = self._old.pop(key, None) or _Spent()
            if len(self._young) >= KEYS_MAX:
                self._old, self._young = self._young, {}
        due = max(spent.due, now) + limit.step_s
        ahead_s = due - now
        if ahead_s > limit.window_s + 1e-6:
            wait_s = ahead_s - limit.window_s
            scope["rate_limit"] = _headers(kind, limit, 0, wait_s)
            raise RateLimited(
                f"too many requests of the kind {kind!r}: {limit.count} at once are allowed, "
                f"and as many again in {limit.window_s:g} s",
                kind=kind,
                retry_after_s=round(wait_s, 3),
            )
        spent.due = due
        spent.untold += 1
        if ahead_s > limit.window_s / 2:
            left = int((limit.window_s - ahead_s) / limit.step_s)
            scope["rate_limit"] = _headers(kind, limit, left, ahead_s)
        if spent.untold * 4 >= limit.count:
            self._to_tell[key] = spent, limit.step_s

    async def _keep_telling(self) -> None:
        while True:
            await asyncio.sleep(TELL_EVERY_S)
            while self._to_tell:
                try:
                    await self._tell()
                except (RedisError, OSError, TimeoutError) as error:
                    _log.warning("limits are not shared", error=repr(error))
                    break

    async def _tell(self) -> None:
        told = [
            (key, spent, step_s, spent.untold)
            for key, (spent, step_s) in list(self._to_tell.items())[:TOLD_AT_ONCE]
        ]
        debts = await self._script(
            keys=[f"limit:{kind}:{who}" for (kind, who), *_ in told],
            args=[count * step_s for *_, step_s, count in told],
        )
        now = time.monotonic()
        for (key, spent, _, count), debt in zip(told, debts, strict=True):
            spent.due = max(spent.due, now + float(debt))
            spent.untold -= count
            self._to_tell.pop(key, None)


def _multiplied(limits: Mapping[Kind, Limit], times: float) -> dict[Kind, Limit]:
    if times <= 0:
        return {}
    return {
        kind: Limit(max(1, round(limit.count * times)), limit.window_s)
        for kind, limit in limits.items()
    }


@lru_cache(maxsize=65_536)
def _place_of(host: str) -> str:
    """An IPv4 address, or the network of 64 bits that one customer has of IPv6."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return _place_of(str(address.ipv4_mapped))
        if not address.is_loopback:
            return str(ipaddress.ip_network((address, 64), strict=False))
    return _LOCAL if address.is_loopback else host


def _headers(kind: Kind, limit: Limit, left: int, reset_s: float) -> list[tuple[bytes, bytes]]:
    """Source: draft-ietf-httpapi-ratelimit-headers-10. Told from half of a limit on, and no sooner:
    who is far from it need not know."""
    policy = f'"{kind}";q={limit.count};w={limit.window_s:g}'
    now = f'"{kind}";r={left};t={math.ceil(reset_s)}'
    return [(b"ratelimit-policy", policy.encode()), (b"ratelimit", now.encode())]
