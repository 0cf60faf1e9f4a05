"""What the pages of an organization's people share: who works there, for whom, and on which form.

Where somebody belongs to several organizations every address of the portal names the one that it is
about: `?org=`.
"""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import msgspec
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response

from server.catalog.event_models import EventSetup
from server.catalog.geometry import Places
from server.catalog.ticket_models import TicketTypeView
from server.identity.models import Account, Operator
from server.identity.realms import AccountRealm
from server.kernel.errors import BadRequest, Forbidden, NotFound
from server.kernel.idempotency import Key, key_of
from server.orgs import service as orgs
from server.orgs.models import Member
from server.orgs.realm import OperatorRealm
from server.storefront import menus
from server.storefront.forms import Form
from server.storefront.pages import Pages
from server.storefront.services import Services

MOVED = "Somebody has changed the event meanwhile: this is what it is now. Try again."
_KEY_LENGTH_MAX = 64


@dataclass(frozen=True, slots=True)
class Desk:
    """Who works, for which organization."""

    actor: Operator
    member: Member
    has_choice: bool

    @property
    def org_id(self) -> str:
        return self.member.org_id

    def areas(self, path: str, here: str) -> list[menus.Group]:
        return menus.areas(self.actor.permissions, path, here)

    def event_pages(self, path: str, event_id: uuid.UUID, within: str = "") -> list[menus.Group]:
        return menus.event_pages(self.actor.permissions, path, event_id, within)

    def may(self, permission: str) -> bool:
        return permission in self.actor.permissions

    def at(self, path: str, **more: object) -> str:
        """The address of a page of this organization."""
        named = {"org": self.org_id} if self.has_choice else {}
        asked = {**named, **{name: value for name, value in more.items() if value}}
        pairs = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in asked.items())
        return f"{path}?{pairs}" if pairs else path


class Portal:
    def __init__(self, parts: Services, pages: Pages) -> None:
        self._parts, self._pages = parts, pages
        self._account = AccountRealm(parts.db, parts.tokens, "operator")

    async def _members(self, request: Request) -> tuple[Account, list[Member]]:
        """Who is signed in, and all their organizations. Raises Unauthenticated."""
        account = await self._account.authenticate(request)
        return account, await orgs.memberships(self._parts.db, account.id)

    async def _desk(self, request: Request, permission: str, org_id: str = "") -> Desk:
        """Of the organization `org_id`, else that which the address names, or the only one.

        Raises Unauthenticated, Forbidden, BadRequest.
        """
        _, members = await self._members(request)
        wanted = org_id or request.query_params.get("org", "")
        if not wanted and len(members) > 1:
            raise BadRequest("you belong to several organizations: choose one at /organizer")
        realm = OperatorRealm(self._parts.db, self._parts.tokens, permission)
        actor = await realm.authenticate(in_org(request, wanted) if wanted else request)
        if not isinstance(actor, Operator):
            raise Forbidden("pages are for people: a program calls the API")
        member = next(member for member in members if member.org_id == actor.org_id)
        return Desk(actor, member, len(members) > 1)

    def _show(
        self, request: Request, desk: Desk, template: str, here: str, **facts: Any
    ) -> Response:
        """A page of the portal; `here`: the area that it belongs to."""
        is_saved = request.method == "GET" and bool(request.query_params.get("saved"))
        return self._plain(request, template, desk=desk, here=here, is_saved=is_saved, **facts)

    @staticmethod
    def _saved(desk: Desk, path: str) -> Response:
        """On to a page that says so."""
        return go(desk.at(path, saved="yes"))

    def _plain(self, request: Request, template: str, **facts: Any) -> Response:
        """A page without the portal's navigation; `key`: of its forms."""
        return self._pages.render(request, template, key=secrets.token_hex(16), **facts)


class EventPortal(Portal):
    """Of pages about one event of the organization."""

    async def _event(
        self, request: Request, permission: str = "event:manage"
    ) -> tuple[Desk, EventSetup]:
        """Raises NotFound, also for an event of another organization."""
        event_id = uuid_of(request.path_params["event_id"], "event")
        desk = await self._desk(request, permission)
        return desk, await self._parts.planning.events.get(desk.org_id, event_id)

    async def _again(self, desk: Desk, setup: EventSetup) -> EventSetup:
        return await self._parts.planning.events.get(desk.org_id, setup.id)

    async def _types(self, desk: Desk, setup: EventSetup) -> list[TicketTypeView]:
        return (await self._parts.planning.ticketing.of_event(desk.org_id, setup.id)).items

    async def _places(self, setup: EventSetup) -> Places | None:
        """Of the event's map; None while it has none."""
        if setup.version_id is None:
            return None
        return await self._parts.catalog.places(setup.version_id)

    async def _has_places(self, desk: Desk, setup: EventSetup) -> bool:
        """Whether its places were made: it was published once."""
        row = await self._parts.planning.events.find(desk.org_id, setup.id)
        return row.sells_from is not None


def key_for(form: Form, request: Request, who: str, step: str = "") -> Key | None:
    """One key per rendered form and what was filled in: sent twice it acts once, and a page that
    the browser's back button brings again may say something else. `step`: of several."""
    drawn = form.get("key")
    if not drawn:
        return None
    said = hashlib.sha256(form.body).hexdigest()
    name = f"{drawn[:_KEY_LENGTH_MAX]}:{said}:{step}"
    return key_of(name, who, f"form {request.url.path} {step}", form.body)


def go(path: str) -> Response:
    """On to a page, after a form."""
    return RedirectResponse(path, 303)


def revision_of(text: str) -> int:
    """Raises BadRequest."""
    try:
        return msgspec.convert(text, int, strict=False)
    except msgspec.ValidationError:
        raise BadRequest("the form was not understood: go back and try again") from None


def uuid_of(text: str, what: str) -> uuid.UUID:
    """Raises NotFound."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound(f"there is no such {what}") from None


def in_org(request: Request, org_id: str) -> HTTPConnection:
    """The request as if it had named the organization: a browser cannot say it in a header."""
    named = (b"x-org", org_id.encode("latin-1", "replace"))
    return HTTPConnection({**request.scope, "headers": [named, *request.scope["headers"]]})
