"""What goes on and what is paused: switches of an event, an organization, the platform."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from server.identity.models import Operator
from server.kernel.errors import BadRequest
from server.orgs import switches
from server.orgs.models import Staff
from server.orgs.platform import StaffRealm
from server.orgs.switch_models import Flag, Switch, SwitchChange
from server.orgs.switches import Scope, flag_of
from server.storefront.forms import read_form
from server.storefront.pages import Pages
from server.storefront.portal import EventPortal, go, key_for
from server.storefront.services import Services

_WORDS: dict[Flag, tuple[str, str]] = {
    "ticketing": ("Everything", "All of the following: nothing is sold, refunded or let in."),
    "checkout": ("Sales", "New holds and orders. What is being paid for goes through."),
    "refunds": ("Refunds", "Money back to buyers. What is owed waits meanwhile."),
    "scanning": ("Admission", "Doors let people in."),
    "payouts": ("Payouts", "Money to organizers."),
}
_WHERE = {"platform": "for everybody", "org": "for all your events", "event": "for this event"}


class SwitchLine(msgspec.Struct):
    """`is_off`: by whomever; `is_ours_off`: by whoever looks at it here, who may switch it on."""

    flag: Flag
    words: str
    about: str
    is_off: bool
    is_ours_off: bool
    off_by: list[str]


class SwitchPages(EventPortal):
    def __init__(self, parts: Services, pages: Pages) -> None:
        super().__init__(parts, pages)
        self._support, self._superadmin = (
            StaffRealm(parts.db, parts.tokens, role) for role in ("support", "superadmin")
        )

    async def of_org(self, request: Request) -> Response:
        """GET /organizer/switches"""
        desk = await self._desk(request, "org:manage")
        off = await switches.of_org(self._parts.db, desk.org_id)
        lines = _lines(off.items, Scope(desk.org_id), is_by_staff=False)
        return self._show(request, desk, "switches.html", "switches", setup=None, switches=lines)

    async def turn_of_org(self, request: Request) -> Response:
        """POST /organizer/switches : `flag`, `is_on` yes or no, and why in `reason`."""
        desk = await self._desk(request, "org:manage")
        await self._turn(request, desk.actor, Scope(desk.org_id), is_by_staff=False)
        return self._saved(desk, request.url.path)

    async def of_event(self, request: Request) -> Response:
        """GET .../switches"""
        desk, setup = await self._event(request)
        off = await switches.of_org(self._parts.db, desk.org_id)
        lines = _lines(off.items, Scope(desk.org_id, setup.id), is_by_staff=False)
        return self._show(request, desk, "switches.html", "events", setup=setup, switches=lines)

    async def turn_of_event(self, request: Request) -> Response:
        """POST .../switches"""
        desk, setup = await self._event(request)
        scope = Scope(desk.org_id, setup.id)
        await self._turn(request, desk.actor, scope, is_by_staff=False)
        self._parts.catalog.forget(setup.id)
        return self._saved(desk, request.url.path)

    async def of_platform(self, request: Request) -> Response:
        """GET /staff/switches"""
        await self._support.authenticate(request)
        off = await switches.everywhere(self._parts.db)
        lines = _lines(off.items, Scope(), is_by_staff=True)
        return self._plain(request, "staff_switches.html", switches=lines)

    async def turn_of_platform(self, request: Request) -> Response:
        """POST /staff/switches"""
        actor = await self._superadmin.authenticate(request)
        await self._turn(request, actor, Scope(), is_by_staff=True)
        return go(request.url.path)

    async def _turn(
        self, request: Request, actor: Operator | Staff, scope: Scope, *, is_by_staff: bool
    ) -> None:
        form = await read_form(request)
        if form.get("is_on") not in ("yes", "no"):
            raise BadRequest("the form was not understood: go back and try again")
        wish = SwitchChange(form.get("is_on") == "yes", form.get("reason").strip()[:500])
        await switches.turn(
            self._parts.db, scope, flag_of(form.get("flag")), wish,
            key_for(form, request, actor.name), is_by_staff=is_by_staff,
        )  # fmt: skip


def _lines(off: list[Switch], scope: Scope, *, is_by_staff: bool) -> list[SwitchLine]:
    """All switches as they act on `scope`."""
    acting = {"platform", scope.name, Scope(scope.org_id).name}
    counting = [switch for switch in off if switch.scope in acting]
    is_all_off = any(switch.flag == "ticketing" for switch in counting)
    lines = []
    for flag, (words, about) in _WORDS.items():
        found = [switch for switch in counting if switch.flag == flag]
        said = [_said(switch) for switch in found]
        if is_all_off and flag != "ticketing":
            said.append("As everything is paused.")
        ours = (scope.name, is_by_staff)
        is_ours_off = any((switch.scope, switch.is_by_staff) == ours for switch in found)
        lines.append(SwitchLine(flag, words, about, bool(said), is_ours_off, said))
    return lines


def _said(switch: Switch) -> str:
    who = "By the platform" if switch.is_by_staff else "By your organization"
    where = _WHERE[switch.scope.partition(":")[0]]
    return f"{who}, {where}{f': {switch.reason}' if switch.reason else ''}"
