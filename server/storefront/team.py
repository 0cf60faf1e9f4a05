"""Who works for an organization, who is invited to, and the link that an invitation is."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from server.identity.models import AccountExists, PasswordRefused
from server.identity.realms import client_of, is_own_page
from server.kernel.errors import Forbidden, NotFound, Unauthenticated
from server.orgs import members
from server.orgs.member_models import (
    Email,
    InvitationOver,
    LastOwner,
    MemberExists,
    Name,
    NewInvitation,
    Registration,
    Role,
)
from server.orgs.models import LimitReached
from server.storefront.filling import Filling, sentence
from server.storefront.forms import Form, read_form
from server.storefront.pages import Pages
from server.storefront.portal import Desk, Portal, go, key_for, uuid_of
from server.storefront.services import Services
from server.storefront.sessions import Sessions

_TEAM = "/organizer/team"
_REFUSALS = (LastOwner, MemberExists, LimitReached, Forbidden, NotFound)
ROLES: dict[Role, str] = {
    "owner": "Owner",
    "admin": "Administrator",
    "staff": "Staff",
    "scanner": "Scanner",
    "finance": "Finance",
}


class TeamPages(Portal):
    def __init__(self, parts: Services, pages: Pages, sessions: Sessions) -> None:
        super().__init__(parts, pages)
        self._sessions = sessions

    async def team(self, request: Request) -> Response:
        """GET /organizer/team : members, invitations, what each role may do."""
        desk = await self._desk(request, "org:read")
        return await self._page(request, desk, Filling({"role": "staff"}))

    async def act(self, request: Request) -> Response:
        """POST /organizer/team : `act` is role, remove, invite or revoke."""
        desk = await self._desk(request, "member:manage")
        form = await read_form(request)
        filled = Filling.of(form)
        try:
            done = await self._do(request, desk, form, filled)
        except _REFUSALS as error:
            filled.blame(error, ("email",))
            done = False
        if not done:
            return await self._page(request, desk, filled)
        if form.get("act") == "invite":
            return go(desk.at(_TEAM, invited="yes"))
        return self._saved(desk, _TEAM)

    async def _do(self, request: Request, desk: Desk, form: Form, filled: Filling) -> bool:
        """Whether it was understood. Raises what the service refuses."""
        db, act = self._parts.db, form.get("act")
        key = key_for(form, request, desk.actor.name)
        if act == "revoke":
            invitation_id = uuid_of(form.get("invitation"), "invitation")
            await self._parts.invitations.revoke(desk.org_id, invitation_id, key)
        elif act == "remove":
            await members.remove(db, desk.actor, uuid_of(form.get("user"), "member"), key)
        else:
            role = filled.take("role", Role, "Choose a role.")
            if act == "role" and role:
                user_id = uuid_of(form.get("user"), "member")
                await members.set_role(db, desk.actor, user_id, role, key)
            elif act == "invite":
                email = filled.take("email", Email, "Write an address like ada@venue.example.")
                if filled:
                    wish = NewInvitation(email, role)
                    await self._parts.invitations.invite(desk.actor, wish, key)
        return bool(filled)

    async def _page(self, request: Request, desk: Desk, filled: Filling) -> Response:
        db = self._parts.db
        return self._show(
            request,
            desk,
            "team.html",
            "team",
            status=200 if filled else 422,
            members=(await members.of_org(db, desk.org_id)).items,
            invitations=(await self._parts.invitations.of_org(desk.org_id)).items,
            matrix=(await members.matrix(db)).items,
            roles=ROLES,
            filled=filled,
            is_invited=request.method == "GET" and bool(request.query_params.get("invited")),
        )

    async def invitation(self, request: Request) -> Response:
        """GET /invitation : the link of the mail, `token`. To open it changes nothing."""
        token = request.query_params.get("token", "")
        return await self._invitation_page(request, token, Filling({}))

    async def join(self, request: Request) -> Response:
        """POST /invitation : joins as who is signed in, or with a new account: `name`,
        `password`."""
        if not is_own_page(request):
            raise Forbidden("join from this site's own page")
        form = await read_form(request)
        filled, token = Filling.of(form), form.get("token")
        try:
            if form.get("act") == "accept":
                account, _ = await self._members(request)
                key = key_for(form, request, account.name)
                joined = await self._parts.invitations.accept(account.id, token, key)
                return go(f"/organizer?org={quote(joined.org_id, safe='')}")
            name = filled.take("name", Name, "Say your name, in at most 200 characters.")
            if filled:
                wish = Registration(token, name, form.get("password"))
                key = key_for(form, request, "invited")
                joined = await self._parts.invitations.register(wish, key)
                response = go("/organizer")
                grant = await self._sessions.accounts.begin_for(
                    "operator", str(joined.user_id), client_of(request)
                )
                self._sessions.keep(response, "operator", grant)
                return response
        except PasswordRefused as error:
            filled.wrong["password"] = sentence(error.detail)
        except (InvitationOver, AccountExists, Forbidden) as error:
            filled.problem = sentence(error.detail)
        return await self._invitation_page(request, token, filled)

    async def _invitation_page(self, request: Request, token: str, filled: Filling) -> Response:
        try:
            account, _ = await self._members(request)
        except Unauthenticated:
            account = None
        view = await self._parts.accounts.view(account.id) if account else None
        page = self._plain(
            request,
            "invitation.html",
            status=200 if filled else 422,
            token=token,
            account=view,
            filled=filled,
            sign_in=f"/sign-in?next={quote(f'/invitation?token={token}')}",
        )
        page.headers["Cache-Control"] = "no-store"
        return page
