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
from server.kernel.tasks import end

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


class _Spending:
    """What addresses, or credentials, have spent of one limit."""

    def __init__(self, kind: Kind, limit: Limit) -> None:
        self.kind: Kind = kind
        self.limit = limit
        self.step_s = limit.window_s / limit.count
        self.young: dict[str, _Spent] = {}
        self.old: dict[str, _Spent] = {}
        self.to_tell: dict[str, _Spent] = {}

    def spend(self, scope: Scope, who: str) -> None:
        """Raises RateLimited."""
        spent = self.young.get(who)
        if spent is None:
            spent = self._remember(who)
        now, due = time.monotonic(), spent.due
        due = (due if due > now else now) + self.step_s
        window_s = self.limit.window_s
        if due - now > window_s / 2:
            self._near(scope, due - now)
        spent.due = due
        spent.untold += 1
        if spent.untold * 4 >= self.limit.count:
            self.to_tell[who] = spent

    def _remember(self, who: str) -> _Spent:
        spent = self.young[who] = self.old.pop(who, None) or _Spent()
        if len(self.young) >= KEYS_MAX:
            self.old, self.young = self.young, {}
        return spent

    def _near(self, scope: Scope, ahead_s: float) -> None:
        limit = self.limit
        wait_s = ahead_s - limit.window_s
        if wait_s < 1e-6:
            scope["rate_limit"] = _headers(
                self.kind, limit, max(0, int(-wait_s / self.step_s)), ahead_s
            )
            return
        scope["rate_limit"] = _headers(self.kind, limit, 0, wait_s)
        raise RateLimited(
            f"too many requests of the kind {self.kind!r}: {limit.count} at once are allowed, "
            f"and as many again in {limit.window_s:g} s",
            kind=self.kind,
            retry_after_s=round(wait_s, 3),
        )


class Limits:
    """`times`: by how much every limit is multiplied; 0: there are none. An async context manager:
    while it is open, processes hear of each other."""

    def __init__(self, redis: Redis, times: float) -> None:
        self._script: Any = redis.register_script(_SCRIPT)
        self._by_address = _multiplied(BY_ADDRESS, times)
        self._by_credential = _multiplied(BY_CREDENTIAL, times)
        self._telling: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._telling = asyncio.create_task(self._keep_telling())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._telling is not None:
            await end(self._telling)

    def address(self, scope: Scope, kind: Kind) -> None:
        """Count a request against its address. Raises RateLimited.

        An address of this machine is a proxy that names nobody, or its administrator's: none.
        """
        spending, client = self._by_address.get(kind), scope.get("client")
        if spending is not None and client is not None:
            place = _place_of(client[0])
            if place != _LOCAL:
                spending.spend(scope, place)

    def credential(self, scope: Scope, kind: Kind) -> None:
        """Count a request against who is asking, once that is known. Raises RateLimited."""
        spending, actor = self._by_credential.get(kind), context.current().actor
        if spending is not None and actor != "public":
            spending.spend(scope, actor)

    async def _keep_telling(self) -> None:
        every = [*self._by_address.values(), *self._by_credential.values()]
        while True:
            await asyncio.sleep(TELL_EVERY_S)
            try:
                for spending in every:
                    while spending.to_tell:
                        await self._tell(spending)
            except (RedisError, OSError, TimeoutError) as error:
                _log.warning("limits are not shared", error=repr(error))

    async def _tell(self, spending: _Spending) -> None:
        told = [
            (who, spent, spent.untold)
            for who, spent in list(spending.to_tell.items())[:TOLD_AT_ONCE]
        ]
        debts = await self._script(
            keys=[f"limit:{spending.kind}:{who}" for who, *_ in told],
            args=[count * spending.step_s for *_, count in told],
        )
        now = time.monotonic()
        for (who, spent, count), debt in zip(told, debts, strict=True):
            spent.due = max(spent.due, now + float(debt))
            spent.untold -= count
            spending.to_tell.pop(who, None)


def _multiplied(limits: Mapping[Kind, Limit], times: float) -> dict[Kind, _Spending]:
    if times <= 0:
        return {}
    return {
        kind: _Spending(kind, Limit(max(1, round(limit.count * times)), limit.window_s))
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
