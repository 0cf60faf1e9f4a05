"""People with accounts, who sign in, read their mail and forget their passwords."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from server.identity.models import AccountRequest, Realm
from tests.fixtures.product import Product
from tests.server.support import ok, rows

PASSWORD = "four quiet words here"
WAITS_ON = """UPDATE attempts SET free_at = free_at + interval '1 hour'
              WHERE free_at > now() - interval '1 minute'"""
"""For who has been told to wait: it is not over on a slow machine either, until `WAITED`."""
WAITED = "UPDATE attempts SET free_at = now() WHERE free_at > now()"
PREFIXES: dict[Realm, str] = {"operator": "/v1/auth", "buyer": "/v1/buyers"}


def new_email() -> str:
    return f"{uuid.uuid4().hex[:12]}@people.example"


async def token_of(product: Product, email: str, purpose: str) -> str:
    """Of the newest link that was sent to an address."""
    (found, *_) = await rows(
        product,
        """SELECT id, purpose, realm, email, language, name, password_hash, guest_id,
                  user_id, created_at, expires_at, used_at IS NULL AS is_open
           FROM account_requests WHERE email = $1 AND purpose = $2
           ORDER BY created_at DESC LIMIT 1""",
        email,
        purpose,
    )
    request = AccountRequest(*found)
    lasts_s = int((request.expires_at - request.created_at).total_seconds())
    return product.tokens.sign(
        request.purpose,
        str(request.id),
        request.created_at,
        expires_in_s=lasts_s,
    )[0]


async def until_refused(ask: Callable[[], Awaitable[httpx.Response]]) -> list[int]:
    """The statuses, the last of which is 429. One who must wait waits twice as long each time, so
    that it is soon longer than a slow machine takes for an attempt."""
    statuses: list[int] = []
    while 429 not in statuses and len(statuses) < 20:
        statuses.append((await ask()).status_code)
    return statuses


class Person:
    """Somebody in a realm, from an address of their own: limits are by address."""

    def __init__(
        self, product: Product, client: httpx.AsyncClient, realm: Realm = "operator"
    ) -> None:
        self.product, self.client = product, client
        self.realm: Realm = realm
        self.email, self.password = new_email(), PASSWORD
        self.address = f"2001:db8:{uuid.uuid4().hex[:4]}:{uuid.uuid4().hex[:4]}::1"
        self.grant: dict[str, Any] = {}

    async def post(
        self, path: str, body: dict[str, Any], *, address: str = "", signed_in: bool = False
    ) -> httpx.Response:
        headers = {"X-Forwarded-For": address or self.address, "User-Agent": "Person/1.0"}
        headers |= self.headers if signed_in else {}
        return await self.client.post(f"{PREFIXES[self.realm]}/{path}", json=body, headers=headers)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.grant['token']}"}

    async def register(self, **more: Any) -> httpx.Response:
        body = {"email": self.email, "password": self.password, "name": "Ada", **more}
        return await self.post("register", body)

    async def verify(self, token: str = "", **more: Any) -> httpx.Response:
        body = {"token": token or await self.link("register"), "password": self.password, **more}
        return await self.post("verify", body)

    async def join(self, **more: Any) -> "Person":
        """With an account, and signed in."""
        ok(await self.register(**more), 202)
        self.grant = ok(await self.verify(), 201)
        return self

    async def login(self, address: str = "", **more: Any) -> httpx.Response:
        body = {"email": self.email, "password": self.password, **more}
        return await self.post("login", body, address=address)

    async def login_ok(self, **more: Any) -> dict[str, Any]:
        self.grant = ok(await self.login(**more))
        return self.grant

    async def refresh(self, refresh_token: str = "") -> httpx.Response:
        token = refresh_token or self.grant["refresh_token"]
        return await self.post("refresh", {"refresh_token": token})

    async def sessions(self) -> httpx.Response:
        return await self.client.get(f"{PREFIXES[self.realm]}/sessions", headers=self.headers)

    async def link(self, purpose: str) -> str:
        """The token of the newest link that was asked for: what the mail to this address says."""
        return await token_of(self.product, self.email, purpose)
