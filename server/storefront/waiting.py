"""Before an event that lets people in by turns: the page of who waits."""

import math
from contextlib import suppress

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.admission.models import WaitingRoomOff
from server.catalog.models import Event
from server.kernel.errors import Unauthenticated
from server.storefront import words
from server.storefront.pages import Pages
from server.storefront.services import Services
from server.storefront.sessions import Sessions

_NO_COOKIE = (
    "your number is kept for your browser, and it sent no cookie. "
    "Allow cookies for this site, and open the event again"
)


class Waiting:
    def __init__(self, parts: Services, pages: Pages, sessions: Sessions) -> None:
        self._parts, self._pages, self._sessions = parts, pages, sessions

    async def before(self, request: Request, event: Event) -> Response | None:
        """What is shown instead of the event to who was not let in; None for who may come in.

        Who holds places is inside, however long ago they were let in.
        """
        if not event.has_waiting_room:
            return None
        buyer, has_session = self._sessions.guest(request)
        admission, turn = self._parts.admission, None
        if has_session:
            if await admission.may_enter(event.id, buyer.id):
                return None
            if await self._parts.inventory.holds_of(event.id, buyer.id):
                return None
            turn = await admission.turn(event.id, buyer.id)
        is_waiting = turn is not None and turn.status == "waiting"
        response = self._pages.render(
            request,
            "waiting.html",
            script=None if turn and not is_waiting else "src/waiting/main.ts",
            event=event,
            turn=turn,
            is_waiting=is_waiting,
            ahead=max(turn.number - turn.served_up_to - 1, 0) if turn else 0,
            wait=words.within(math.ceil(turn.wait_max_s / 60)) if turn else "",
            boot={"eventId": event.id, "turn": turn},
        )
        self._sessions.keep_guest(request, response, buyer)
        return response

    async def join(self, request: Request) -> Response:
        """POST /e/{slug}/line : a number, or the one that this browser has."""
        return await self._act(request, joins=True)

    async def leave(self, request: Request) -> Response:
        """POST /e/{slug}/line/leave : gives the number up."""
        return await self._act(request, joins=False)

    async def _act(self, request: Request, *, joins: bool) -> Response:
        event = await self._parts.catalog.event_by_slug(request.path_params["slug"])
        try:
            buyer = await self._parts.buyer.authenticate(request)
        except Unauthenticated:
            raise Unauthenticated(_NO_COOKIE) from None
        if not joins:
            await self._parts.admission.leave(event.id, buyer.id)
            return RedirectResponse("/", 303)
        with suppress(WaitingRoomOff):  # then the event's page is open to everybody
            await self._parts.admission.join(event.id, buyer.id)
        return RedirectResponse(f"/e/{event.slug}", 303)
