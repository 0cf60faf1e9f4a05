"""With whom an organization takes payments."""

from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.kernel.errors import NotFound
from server.payments.models import (
    AccountWish,
    OfferWish,
    PaymentRefused,
    ProviderUnavailable,
    UnknownProvider,
)
from server.storefront import regions
from server.storefront.filling import Filling, sentence
from server.storefront.forms import read_form
from server.storefront.portal import Desk, Portal, go, key_for
from server.storefront.words import PROVIDERS

_PAYMENTS = "/organizer/payments"
_Country = Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")]
_Email = Annotated[str, msgspec.Meta(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]


class ReceivingPages(Portal):
    async def payments(self, request: Request) -> Response:
        """GET /organizer/payments ; `back`: from a provider's page."""
        desk = await self._desk(request, "org:manage")
        filled = Filling({"country": "", "email": ""})
        if request.query_params.get("back"):
            await self._check(desk, filled)
        return await self._page(request, desk, filled)

    async def change(self, request: Request) -> Response:
        """POST /organizer/payments : `act` with `provider`."""
        desk = await self._desk(request, "org:manage")
        form = await read_form(request)
        filled, act, provider = Filling.of(form), form.get("act"), form.get("provider")
        accounts = self._parts.payments.accounts
        try:
            if act in ("offer", "withdraw"):
                key = key_for(form, request, desk.actor.name)
                await accounts.offer(desk.org_id, provider, OfferWish(act == "offer"), key)
            elif act == "connect":
                country = filled.take("country", _Country, "Choose the country.")
                email = filled.take("email", _Email, "Write an address like money@venue.example.")
                if country and email:
                    wish = AccountWish(country, email)
                    onboarding = await accounts.connect(desk.org_id, provider, wish)
                    return RedirectResponse(onboarding.url, 303)
            elif act == "resume":
                onboarding = await accounts.resume(desk.org_id, provider)
                return RedirectResponse(onboarding.url, 303)
            else:
                await self._check(desk, filled)
        except (UnknownProvider, NotFound, PaymentRefused, ProviderUnavailable) as error:
            filled.problem = sentence(error.detail)
        if filled:
            return go(desk.at(_PAYMENTS))
        return await self._page(request, desk, filled)

    async def _check(self, desk: Desk, filled: Filling) -> None:
        try:
            await self._parts.payments.accounts.refresh(desk.org_id)
        except ProviderUnavailable as error:
            filled.problem = sentence(error.detail)

    async def _page(self, request: Request, desk: Desk, filled: Filling) -> Response:
        listed = await self._parts.payments.accounts.of_org(desk.org_id)
        return self._show(
            request,
            desk,
            "payments.html",
            "payments",
            status=200 if filled else 422,
            filled=filled,
            providers=listed.items,
            names=PROVIDERS,
            countries=regions.countries(),
        )
