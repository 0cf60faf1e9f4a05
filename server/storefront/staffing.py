"""What the platform's own staff decide: who may sell, and which webhooks are tried again."""

import uuid

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from server.kernel.errors import BadRequest, NotFound
from server.orgs import service as orgs
from server.orgs.models import Approval, OrgQuery, Review, ReviewRefused
from server.orgs.platform import StaffRealm
from server.payments import gaps, inbox
from server.payments.gap_models import GapDismissal, GapMoved, GapStatus, MoneyGapQuery
from server.payments.models import DeliveryQuery, DeliveryStatus, ReplayRefused
from server.storefront.filling import sentence
from server.storefront.forms import read_form
from server.storefront.pages import Pages
from server.storefront.portal import Portal, go, key_for
from server.storefront.services import Services

ORGS_SHOWN = 50
SHOWN: tuple[Approval, ...] = ("pending", "approved", "rejected", "suspended")
WEBHOOKS_SHOWN = 50
DELIVERIES: tuple[DeliveryStatus, ...] = ("dead", "waiting", "done")


class StaffPages(Portal):
    def __init__(self, parts: Services, pages: Pages) -> None:
        super().__init__(parts, pages)
        self._support, self._superadmin = (
            StaffRealm(parts.db, parts.tokens, role) for role in ("support", "superadmin")
        )

    async def staff(self, request: Request) -> Response:
        """GET /staff : organizations that wait; `approval`: others; `after`: the next of them."""
        await self._support.authenticate(request)
        return await self._page(request)

    async def review(self, request: Request) -> Response:
        """POST /staff : `org`, `verdict`, and why in `note`."""
        actor = await self._superadmin.authenticate(request)
        form = await read_form(request)
        org_id, verdict = form.get("org"), form.get("verdict")
        if verdict not in ("approve", "reject", "suspend", "reinstate"):
            raise BadRequest("the form was not understood: go back and try again")
        try:
            wish = Review(verdict, form.get("note").strip()[:1_000])
            key = key_for(form, request, actor.name)
            await orgs.review(self._parts.db, org_id, wish, key)
        except (BadRequest, ReviewRefused) as error:
            told = error.detail.partition(": ")[2] if isinstance(error, BadRequest) else ""
            return await self._page(request, {org_id: sentence(told or error.detail)})
        query = f"?{request.url.query}" if request.url.query else ""
        return go(f"/staff{query}")

    async def _page(self, request: Request, wrong: dict[str, str] | None = None) -> Response:
        """`wrong`: by organization, what is."""
        asked = request.query_params
        shown: dict[str | None, Approval] = {approval: approval for approval in SHOWN}
        approval = shown.get(asked.get("approval"), "pending")
        wanted = OrgQuery(ORGS_SHOWN, asked.get("after") or None, approval)
        page = await orgs.page(self._parts.db, wanted)
        return self._plain(
            request,
            "staff.html",
            status=422 if wrong else 200,
            orgs=page.items,
            after=page.next_token,
            approval=approval,
            shown=SHOWN,
            wrong=wrong or {},
        )

    async def webhooks(self, request: Request) -> Response:
        """GET /staff/webhooks : those that were given up; `status`: others; `after`: older ones."""
        await self._support.authenticate(request)
        return await self._webhooks(request)

    async def replay(self, request: Request) -> Response:
        """POST /staff/webhooks : `webhook` is tried again."""
        actor = await self._superadmin.authenticate(request)
        form = await read_form(request)
        key = key_for(form, request, actor.name)
        try:
            await inbox.replay(self._parts.db, _uuid_of(form.get("webhook")), key)
        except ReplayRefused as error:
            return await self._webhooks(request, sentence(error.detail))
        return go("/staff/webhooks")

    async def money(self, request: Request) -> Response:
        """GET /staff/money : open gaps, those found first come first; `status`: those that were
        closed; `after`: later ones."""
        await self._support.authenticate(request)
        return await self._money(request)

    async def act_on_money(self, request: Request) -> Response:
        """POST /staff/money : closes `gap` for a `reason`, as it was shown (`ours`, `theirs`); with
        `act` reopen opens it again."""
        actor = await self._superadmin.authenticate(request)
        form = await read_form(request)
        key, gap_id = key_for(form, request, actor.name), _uuid_of(form.get("gap"))
        if form.get("act") == "reopen":
            await gaps.reopen(self._parts.db, gap_id, key)
            return go("/staff/money?status=dismissed")
        told = {name: form.get(name).strip() for name in ("reason", "ours_minor", "theirs_minor")}
        try:
            wish = msgspec.convert(told, GapDismissal, strict=False)
        except msgspec.ValidationError:
            return await self._money(request, "Say why it is closed, in at most 1,000 characters.")
        try:
            await gaps.dismiss(self._parts.db, gap_id, wish, key)
        except GapMoved as error:
            return await self._money(request, sentence(error.detail))
        return go("/staff/money")

    async def _money(self, request: Request, wrong: str = "") -> Response:
        asked = request.query_params
        status: GapStatus = "dismissed" if asked.get("status") == "dismissed" else "open"
        after = _uuid_of(asked["after"]) if asked.get("after") else None
        wanted = MoneyGapQuery(next_token=after, status=status)
        page = await gaps.page(self._parts.db, wanted)
        return self._plain(
            request,
            "money.html",
            status=422 if wrong else 200,
            gaps=page.items,
            compared=page.compared,
            after=page.next_token,
            shown=status,
            wrong=wrong,
        )

    async def _webhooks(self, request: Request, wrong: str = "") -> Response:
        asked = request.query_params
        shown: dict[str | None, DeliveryStatus] = {status: status for status in DELIVERIES}
        status = shown.get(asked.get("status"), "dead")
        after = _uuid_of(asked["after"]) if asked.get("after") else None
        page = await inbox.page(self._parts.db, DeliveryQuery(WEBHOOKS_SHOWN, after, status))
        return self._plain(
            request,
            "webhooks.html",
            status=422 if wrong else 200,
            webhooks=page.items,
            after=page.next_token,
            state=status,
            shown=DELIVERIES,
            wrong=wrong,
        )


def _uuid_of(text: str) -> uuid.UUID:
    """Raises NotFound."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound("there is none of that id") from None
