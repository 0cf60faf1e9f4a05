"""The box office as tests drive it, through HTTP."""

import uuid
from collections.abc import Sequence
from typing import Any

import httpx

from tests.fixtures.product import Event, Product
from tests.server.orgs.people import join
from tests.server.support import Organizer, ok, rows, selection


class Office(Organizer):
    """Who sells without a buyer online."""

    async def sell(
        self,
        event: Event,
        seats: Sequence[int] = (),
        pools: dict[str, int] | None = None,
        *,
        key: str | None = None,
        **more: Any,
    ) -> httpx.Response:
        body = selection(event, seats, pools) | {"method": "cash"} | more
        return await self.call("POST", f"/v1/events/{event.id}/sales", body, key=key)

    async def give(
        self,
        event: Event,
        seats: Sequence[int] = (),
        pools: dict[str, int] | None = None,
        **more: Any,
    ) -> httpx.Response:
        body = {"name": "Ada", "email": "ada@guest.example", "note": "press"} | more
        body |= selection(event, seats, pools)
        return await self.call("POST", f"/v1/events/{event.id}/complimentary", body)

    async def channels(self, event: Event) -> dict[str, tuple[int, int, int]]:
        found = ok(await self.call("GET", f"/v1/events/{event.id}/sales-by-channel"))["items"]
        return {it["channel"]: (it["orders"], it["places"], it["revenue_minor"]) for it in found}

    async def allocate(
        self,
        event: Event,
        seats: Sequence[int] = (),
        pools: dict[str, int] | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        body = selection(event, seats, pools) | {"name": f"Club {uuid.uuid4().hex[:6]}"} | more
        return ok(await self.call("POST", f"/v1/events/{event.id}/allocations", body), 201)


async def other_org(house: Product, client: httpx.AsyncClient, org_id: str) -> Organizer:
    """Somebody at work for another organization."""
    await rows(
        house,
        """INSERT INTO organizations (id, slug, name, approval)
           VALUES ($1, $1, $1, 'approved') ON CONFLICT DO NOTHING""",
        org_id,
    )
    other = Organizer(house, client)
    other.headers = house.account(await join(house, org_id, "owner")) | {"X-Org": org_id}
    return other


def area_of(event: Event) -> str:
    """The key of a standing area."""
    return event.geometry.areas[0].key


async def usage(house: Product, event: Event) -> tuple[int, int, int]:
    """Held, sold and blocked places of the standing area."""
    [found] = await rows(
        house, "SELECT held, sold, blocked FROM pools WHERE id = $1", event.pools[area_of(event)]
    )
    return found["held"], found["sold"], found["blocked"]
