"""A partner's journey, from outside: a master key, HTTP, and nothing else."""

import uuid
from typing import Any

import httpx

from tests.fixtures.product import ORG_ID, PARTNER_KEYS, Product
from tests.server.catalog.venue import club
from tests.server.support import ok, pay, problem, until


class Partner:
    """A program that knows its master key, and the keys that it minted."""

    def __init__(self, client: httpx.AsyncClient, org_id: str) -> None:
        self._client, self._at = client, f"/v1/partner/orgs/{org_id}"
        self.key = ""

    async def master(self, method: str, path: str = "", body: Any = None) -> httpx.Response:
        """A call for the organization with the master key."""
        headers = {"X-Partner-Key": PARTNER_KEYS["acme"]}
        return await self._client.request(method, self._at + path, json=body, headers=headers)

    async def mint(self, **wish: Any) -> dict[str, Any]:
        return ok(await self.master("POST", "/api-keys", {"name": "backend"} | wish), 201)

    async def call(
        self, method: str, path: str, body: Any = None, *, key: str = "", content: bytes = b""
    ) -> httpx.Response:
        """A call as the organization, repeated as a careful program does it: answered once."""
        headers = {"X-API-Key": key or self.key, "Idempotency-Key": uuid.uuid4().hex}
        said: dict[str, Any] = {"content": content} if content else {"json": body}
        answer = await self._client.request(method, path, headers=headers, **said)
        if method != "GET" and answer.is_success:
            again = await self._client.request(method, path, headers=headers, **said)
            assert (again.status_code, again.content) == (answer.status_code, answer.content)
        return answer


async def _map(partner: Partner, venue_id: str) -> dict[str, Any]:
    """The club's drawing as a published version of a map."""
    made = ok(await partner.call("POST", "/v1/maps", {"name": "Floor", "venue_id": venue_id}), 201)
    at = f"/v1/maps/{made['id']}"
    drawn = ok(
        await partner.call(
            "PUT", f"{at}/drawing?revision={made['revision']}&name=club.svg", content=club()
        )
    )
    published = await partner.call("POST", f"{at}/versions?revision={drawn['revision']}")
    version: dict[str, Any] = ok(published, 201)
    return version


async def _event(partner: Partner, version: dict[str, Any]) -> tuple[dict[str, Any], str, str]:
    """A published event, with its child's ticket type and its drink."""
    zones = ok(await partner.call("GET", version["geometry_url"]))["zones"]
    wish = {
        "status": "draft", "name": "Headless Night", "starts_at": "2031-05-01T20:00:00Z",
        "timezone": "Europe/Vienna", "currency": "EUR", "version_id": version["id"],
        "external_ref": "promoter-event-77",
    }  # fmt: skip
    made = ok(await partner.call("POST", "/v1/events", wish), 201)
    at = f"/v1/events/{made['id']}"
    setup = ok(await partner.call("GET", f"/v1/org/events/{made['id']}"))
    early = await partner.call("POST", f"{at}/publish?revision={setup['revision']}")
    assert {reason["code"] for reason in problem(early, 409, "event-refused")["reasons"]} == {
        "no_price"
    }
    prices = {"prices_minor": {zone["key"]: 4_000 for zone in zones}}
    setup = ok(await partner.call("PATCH", f"{at}?revision={setup['revision']}", prices))
    of_seat_0 = zones[ok(await partner.call("GET", version["geometry_url"]))["seats"]["zone"][0][1]]
    child = {"zone": of_seat_0["key"], "name": "Child", "price_minor": 1_500, "quantity": 10}
    child = ok(await partner.call("POST", f"{at}/ticket-types", child), 201)
    drink = {"name": "Lemonade", "price_minor": 450, "stock": 20}
    drink = ok(await partner.call("POST", f"{at}/products", drink), 201)
    setup = ok(await partner.call("POST", f"{at}/publish?revision={setup['revision']}"))
    assert (setup["status"], setup["missing"]) == ("published", [])
    listed = ok(await partner.call("GET", "/v1/org/events?external_ref=promoter-event-77"))
    assert [line["id"] for line in listed["items"]] == [made["id"]]
    return setup, child["id"], drink["id"]


async def _buys(
    client: httpx.AsyncClient, event: dict[str, Any], child: str, drink: str
) -> dict[str, Any]:
    """The confirmed order of a guest: an adult, a child, a lemonade."""
    token = ok(await client.post("/v1/auth/guest"), 201)["token"]
    headers = {"Authorization": f"Bearer {token}"}
    wish = {
        "seats": [0, 1],
        "ticket_types": [{"ticket_type_id": child, "seats": [1]}],
    }
    hold = await client.post(f"/v1/events/{event['id']}/holds", json=wish, headers=headers)
    order = {
        "hold_id": ok(hold, 201)["id"], "email": "ada@buyer.example", "name": "Ada",
        "products": [{"product_id": drink, "quantity": 1}],
    }  # fmt: skip
    started = ok(await client.post("/v1/checkout", json=order, headers=headers), 201)
    await pay(client, started["redirect_url"])
    at = f"/v1/orders/{started['order']['id']}"

    async def confirmed() -> dict[str, Any] | None:
        told: dict[str, Any] = ok(await client.get(at, headers=headers))
        return told if told["status"] == "confirmed" and told["tickets"] else None

    found: dict[str, Any] = await until(confirmed)
    return found


async def test_a_partner_sells_a_ticket_without_anybody_opening_a_page(
    client: httpx.AsyncClient, house: Product
) -> None:
    partner = Partner(client, f"company-{uuid.uuid4().hex[:8]}")
    brought = [ok(await partner.master("PUT", "", {"name": "Headless Ltd"})) for _ in range(3)]
    assert brought[0] == brought[1] == brought[2], "bringing it again changes nothing"
    assert brought[0]["approval"] == "approved", "it sells at once"

    partner.key = (await partner.mint())["key"]
    venue = {"name": "Barn", "city": "Linz", "country": "AT", "timezone": "Europe/Vienna"}
    venue = ok(await partner.call("POST", "/v1/venues", venue), 201)
    version = await _map(partner, venue["id"])
    event, child, drink = await _event(partner, version)

    found = ok(await client.get(f"/v1/events?organization={brought[0]['id']}"))["items"]
    assert [summary["id"] for summary in found] == [event["id"]], "everybody finds it"
    order = await _buys(client, event, child, drink)
    assert sorted(line["unit_price_minor"] for line in order["lines"]) == [1_500, 4_000]
    assert [(item["name"], item["quantity"]) for item in order["products"]] == [("Lemonade", 1)]
    assert len(order["tickets"]) == 2
    service = house.credential("service") | {"X-Org": brought[0]["id"]}
    sales = ok(await client.get(f"/v1/network/events/{event['id']}/sales", headers=service))
    assert (sales["orders"], sales["sold"]) == (1, 2)
    foreign = service | {"X-Org": ORG_ID}
    answer = await client.get(f"/v1/network/events/{event['id']}/sales", headers=foreign)
    problem(answer, 404, "not-found")


async def test_a_partner_replaces_a_key_without_a_moment_in_which_none_works(
    client: httpx.AsyncClient,
) -> None:
    partner = Partner(client, f"company-{uuid.uuid4().hex[:8]}")
    ok(await partner.master("PUT", "", {"name": "Headless Ltd"}))
    old = await partner.mint()
    reading = await partner.mint(name="reports", permissions=["sales:read"])
    new = await partner.mint()
    listed = ok(await partner.master("GET", "/api-keys"))["items"]
    assert {(key["id"], key["revoked_at"]) for key in listed} == {
        (key["id"], None) for key in (old, reading, new)
    }
    assert all(key["key"] not in str(listed) for key in (old, reading, new)), "shown once"
    for key in (old, new):
        ok(await partner.call("GET", "/v1/venues", key=key["key"]))
    problem(await partner.call("GET", "/v1/venues", key=reading["key"]), 403, "forbidden")

    assert (await partner.master("DELETE", f"/api-keys/{old['id']}")).status_code == 204
    problem(await partner.call("GET", "/v1/venues", key=old["key"]), 401, "unauthenticated")
    ok(await partner.call("GET", "/v1/venues", key=new["key"]))
    listed = ok(await partner.master("GET", "/api-keys"))["items"]
    assert [key["id"] for key in listed if key["revoked_at"]] == [old["id"]]
    problem(await partner.master("DELETE", f"/api-keys/{old['id']}"), 404, "not-found")
