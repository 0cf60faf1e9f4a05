"""A house with something in it: what the parameters of paths name, and who may ask about it."""

import re
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec

from tests.conformance.credentials import Credential, everybody
from tests.conformance.people import People
from tests.fixtures.product import Event, Product
from tests.fixtures.services import run_aside
from tests.fixtures.wallets import wallet_settings
from tests.server.support import Buyer, ok, rows

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c63f8cfc0f01f00050001ff56c72f0d0000000049454e44ae426082"
)


@dataclass(frozen=True)
class Scene:
    """`things`: by the name of a parameter, of a path or a query; where the name alone does not
    say which, by the path up to it, or the path with what follows it; `callers`: everybody."""

    house: Product
    event: Event
    things: dict[str, str]
    callers: list[Credential]

    def strongest(self, realm: str) -> Credential:
        """A credential that opens as many of its realm's routes as any, about things of its own."""
        own = [c for c in self.callers if c.realm == realm and c.owns and c.is_good]
        return max(own, key=lambda caller: len(caller.permissions))

    def named(self, template: str) -> dict[str, str]:
        """What the parameters of this path name. KeyError: one that `things` has to learn."""
        return {
            found[2]: self.things.get(template[: found.end()])
            or self.things.get(template[: found.end(1)])
            or self.things[found[2]]
            for found in re.finditer(r"({(\w+)})[^{]*", template)
        }


def house_in(folder: Path, database_url: str, redis_url: str) -> Product:
    """One that offers all there is: what is not configured says so, whatever it is asked."""
    return Product(database_url, redis_url, folder / "product", environment=wallet_settings(folder))


def prepare(house: Product) -> Scene:
    event, other = house.event(), house.event()
    buyer_id = uuid.uuid4()
    people, callers = everybody(house, event, other, buyer_id)
    return Scene(house, event, run_aside(_things(people)), callers)


async def _parked(house: Product) -> int:
    """The position of an event whose reaction has failed for good."""
    found = await rows(
        house,
        """INSERT INTO outbox (id, type, version, correlation_id, trace_id, actor, source, org_id,
                               subject, data, attempts, parked_at, last_error)
           VALUES (gen_random_uuid(), 'order.confirmed', 1, 'c', 't', 'system', 'test', 'house',
                   'order:none', '{"order_id": "none"}', 12, now(), 'ValueError')
           RETURNING position""",
    )
    return found[0][0]


async def _gap(house: Product) -> str:
    """Money of nobody at a provider that this house never asks."""
    found = await rows(
        house,
        """INSERT INTO money_gaps (id, org_id, kind, provider, about, reference, ours_minor,
                                  theirs_minor, currency, happened_at)
           VALUES (gen_random_uuid(), '', 'charge_of_nobody', 'elsewhere', '', 'ch_none', 0, 700,
                   'EUR', now())
           ON CONFLICT (kind, provider, about, reference) DO UPDATE SET seen_at = now()
           RETURNING id""",
    )
    return str(found[0][0])


async def _delivery(house: Product, endpoint_id: str) -> str:
    """An event on its way to an endpoint."""
    found = await rows(
        house,
        """INSERT INTO webhook_deliveries (id, org_id, endpoint_id, event_id, event_type, body)
           VALUES (gen_random_uuid(), 'house', $1, gen_random_uuid(), 'order.confirmed', '{}')
           RETURNING id""",
        uuid.UUID(endpoint_id),
    )
    return str(found[0][0])


async def _points(house: Product, user_id: uuid.UUID) -> str:
    """An account with the house, of somebody who is signed in."""
    found = await rows(
        house,
        """INSERT INTO point_accounts (id, org_id, user_id)
           VALUES (gen_random_uuid(), 'house', $1) RETURNING id""",
        user_id,
    )
    return str(found[0][0])


async def _things(people: People) -> dict[str, str]:
    """Real ones, of the house, of a buyer with a hold and an order, of accounts and a partner."""
    house, event = people.product, people.event
    async with httpx.AsyncClient(base_url=house.base_url, timeout=30) as client:

        async def made(method: str, path: str, body: Any, scheme: str = "operator") -> Any:
            headers = house.credential(scheme)
            content = body if isinstance(body, bytes) else msgspec.json.encode(body)
            answer = await client.request(method, path, headers=headers, content=content)
            assert answer.is_success, answer.text
            return answer.json()

        async def read(path: str) -> Any:
            return ok(await client.get(path, headers=house.operator()))

        buyer = Buyer(house, client)
        buyer.headers = house.buyer(people.buyer_id)
        order = await buyer.buy(event, [1])
        asked = f"/v1/orders/{(await buyer.buy(event, [2]))['id']}/refund-requests"
        request = ok(await buyer.call("POST", asked, {}), 201)
        gone = await buyer.buy(event, [7])
        refund = await made("POST", f"/v1/orders/{gone['id']}/refunds", {})
        off = house.event().id
        revision = (await read(f"/v1/org/events/{off}"))["revision"]
        cancelled = await made("POST", f"/v1/events/{off}/cancellation?revision={revision}", {})
        hold = await buyer.hold_ok(event, [4])
        draft = {"hold_id": (await buyer.hold_ok(event, [5]))["id"], "email": "a@buyer.example"}
        draft = ok(await buyer.call("POST", "/v1/orders", draft | {"name": "A"}), 201)
        divided = await buyer.call("POST", f"/v1/orders/{draft['id']}/shares", {"equal": 2})
        part = ok(divided, 201)["items"][0]
        version_id = (await read(f"/v1/events/{event.id}"))["map_id"]
        maps = {m["latest"]["id"]: m for m in (await read("/v1/maps"))["items"] if m["latest"]}
        at = f"/v1/events/{event.id}"
        brought, domain = f"brought-{event.id}", f"t{event.id.hex[:12]}.example"
        await made("PUT", f"/v1/partner/orgs/{brought}", {"name": "Brought"}, "partner")
        partner_key = await made(
            "POST", f"/v1/partner/orgs/{brought}/api-keys", {"name": "till"}, "partner"
        )
        await made("POST", "/v1/domains", {"domain": domain})
        product = await made("POST", f"{at}/products", {"name": "Tonic", "price_minor": 400})
        code = {"code": "SCENE", "basis_points": 500}
        discount = await made("POST", f"{at}/discounts", code)
        zone = {"zone": event.geometry.zones[0].key, "name": "Child", "price_minor": 900}
        ticket_type = await made("POST", f"{at}/ticket-types", zone)
        share = {"name": "Share", "partner_org_id": brought, "seats": [6]}
        allocation = await made("POST", f"{at}/allocations", share)
        area = next(iter(event.pools.values()))
        guests = await made("POST", f"{at}/guest-lists", {"name": "Crew", "pool_id": str(area)})
        guest = await made("POST", f"/v1/guest-lists/{guests['id']}/guests", {"name": "Ella"})
        allotted = await made("POST", f"/v1/allocations/{allocation['id']}/holds", {"seats": [6]})
        email = f"{uuid.uuid4().hex}@people.example"
        invitation = await made("POST", "/v1/invitations", {"email": email, "role": "staff"})
        door = await made("POST", f"{at}/scanner-keys", {"name": "side door"})
        key = await made("POST", "/v1/api-keys", {"name": "till"})
        address = {"url": "http://127.0.0.1:9/", "is_enabled": False}
        endpoint = await made("POST", "/v1/webhook-endpoints", address)
        delivery_id = await _delivery(house, endpoint["id"])
        logo = await made("PUT", "/v1/branding/logo", PNG)
        room = {"is_on": True, "at_once_max": 100_000}
        await made("PUT", f"{at}/waiting-room", room)
        ok(await buyer.call("PUT", f"{at}/turn"))
        webhooks = await client.get("/v1/staff/webhooks", headers=house.credential("staff"))
        webhook = ok(webhooks)["items"][0]
        venue_id = next(each["id"] for each in (await read("/v1/venues?page_size=100"))["items"])
    spare, operator = people.operators["spare"], people.operators["account"]
    account = people.buyers["account"]
    return {
        "event_id": str(event.id),
        "/v1/events/{event_id}/cancellation": cancelled["event_id"],
        "hold_id": hold["id"],
        "order_id": order["id"],
        "token": part["url"].rpartition("/")[2],
        "request_id": request["id"],
        "/v1/orders/{order_id}/refunds/{refund_id}": refund["id"],
        "line_id": order["lines"][0]["id"],
        "seat_idx": "1",
        "table_idx": "0",
        "map_id": maps[version_id]["id"],
        "version_id": version_id,
        "to": version_id,
        "revision": str(1 << 30),
        "provider": "sandbox",
        "webhook_id": webhook["id"],
        "gap_id": await _gap(house),
        "code": order["tickets"][0]["code"],
        "ticket_id": order["tickets"][0]["id"],
        "kind": "tickets",
        "language": "en",
        "organization": "house",
        "venue_id": venue_id,
        "product_id": product["id"],
        "discount_id": discount["id"],
        "ticket_type_id": ticket_type["id"],
        "allocation_id": allocation["id"],
        "/v1/allocations/{allocation_id}/holds/{hold_id}": allotted["id"],
        "list_id": guests["id"],
        "guest_id": guest["id"],
        "invitation_id": invitation["id"],
        "key_id": key["id"],
        "/v1/events/{event_id}/scanner-keys/{key_id}": door["id"],
        "/v1/partner/orgs/{org_id}/api-keys/{key_id}": partner_key["id"],
        "org_id": brought,
        "point_account_id": await _points(house, account.id),
        "user_id": str(spare.id),
        "/v1/users/{user_id}": str(operator.id),
        "session_id": str(operator.other_session_id),
        "/v1/buyers/sessions/{session_id}": str(account.other_session_id),
        "domain": domain,
        "logo_id": logo["id"],
        "flag": "checkout",
        "entry": "1",
        "name": "none.webp",
        "endpoint_id": endpoint["id"],
        "delivery_id": delivery_id,
        "position": str(await _parked(house)),
    }
