"""Keys of programs and of doors: minted and shown once, listed, revoked."""

import datetime as dt
import uuid

import segno
from starlette.requests import Request
from starlette.responses import Response

from server.checkin import keys as scanner_keys
from server.checkin.models import NewScannerKey
from server.kernel.errors import BadRequest, Forbidden, NotFound
from server.orgs import keys
from server.orgs.key_models import NewApiKey
from server.orgs.models import LimitReached
from server.storefront.filling import Filling
from server.storefront.forms import Form, read_form
from server.storefront.portal import Desk, Portal, go, key_for, uuid_of

_NAME = "Say what it is for, in at most 80 characters."
_REFUSALS = (BadRequest, Forbidden, LimitReached, NotFound)
_NAME_LENGTH_MAX = 80
_LINK_S = 3_600


class KeyPages(Portal):
    async def keys(self, request: Request) -> Response:
        """GET /organizer/keys"""
        desk = await self._desk(request, "key:manage")
        return await self._keys_page(request, desk, Filling({}))

    async def change_keys(self, request: Request) -> Response:
        """POST /organizer/keys : mints one, `name`, `permission`, `expires_on`; or `revoke`."""
        desk = await self._desk(request, "key:manage")
        form = await read_form(request)
        filled, key = Filling.of(form), key_for(form, request, desk.actor.name)
        try:
            if form.get("revoke"):
                key_id = uuid_of(form.get("revoke"), "API key")
                await keys.revoke(self._parts.db, desk.org_id, key_id, key)
                return go(desk.at("/organizer/keys"))
            wish = _api_key(form, filled)
            if wish is not None:
                minted = await keys.mint(
                    self._parts.db, desk.org_id, wish, key, desk.actor.permissions
                )
                return await self._keys_page(request, desk, Filling({}), minted.key)
        except _REFUSALS as error:
            filled.blame(error, ("expires_at",))
        return await self._keys_page(request, desk, filled)

    async def doors(self, request: Request) -> Response:
        """GET /organizer/events/{event_id}/doors : keys of those who scan there."""
        desk = await self._desk(request, "key:manage")
        return await self._doors_page(request, desk, Filling({}))

    async def change_doors(self, request: Request) -> Response:
        """POST /organizer/events/{event_id}/doors : mints one, `name`; or `revoke`."""
        desk = await self._desk(request, "key:manage")
        event_id = uuid_of(request.path_params["event_id"], "event")
        form = await read_form(request)
        filled, key = Filling.of(form), key_for(form, request, desk.actor.name)
        try:
            if form.get("revoke"):
                key_id = uuid_of(form.get("revoke"), "key")
                await scanner_keys.revoke(self._parts.db, desk.org_id, event_id, key_id, key)
                return go(desk.at(request.url.path))
            if not 0 < len(filled.get("name")) <= _NAME_LENGTH_MAX:
                filled.wrong["name"] = _NAME
            else:
                wish = NewScannerKey(filled.get("name"))
                minted = await scanner_keys.mint(self._parts.db, desk.org_id, event_id, wish, key)
                return await self._doors_page(request, desk, Filling({}), minted.key)
        except _REFUSALS as error:
            filled.blame(error, ())
        return await self._doors_page(request, desk, filled)

    async def _keys_page(
        self, request: Request, desk: Desk, filled: Filling, minted: str = ""
    ) -> Response:
        page = self._show(
            request,
            desk,
            "keys.html",
            "keys",
            status=200 if filled else 422,
            keys=(await keys.of_org(self._parts.db, desk.org_id)).items,
            permissions=sorted(desk.actor.permissions),
            filled=filled,
            minted=minted,
        )
        page.headers["Cache-Control"] = "no-store"
        return page

    async def _doors_page(
        self, request: Request, desk: Desk, filled: Filling, minted: str = ""
    ) -> Response:
        event_id = uuid_of(request.path_params["event_id"], "event")
        page = self._show(
            request,
            desk,
            "doors.html",
            "events",
            status=200 if filled else 422,
            setup=await self._parts.planning.events.get(desk.org_id, event_id),
            keys=(await scanner_keys.of_event(self._parts.db, desk.org_id, event_id)).items,
            filled=filled,
            minted=minted,
            **(self._at_the_door(request, event_id, minted) if minted else {}),
        )
        page.headers["Cache-Control"] = "no-store"
        return page

    def _at_the_door(self, request: Request, event_id: uuid.UUID, minted: str) -> dict[str, str]:
        """The address that signs the door's own browser in, and a picture of it for its camera."""
        token, _ = self._parts.tokens.sign(
            "sign-in", minted, dt.datetime.now(dt.UTC), expires_in_s=_LINK_S, realm="scanner"
        )
        link = str(request.url.replace(path="/sign-in", query=f"token={token}"))
        link += f"&next=/board/{event_id}"
        code = segno.make(link, error="l", micro=False)
        return {
            "link": link,
            "code": code.svg_data_uri(scale=3, border=3, dark="#000", light="#fff"),
        }


def _api_key(form: Form, filled: Filling) -> NewApiKey | None:
    if not 0 < len(filled.get("name")) <= _NAME_LENGTH_MAX:
        filled.wrong["name"] = _NAME
    expires_at = None
    if filled.get("expires_at"):
        try:
            day = dt.date.fromisoformat(filled.get("expires_at"))
            expires_at = dt.datetime.combine(day, dt.time(), dt.UTC)
        except ValueError:
            filled.wrong["expires_at"] = "Write a day like 2027-05-01, or nothing."
    chosen = form.all("permission")
    if not chosen:
        filled.problem = "Choose what the key may do."
    return NewApiKey(filled.get("name"), chosen, expires_at) if filled else None
