"""The self-test: one button, and what each step of a whole order did."""

from starlette.requests import Request
from starlette.responses import Response

from server.kernel.errors import DomainError, NotConfigured
from server.payments.models import ProviderNotOffered
from server.selftest.models import SelfTest, StepName
from server.storefront.forms import read_form
from server.storefront.portal import Desk, Portal, key_for

_WORDS: dict[StepName, str] = {
    "event_made": "Event made, in no list",
    "held": "Seat held",
    "checked_out": "Checked out",
    "payment_opened": "Payment page opened",
    "paid": "Paid in the sandbox",
    "webhook_received": "Webhook received",
    "confirmed": "Order confirmed",
    "ticket_issued": "Ticket issued",
    "ticket_scanned": "Ticket scanned at a door",
    "refunded": "Paid back",
    "seat_free": "Seat free again",
    "cleaned": "Cleaned up",
}


class SelfTestPages(Portal):
    async def self_test(self, request: Request) -> Response:
        """GET /organizer/self-test"""
        desk = await self._desk(request, "event:manage")
        try:
            await self._parts.planning.self_tests.must_have_sandbox(desk.org_id)
        except (NotConfigured, ProviderNotOffered) as refusal:
            return self._page(request, desk, refusal=refusal)
        return self._page(request, desk)

    async def run(self, request: Request) -> Response:
        """POST /organizer/self-test : the steps; sent again, the same."""
        desk = await self._desk(request, "event:manage")
        key = key_for(await read_form(request), request, desk.actor.name)
        try:
            told = await self._parts.planning.self_tests.run(desk.org_id, key)
        except (NotConfigured, ProviderNotOffered) as refusal:
            return self._page(request, desk, refusal=refusal)
        return self._page(request, desk, told=told)

    def _page(
        self,
        request: Request,
        desk: Desk,
        *,
        told: SelfTest | None = None,
        refusal: DomainError | None = None,
    ) -> Response:
        return self._show(
            request,
            desk,
            "self_test.html",
            "self-test",
            status=409 if refusal and request.method == "POST" else 200,
            told=told,
            words=_WORDS,
            refusal=refusal.detail if refusal else None,
        )
