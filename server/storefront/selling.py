"""On what terms an event sells, its discounts, and the orders that come of it."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from server.catalog.event_models import EventSetup
from server.catalog.term_models import Days, DepositTerms, EventTerms, Question
from server.catalog.times import zone_of
from server.checkout.discount_models import (
    Code,
    CodeTaken,
    DiscountChange,
    DiscountWish,
    Uses,
)
from server.checkout.order_models import OrderQuery
from server.kernel.errors import BadRequest
from server.orgs.charges import Bearer
from server.storefront.filling import Filling, sentence
from server.storefront.forms import Form, read_form
from server.storefront.managing import share_ppm
from server.storefront.portal import Desk, Portal, key_for, uuid_of

QUESTION_ROWS = 3
_NEW = {"kind": "percent"}


class SellingPages(Portal):
    async def discounts(self, request: Request) -> Response:
        """GET .../discounts"""
        desk, setup = await self._event(request, "event:manage")
        return await self._discounts(request, desk, setup, Filling(_NEW))

    async def act_on_discounts(self, request: Request) -> Response:
        """POST .../discounts : a new one; `end`, `resume`: one that is there."""
        desk, setup = await self._event(request, "event:manage")
        form = await read_form(request)
        key = key_for(form, request, desk.actor.name)
        for act, is_active in (("end", False), ("resume", True)):
            if chosen := form.get(act):
                await self._parts.discounts.change(
                    desk.org_id, uuid_of(chosen, "discount"), DiscountChange(is_active=is_active),
                    key,
                )  # fmt: skip
                return self._saved(desk, f"/organizer/events/{setup.id}/discounts")
        filled = Filling.of(form)
        wish = _discount(filled, setup)
        if wish is not None:
            try:
                await self._parts.discounts.create(desk.org_id, setup.id, wish, key)
                return self._saved(desk, f"/organizer/events/{setup.id}/discounts")
            except CodeTaken as error:
                filled.wrong["code"] = sentence(error.detail)
            except BadRequest as error:
                filled.blame(error, ("valid_until", "valid_from"))
        return await self._discounts(request, desk, setup, filled)

    async def terms(self, request: Request) -> Response:
        """GET .../terms"""
        desk, setup = await self._event(request, "event:manage")
        now = await self._parts.terms.find(desk.org_id, setup.id)
        told: dict[str, str] = {"fee_bearer": now.fee_bearer or ""}
        for at, question in enumerate(now.questions[:QUESTION_ROWS]):
            told[f"text:{at}"] = question.text
            told[f"options:{at}"] = ", ".join(question.options)
            told[f"required:{at}"] = "yes" if question.is_required else ""
        if now.deposit is not None:
            told["deposit"] = f"{now.deposit.basis_points / 100:g}"
            told["due_days_before"] = str(now.deposit.due_days_before)
        return self._terms(request, desk, setup, Filling(told))

    async def set_terms(self, request: Request) -> Response:
        """POST .../terms : as they shall be; what the form does not have stays."""
        desk, setup = await self._event(request, "event:manage")
        form = await read_form(request)
        filled = Filling.of(form)
        now = await self._parts.terms.find(desk.org_id, setup.id)
        questions = _questions(form, filled, now)
        bearer = filled.maybe("fee_bearer", Bearer, "Choose one.")
        deposit = _deposit(filled)
        if not filled:
            return self._terms(request, desk, setup, filled)
        new = msgspec.structs.replace(
            now,
            fee_bearer=bearer,
            questions=[*questions, *now.questions[QUESTION_ROWS:]],
            deposit=deposit,
        )
        key = key_for(form, request, desk.actor.name)
        await self._parts.terms.replace(desk.org_id, setup.id, new, key)
        return self._saved(desk, f"/organizer/events/{setup.id}/terms")

    async def orders(self, request: Request) -> Response:
        """GET .../orders : `q`, `status`, `next_token` as in the API."""
        desk, setup = await self._event(request, "order:read")
        asked = {
            name: value
            for name in ("q", "status", "next_token")
            if (value := request.query_params.get(name, "").strip())
        }
        try:
            wanted = msgspec.convert(asked, OrderQuery, strict=False)
        except msgspec.ValidationError:
            raise BadRequest("this page is asked for what it has not: begin anew") from None
        page = await self._parts.orders.page(desk.org_id, setup.id, wanted)
        return self._show(
            request, desk, "event_orders.html", "events", setup=setup, page=page, asked=asked
        )

    async def _event(self, request: Request, permission: str) -> tuple[Desk, EventSetup]:
        """Raises NotFound, also for an event of another organization."""
        event_id = uuid_of(request.path_params["event_id"], "event")
        desk = await self._desk(request, permission)
        return desk, await self._parts.planning.events.get(desk.org_id, event_id)

    async def _discounts(
        self, request: Request, desk: Desk, setup: EventSetup, filled: Filling
    ) -> Response:
        found = await self._parts.discounts.of_event(desk.org_id, setup.id)
        return self._show(
            request, desk, "event_discounts.html", "events", status=200 if filled else 422,
            setup=setup, discounts=found.items, filled=filled,
        )  # fmt: skip

    def _terms(self, request: Request, desk: Desk, setup: EventSetup, filled: Filling) -> Response:
        return self._show(
            request, desk, "event_terms.html", "events", status=200 if filled else 422,
            setup=setup, filled=filled, rows=range(QUESTION_ROWS),
        )  # fmt: skip


def _discount(filled: Filling, setup: EventSetup) -> DiscountWish | None:
    code = filled.take("code", Code, "Letters, digits, - and _, such as EARLY10.")
    uses_max = filled.maybe("uses_max", Uses, "A whole number, or nothing for no limit.")
    per_buyer = filled.maybe("uses_per_buyer_max", Uses, "A whole number, or nothing.")
    basis_points = amount_minor = None
    if filled.get("kind") == "percent":
        rate_ppm = share_ppm(filled.get("value"))
        if rate_ppm is None or rate_ppm < 100:
            filled.wrong["value"] = "A share up to 100, such as 10 or 12.5."
        else:
            basis_points = rate_ppm // 100
    else:
        amount_minor = filled.amount("value", setup.currency)
        if amount_minor == 0:
            filled.wrong["value"] = "More than nothing."
    clock = zone_of(setup.timezone)
    begins_at, ends_at = filled.moment("valid_from", clock), filled.moment("valid_until", clock)
    if not filled:
        return None
    return DiscountWish(
        code=code,
        basis_points=basis_points,
        amount_minor=amount_minor,
        valid_from=begins_at,
        valid_until=ends_at,
        uses_max=uses_max,
        uses_per_buyer_max=per_buyer,
    )


def _deposit(filled: Filling) -> DepositTerms | None:
    """None where the share is left empty."""
    if not filled.get("deposit"):
        return None
    rate_ppm = share_ppm(filled.get("deposit"))
    if rate_ppm is None or not 10_000 <= rate_ppm <= 900_000:
        filled.wrong["deposit"] = "A share from 1 to 90, such as 25."
    days = filled.take("due_days_before", Days, "From 1 to 365 days.")
    if not filled or rate_ppm is None or days is None:
        return None
    return DepositTerms(rate_ppm // 100, days)


def _questions(form: Form, filled: Filling, now: EventTerms) -> list[Question]:
    """One that is there keeps its id, so that its answers stay with it."""
    taken = {question.id for question in now.questions}
    found = []
    for at in range(QUESTION_ROWS):
        text = filled.get(f"text:{at}")
        if not text:
            continue
        if at < len(now.questions):
            question_id = now.questions[at].id
        else:
            question_id = next(f"q{nth}" for nth in range(1, 99) if f"q{nth}" not in taken)
            taken.add(question_id)
        options = [part.strip() for part in form.get(f"options:{at}").split(",") if part.strip()]
        try:
            told = {
                "id": question_id,
                "text": text,
                "is_required": bool(filled.get(f"required:{at}")),
                "options": options,
            }
            found.append(msgspec.convert(told, Question))
        except msgspec.ValidationError:
            filled.wrong[f"text:{at}"] = "At most 300 characters, and 50 answers of 100."
    return found
