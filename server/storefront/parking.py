"""What the platform's staff see of events whose reactions failed for good."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from server.kernel.errors import BadRequest, NotFound
from server.orgs.platform import StaffRealm
from server.outbox import parked
from server.outbox.models import ParkedQuery
from server.storefront.filling import sentence
from server.storefront.forms import read_form
from server.storefront.pages import Pages
from server.storefront.portal import Portal, go, key_for
from server.storefront.services import Services


class ParkedPages(Portal):
    def __init__(self, parts: Services, pages: Pages) -> None:
        super().__init__(parts, pages)
        self._support, self._superadmin = (
            StaffRealm(parts.db, parts.tokens, role) for role in ("support", "superadmin")
        )

    async def events(self, request: Request) -> Response:
        """GET /staff/events : oldest first; `after`: later ones."""
        await self._support.authenticate(request)
        return await self._page(request)

    async def replay(self, request: Request) -> Response:
        """POST /staff/events : the event at `position` is tried again."""
        actor = await self._superadmin.authenticate(request)
        form = await read_form(request)
        position = form.get("position")
        if not position.isdecimal() or len(position) > 18:
            raise BadRequest("the form was not understood: go back and try again")
        try:
            await parked.replay(self._parts.db, int(position), key_for(form, request, actor.name))
        except NotFound as error:
            return await self._page(request, sentence(error.detail))
        return go("/staff/events")

    async def _page(self, request: Request, wrong: str = "") -> Response:
        told = {"next_token": request.query_params.get("after")}
        try:
            wanted = msgspec.convert(told, ParkedQuery)
        except msgspec.ValidationError:
            raise BadRequest("after: not a page of these events") from None
        page = await parked.page(self._parts.db, wanted)
        return self._plain(
            request,
            "parked.html",
            status=422 if wrong else 200,
            events=page.items,
            after=page.next_token,
            wrong=wrong,
        )
