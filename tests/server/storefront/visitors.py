"""Browsers without scripting: they keep cookies, follow forms and say where they come from."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

import httpx
from lxml import html

from server.identity import service as identity
from server.kernel import context
from server.kernel.db import Database
from server.kernel.ids import uuid7
from server.orgs import service as orgs
from tests.fixtures.product import Event, Product
from tests.fixtures.services import run_aside

OWN = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class Form:
    """A form of a page with the fields it has before anybody types."""

    action: str
    fields: dict[str, Any]


class Visitor:
    """One browser. Pages come back as they were sent: redirects are not followed."""

    def __init__(self, product: Product, **cookies: str) -> None:
        self.product, self._cookies = product, cookies
        self.client = httpx.AsyncClient(
            base_url=product.base_url, cookies=cookies, timeout=30, headers={"Accept": "text/html"}
        )

    async def __aenter__(self) -> "Visitor":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()

    def forget(self) -> None:
        """Keep only the cookies that this browser came with."""
        self.client.cookies = httpx.Cookies(self._cookies)

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(path)

    async def post(
        self, path: str, fields: dict[str, Any] | None = None, headers: dict[str, str] = OWN
    ) -> httpx.Response:
        return await self.client.post(path, data=fields or {}, headers=headers)

    async def send(self, form: Form, **typed: Any) -> httpx.Response:
        return await self.post(form.action, form.fields | typed)

    @property
    def buyer(self) -> dict[str, str]:
        """Headers of this browser's guest, for the API."""
        return {"Authorization": f"Bearer {self.client.cookies['fh_buyer']}"}


def buyer(product: Product) -> Visitor:
    """A guest who has been here before."""
    token = product.buyer()["Authorization"].removeprefix("Bearer ")
    return Visitor(product, fh_buyer=token)


def operator(product: Product, user_id: uuid.UUID | None = None) -> Visitor:
    """A member of an organization; the house's owner where no other is named."""
    subject = str(user_id or product.operator_id)
    token, _ = product.tokens.sign("operator", subject, dt.datetime.now(dt.UTC))
    return Visitor(product, fh_operator=token)


def scanner(event: Event, product: Product) -> Visitor:
    return Visitor(product, fh_scanner=event.scanner_key)


def new_org(product: Product) -> str:
    """An organization without events or members."""
    org_id = f"org-{uuid7().hex[-12:]}"

    async def create() -> None:
        db = await Database.open(product.database_url, connections_max=1)
        context.act_for(org_id)
        async with db.tx() as tx:
            await orgs.create_org(tx, org_id, org_id, f"Name of {org_id}", approved=True)
        await db.close()

    run_aside(create())
    return org_id


def new_user(product: Product, **roles: str) -> uuid.UUID:
    """A person with a role in each of these organizations."""

    async def create() -> uuid.UUID:
        db = await Database.open(product.database_url, connections_max=1)
        async with db.tx() as tx:
            email = f"{uuid7().hex}@house.example"
            user_id = await identity.create_user(tx, email, "Somebody", "correct horse")
        for org_id, role in roles.items():
            context.act_for(org_id)
            async with db.tx() as tx:
                await orgs.add_member(tx, org_id, user_id, role)
        await db.close()
        return user_id

    return run_aside(create())


def forms(page: httpx.Response) -> list[Form]:
    """Every form that posts: where to, and what it would send untouched."""
    found = []
    for form in document(page).forms:
        if form.method != "POST":
            continue
        fields: dict[str, Any] = {}
        for name, value in form.form_values():
            fields.setdefault(name, []).append(value)
        found.append(Form((form.action or page.url.path).partition("#")[0], fields))
    return found


def form(page: httpx.Response, ending: str = "") -> Form:
    """The one form whose action ends so."""
    (found,) = [each for each in forms(page) if each.action.endswith(ending)]
    return found


def document(page: httpx.Response) -> Any:
    return html.fromstring(page.text)


def words(page: httpx.Response) -> str:
    """What the page says, in one line."""
    return " ".join(document(page).find("body").text_content().split())
