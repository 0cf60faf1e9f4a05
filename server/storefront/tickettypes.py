"""One ticket type: who may have it, when, how many, and its other prices, place by place."""

from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from server.catalog.event_models import EventSetup, Text
from server.catalog.geometry import Places
from server.catalog.prices import Level, Visibility
from server.catalog.ticket_models import (
    Code,
    Description,
    PerOrder,
    Quantity,
    Sort,
    TicketTypeChange,
    TicketTypeView,
)
from server.catalog.times import zone_of
from server.kernel.errors import BadRequest, NotFound
from server.storefront.filling import Filling, sentence, typed, wall
from server.storefront.forms import Form, read_form
from server.storefront.placewords import heard, spoken
from server.storefront.portal import Desk, EventPortal, key_for, uuid_of

LEVELS_MAX = 100
_MOMENTS = ("sales_open_at", "sales_close_at")
_OF_CHOSEN = ("visibility", "access_code", "quantity", *_MOMENTS)
"""What a zone's default type has not."""
_FIELDS = ("name", "description", "price_minor", "per_order_min", "per_order_max", "sort")
_MANY = "From 1 to 1,000, or nothing for no limit."


class LevelFilling(msgspec.Struct):
    """Another price as it was filled in; `wrong`: what is the matter with it."""

    price: str = ""
    sections: Sequence[str] = ()
    areas: Sequence[str] = ()
    seats: str = ""
    wrong: str = ""

    @property
    def is_blank(self) -> bool:
        return not (self.price or self.sections or self.areas or self.seats.strip())


class TypePages(EventPortal):
    async def ticket_type(self, request: Request) -> Response:
        """GET .../ticket-types/{type_id}"""
        desk, setup = await self._event(request)
        of = await self._type(request, desk, setup)
        places = await self._known_places(setup)
        levels = [
            LevelFilling(
                typed(level.price_minor, setup.currency), level.sections, level.areas,
                spoken(places, level.seats),
            )
            for level in of.levels
        ]  # fmt: skip
        return self._page(request, desk, setup, of, places, _filled(of, setup), levels)

    async def change_type(self, request: Request) -> Response:
        """POST .../ticket-types/{type_id} : as it shall be. Of level `n`: `level:{n}:price`,
        `:section` and `:area` as often as there are, `:seats` in words; without anything it is
        none."""
        desk, setup = await self._event(request)
        of = await self._type(request, desk, setup)
        places = await self._known_places(setup)
        form = await read_form(request)
        filled = Filling.of(form)
        told = _told(filled, setup, of)
        levels = _levels_of(form)
        told["levels"] = [
            level
            for each in levels
            if not each.is_blank and (level := _level(each, places, setup.currency)) is not None
        ]
        if any(level.wrong for level in levels):
            filled.problem = "Something of the other prices needs another look."
        if filled:
            try:
                await self._parts.planning.ticketing.change(
                    desk.org_id, of.id, TicketTypeChange(**told),
                    key_for(form, request, desk.actor.name),
                )  # fmt: skip
                return self._saved(desk, f"/organizer/events/{setup.id}/prices")
            except BadRequest as error:
                filled.blame(error, (*_FIELDS, *_OF_CHOSEN))
        return self._page(request, desk, setup, of, places, filled, levels)

    async def _type(self, request: Request, desk: Desk, setup: EventSetup) -> TicketTypeView:
        type_id = uuid_of(request.path_params["type_id"], "ticket type")
        for of in await self._types(desk, setup):
            if of.id == type_id:
                return of
        raise NotFound("there is no such ticket type")

    async def _known_places(self, setup: EventSetup) -> Places:
        places = await self._places(setup)
        assert places is not None, "ticket types are of a map's zones"
        return places

    def _page(
        self,
        request: Request,
        desk: Desk,
        setup: EventSetup,
        of: TicketTypeView,
        places: Places,
        filled: Filling,
        levels: list[LevelFilling],
    ) -> Response:
        zones = {zone.key: at for at, zone in enumerate(places.geometry.zones)}
        at = zones[of.zone]
        return self._show(
            request,
            desk,
            "ticket_type.html",
            "events",
            status=200 if filled else 422,
            setup=setup,
            of=of,
            zone=places.geometry.zones[at],
            sections=_sections(places, at),
            areas={
                area.key: area.name or area.key for area in places.geometry.areas if area.zone == at
            },
            filled=filled,
            # One more to fill in.
            levels=[*(level for level in levels if not level.is_blank), LevelFilling()],
        )


def _filled(of: TicketTypeView, setup: EventSetup) -> Filling:
    told = {name: str(getattr(of, name) or "") for name in (*_FIELDS, *_OF_CHOSEN)}
    told |= {name: wall(getattr(of, name), setup.timezone) for name in _MOMENTS}
    return Filling(
        told | {"price_minor": typed(of.price_minor, setup.currency), "sort": str(of.sort)}
    )


def _told(filled: Filling, setup: EventSetup, of: TicketTypeView) -> dict[str, Any]:
    """The fields of a TicketTypeChange but for `levels`; what is wrong is told in `filled`."""
    told: dict[str, Any] = {
        "name": filled.take("name", Text, "Say what it is called, such as Child."),
        "description": filled.take("description", Description, "At most 1,000 characters."),
        "price_minor": filled.amount("price_minor", setup.currency),
        "per_order_min": filled.maybe("per_order_min", PerOrder, _MANY),
        "per_order_max": filled.maybe("per_order_max", PerOrder, _MANY),
        "sort": filled.take("sort", Sort, "A whole number from -1,000 to 1,000."),
    }
    if of.is_default:
        return told
    code = filled.maybe("access_code", Code, "From 4 to 60 characters.")
    visibility = filled.take("visibility", Visibility, "Choose who may have it.")
    if visibility == "code" and code is None:
        filled.wrong.setdefault("access_code", "Say the code that opens it.")
    zone = zone_of(setup.timezone)
    return told | {
        "visibility": visibility,
        "access_code": code if visibility == "code" else None,
        "quantity": filled.maybe("quantity", Quantity, "A whole number, or nothing for no limit."),
        **{name: filled.moment(name, zone) for name in _MOMENTS},
    }


def _levels_of(form: Form) -> list[LevelFilling]:
    """In the order of their numbers, as many as a type may have."""
    numbers = {name.partition(":")[0] for name, _ in form.starting("level:")}
    found = sorted(int(number) for number in numbers if number.isdecimal() and len(number) < 4)
    return [
        LevelFilling(
            form.get(f"level:{n}:price").strip(),
            form.all(f"level:{n}:section"),
            form.all(f"level:{n}:area"),
            form.get(f"level:{n}:seats"),
        )
        for n in found[:LEVELS_MAX]
    ]


def _level(filled: LevelFilling, places: Places, currency: str) -> Level | None:
    """What was filled in as a level; what is wrong is told in `filled`."""
    price = Filling({"price": filled.price})
    amount = price.amount("price", currency)
    try:
        seats = heard(places, filled.seats)
        if amount is not None and (filled.sections or filled.areas or seats):
            told = {
                "price_minor": amount, "sections": filled.sections, "areas": filled.areas,
                "seats": seats,
            }  # fmt: skip
            return msgspec.convert(told, Level)
        filled.wrong = price.wrong.get("price", "Say for which places this is the price.")
    except BadRequest as error:
        filled.wrong = sentence(error.detail)
    except msgspec.ValidationError:
        filled.wrong = "These are too many places for one price: say it in parts."
    return None


def _sections(places: Places, zone: int) -> dict[str, str]:
    """Names by key of the sections that have seats of the zone."""
    return {
        section.key: section.name or section.key
        for section in places.geometry.sections
        if any(zone in places.zones[first : first + count] for first, count in section.ranges)
    }
