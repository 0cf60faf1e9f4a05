"""People and programs of organizations, as tests drive them."""

import uuid
from typing import Any

import httpx

from server.identity import service as identity
from server.kernel.db import Database
from server.kernel.tenancy import Across
from server.orgs import service as orgs
from tests.fixtures.product import PARTNER_KEYS, Product
from tests.server.support import ok


async def new_user(product: Product, name: str = "someone") -> uuid.UUID:
    """A user with an address of their own, `<id>@people.example`."""
    db = await Database.open(product.database_url, connections_max=1)
    async with db.tx() as tx:
        address = f"{name}-{uuid.uuid4().hex[:8]}@people.example"
        user_id = await identity.create_user(tx, address, name, "correct horse")
    await db.close()
    return user_id


async def join(product: Product, org_id: str, role: str) -> uuid.UUID:
    """A new user with that role in the organization."""
    user_id = await new_user(product, role)
    db = await Database.open(product.database_url, connections_max=1)
    async with db.tx(across=Across.PLATFORM) as tx:
        await orgs.add_member(tx, org_id, user_id, role)
    await db.close()
    return user_id


class Tenant:
    """An organization of its own and its owner. `call` is by the owner."""

    def __init__(self, product: Product, client: httpx.AsyncClient, org_id: str) -> None:
        self.product, self.client, self.id = product, client, org_id
        self.owner_id = uuid.UUID(int=0)

    @classmethod
    async def sign_up(
        cls, product: Product, client: httpx.AsyncClient, *, approved: bool = True
    ) -> "Tenant":
        owner_id = await new_user(product, "owner")
        answer = await client.post(
            "/v1/orgs", json={"name": "Tenant"}, headers=product.account(owner_id)
        )
        tenant = cls(product, client, ok(answer, 201)["id"])
        tenant.owner_id = owner_id
        if approved:
            ok(await tenant.review("approve"))
        return tenant

    def headers(self, user_id: uuid.UUID | None = None) -> dict[str, str]:
        return self.product.account(user_id or self.owner_id) | {"X-Org": self.id}

    async def call(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, **more: Any
    ) -> httpx.Response:
        headers = more.pop("headers", None) or self.headers(more.pop("by", None))
        keyed = {"Idempotency-Key": key} if key else {}
        return await self.client.request(method, path, json=body, headers=headers | keyed, **more)

    async def review(self, verdict: str, note: str = "") -> httpx.Response:
        return await self.client.post(
            f"/v1/staff/orgs/{self.id}/reviews",
            json={"verdict": verdict, "note": note},
            headers=self.product.credential("staff"),
        )

    async def mint(self, **wish: Any) -> dict[str, Any]:
        """An API key as it was minted."""
        return ok(await self.call("POST", "/v1/api-keys", {"name": "till"} | wish), 201)

    async def log(self, **query: str) -> list[dict[str, Any]]:
        answer = await self.call("GET", "/v1/audit", params={"page_size": "100"} | query)
        return ok(answer)["items"]


def by_partner(name: str = "acme") -> dict[str, str]:
    return {"X-Partner-Key": PARTNER_KEYS[name]}
