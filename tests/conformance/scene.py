"""A house with something in it: what the parameters of paths name, and who may ask about it."""

import uuid
from dataclasses import dataclass

import httpx

from tests.conformance.credentials import Credential, everybody
from tests.fixtures.product import Event, Product
from tests.fixtures.services import run_aside
from tests.server.support import Buyer


@dataclass(frozen=True)
class Scene:
    """`things`: by the name of a parameter, of a path or a query; `callers`: everybody."""

    house: Product
    event: Event
    things: dict[str, str]
    callers: list[Credential]

    def strongest(self, realm: str) -> Credential:
        """A credential that opens as many of its realm's routes as any, about things of its own."""
        own = [c for c in self.callers if c.realm == realm and c.owns and c.refused is None]
        return max(own, key=lambda caller: len(caller.permissions))


def prepare(house: Product) -> Scene:
    event, other = house.event(), house.event()
    buyer_id = uuid.uuid4()
    things = run_aside(_things(house, event, buyer_id))
    return Scene(house, event, things, everybody(house, event, other, buyer_id))


async def _things(house: Product, event: Event, buyer_id: uuid.UUID) -> dict[str, str]:
    """Real ones, of the house and of a buyer with a hold and an order."""
    async with httpx.AsyncClient(base_url=house.base_url, timeout=30) as client:
        buyer = Buyer(house, client)
        buyer.headers = house.buyer(buyer_id)
        order = await buyer.buy(event, [1])
        hold = await buyer.hold_ok(event, [4])
        maps = (await client.get("/v1/maps", headers=house.operator())).json()["items"]
        version_id = (await client.get(f"/v1/events/{event.id}")).json()["map_id"]
        latest = {each["latest"]["id"]: each["id"] for each in maps if each["latest"]}
    return {
        "event_id": str(event.id),
        "hold_id": hold["id"],
        "order_id": order["id"],
        "line_id": order["lines"][0]["id"],
        "seat_idx": "1",
        "table_idx": "0",
        "map_id": latest[version_id],
        "version_id": version_id,
        "to": version_id,
        "revision": "0",
        "provider": "sandbox",
        "code": order["tickets"][0]["code"],
    }
