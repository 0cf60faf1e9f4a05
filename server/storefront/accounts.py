"""The pages of accounts, for operators at /sign-in and so on, for buyers below /me."""

import re
import uuid
from contextlib import suppress
from typing import Any

import segno
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.identity.addresses import Addresses
from server.identity.models import (
    Account,
    AccountExists,
    FactorRefused,
    Grant,
    LinkOver,
    MfaRequired,
    PasswordRefused,
    Realm,
    TooManyAttempts,
)
from server.identity.realms import AccountRealm, client_of, is_own_page, language_of
from server.kernel.errors import BadRequest, DomainError, Forbidden, NotFound, Unauthenticated
from server.storefront.filling import Filling
from server.storefront.forms import Form, read_form
from server.storefront.pages import Pages
from server.storefront.services import Services
from server.storefront.sessions import Sessions, own_path

_HOME: dict[Realm, str] = {"operator": "/organizer", "buyer": "/me/tickets"}
_STATUS: dict[type[DomainError], int] = {
    BadRequest: 400,
    Unauthenticated: 401,
    LinkOver: 410,
    AccountExists: 409,
    FactorRefused: 409,
    PasswordRefused: 422,
    TooManyAttempts: 429,
}
_TOLD = tuple(_STATUS)
"""What a person can do something about, said on the page that they are on."""
_BROWSERS = (
    ("Firefox", r"Firefox/"), ("Edge", r"Edg/"), ("Opera", r"OPR/"), ("Chrome", r"Chrome/"),
    ("Safari", r"Safari/"),
)  # fmt: skip
_SYSTEMS = (
    ("Windows", r"Windows"), ("Android", r"Android"), ("iPhone", r"iPhone"), ("iPad", r"iPad"),
    ("Mac", r"Mac OS X"), ("Linux", r"Linux"),
)  # fmt: skip


class AccountPages:
    """`at`: what the paths of this realm begin with."""

    def __init__(
        self, parts: Services, pages: Pages, sessions: Sessions, realm: Realm, *, is_demo: bool
    ) -> None:
        self._parts, self._pages, self._sessions = parts, pages, sessions
        self._realm: Realm = realm
        self._is_demo = is_demo
        self.at = "/me" if realm == "buyer" else ""
        self._account = AccountRealm(parts.db, parts.tokens, realm)
        self._addresses = Addresses(parts.db, parts.accounts)

    async def sign_in(self, request: Request) -> Response:
        """GET sign-in : opens a sign-in link (`token`, `next`), or asks for a password."""
        token = request.query_params.get("token")
        wanted = request.query_params.get("next", "")
        if token is None:
            return self._page(request, "signin.html", next=wanted, email="")
        response = RedirectResponse(own_path(wanted, "/"), 303)
        try:
            await self._sessions.open_link(request, response, token)
        except Unauthenticated:
            told = "This link does not work any more. Sign in with your password."
            return self._page(
                request, "signin.html", status=401, problem=told, next=wanted, email=""
            )
        response.headers["Cache-Control"] = "no-store"
        return response

    async def sign_in_by_password(self, request: Request) -> Response:
        """POST sign-in : an e-mail address and a password; maybe a code comes next."""
        form = await _own_form(request, "sign in")
        email, wanted = form.get("email"), form.get("next")
        try:
            told = await self._parts.accounts.login(
                self._realm, email, form.get("password"), client_of(request),
                guest_id=self._guest(request),
            )  # fmt: skip
        except _TOLD as error:
            return self._refused(request, error, "signin.html", next=wanted, email=email)
        if isinstance(told, MfaRequired):
            return self._page(request, "code.html", challenge=told.challenge, next=wanted)
        return self._signed_in(told, wanted)

    async def code(self, request: Request) -> Response:
        """POST sign-in/code : the code of the second factor."""
        form = await _own_form(request, "sign in")
        challenge, wanted = form.get("challenge"), form.get("next")
        try:
            grant = await self._parts.accounts.verify_mfa(
                self._realm, challenge, form.get("code"), client_of(request),
                guest_id=self._guest(request),
            )  # fmt: skip
        except _TOLD as error:
            return self._refused(request, error, "code.html", challenge=challenge, next=wanted)
        return self._signed_in(grant, wanted)

    async def sign_out(self, request: Request) -> Response:
        """POST sign-out : ends this browser's session; for who works, a scanner's too."""
        if not is_own_page(request):
            raise Forbidden("sign out from this site's own page")
        response = RedirectResponse("/" if self.at else "/sign-in", 303)
        await self._sessions.sign_out(request, response, self._realm)
        return response

    async def register(self, request: Request) -> Response:
        """GET register"""
        return self._page(request, "register.html", filled=Filling({}))

    async def ask_to_register(self, request: Request) -> Response:
        """POST register : sends a mail; says the same whoever has the address."""
        form = await _own_form(request, "register")
        email, name = form.get("email"), form.get("name")
        try:
            await self._parts.accounts.register(
                self._realm, email, name, form.get("password"), client_of(request),
                language=language_of(request), guest_id=self._guest(request),
            )  # fmt: skip
        except _TOLD as error:
            return self._misfilled(request, error, "register.html", email=email, name=name)
        return self._mailed(request, email)

    async def verify(self, request: Request) -> Response:
        """GET verify : the link of the mail. To open it changes nothing: programs open links."""
        token = request.query_params.get("token", "")
        return self._secret(self._page(request, "verify.html", token=token))

    async def open_account(self, request: Request) -> Response:
        """POST verify : the link's token, and the password that was chosen."""
        form = await _own_form(request, "open your account")
        token = form.get("token")
        try:
            grant = await self._parts.accounts.verify(
                self._realm, token, form.get("password"), client_of(request),
                guest_id=self._guest(request),
            )  # fmt: skip
        except _TOLD as error:
            return self._secret(self._refused(request, error, "verify.html", token=token))
        return self._signed_in(grant, "")

    async def forgot(self, request: Request) -> Response:
        """GET forgot"""
        return self._page(request, "forgot.html", filled=Filling({}))

    async def ask_to_reset(self, request: Request) -> Response:
        """POST forgot : sends a mail where there is an account, and says so in any case."""
        form = await _own_form(request, "ask for a link")
        email = form.get("email")
        try:
            await self._parts.accounts.forgot(
                self._realm, email, client_of(request), language=language_of(request)
            )
        except _TOLD as error:
            return self._misfilled(request, error, "forgot.html", email=email)
        return self._mailed(request, email)

    async def reset(self, request: Request) -> Response:
        """GET reset : the link of the mail."""
        token = request.query_params.get("token", "")
        return self._secret(self._page(request, "reset.html", token=token, filled=Filling({})))

    async def set_password(self, request: Request) -> Response:
        """POST reset : the link's token and a new password."""
        form = await _own_form(request, "set a password")
        token = form.get("token")
        try:
            await self._parts.accounts.reset(self._realm, token, form.get("password"))
        except _TOLD as error:
            return self._secret(self._misfilled(request, error, "reset.html", token=token))
        told = "Your new password is set. Sign in with it."
        return self._page(request, "signin.html", done=told, next="", email="")

    async def account(self, request: Request) -> Response:
        """GET account : where one is signed in, the password, the second factor."""
        account = await self._account.authenticate(request)
        return await self._account_page(request, account)

    async def change_password(self, request: Request) -> Response:
        """POST account/password"""
        form = await _own_form(request, "change the password")
        account = await self._account.authenticate(request)
        try:
            await self._parts.accounts.change_password(
                account, form.get("password"), form.get("new_password"), client_of(request)
            )
        except _TOLD as error:
            return await self._account_page(request, account, error=error, at_form="password")
        told = "Your password is changed. Every other session has ended."
        return await self._account_page(request, account, done=told)

    async def ask_for_address(self, request: Request) -> Response:
        """POST account/email : sends mails; says the same whoever has the address."""
        form = await _own_form(request, "change the e-mail address")
        account = await self._account.authenticate(request)
        email = form.get("email")
        try:
            await self._addresses.ask(
                account, email, form.get("password"), form.get("code"), client_of(request)
            )
        except _TOLD as error:
            return await self._account_page(
                request, account, error=error, at_form="email", email=email
            )
        return self._mailed(request, email, again="/account")

    async def new_address(self, request: Request) -> Response:
        """GET account/email/confirm : the link to the new address, for who is signed in."""
        await self._account.authenticate(request)
        token = request.query_params.get("token", "")
        return self._secret(self._page(request, "email_confirm.html", token=token))

    async def take_address(self, request: Request) -> Response:
        """POST account/email/confirm : the link's token."""
        form = await _own_form(request, "change the e-mail address")
        account = await self._account.authenticate(request)
        token = form.get("token")
        try:
            await self._addresses.confirm(account, token)
        except _TOLD as error:
            return self._secret(self._refused(request, error, "email_confirm.html", token=token))
        told = "Your e-mail address is changed. Every other session has ended."
        return await self._account_page(request, account, done=told)

    async def old_address(self, request: Request) -> Response:
        """GET account/email/undo : the link to the address before."""
        token = request.query_params.get("token", "")
        return self._secret(self._page(request, "email_undo.html", token=token, filled=Filling({})))

    async def keep_address(self, request: Request) -> Response:
        """POST account/email/undo : the link's token and a new password."""
        form = await _own_form(request, "keep the e-mail address")
        token = form.get("token")
        try:
            await self._addresses.undo(self._realm, token, form.get("password"))
        except _TOLD as error:
            return self._secret(self._misfilled(request, error, "email_undo.html", token=token))
        told = "Your account has its old address, and your new password is set. Sign in with them."
        return self._page(request, "signin.html", done=told, next="", email="")

    async def end_session(self, request: Request) -> Response:
        """POST account/sessions : ends the session that `session` names, or all others."""
        form = await _own_form(request, "end a session")
        account = await self._account.authenticate(request)
        wanted = form.get("session")
        if wanted == "others":
            await self._sessions.accounts.revoke_others(account)
        else:
            # One that is over is what was wanted.
            with suppress(ValueError, NotFound):
                await self._sessions.accounts.revoke(account, uuid.UUID(wanted))
        return RedirectResponse(f"{self.at}/account", 303)

    async def enrol(self, request: Request) -> Response:
        """POST account/factor : the code to scan."""
        form = await _own_form(request, "set up two-step sign-in")
        account = await self._account.authenticate(request)
        try:
            enrolled = await self._parts.accounts.enrol_mfa(
                account, form.get("password"), client_of(request)
            )
        except _TOLD as error:
            return await self._account_page(request, account, error=error, at_form="factor")
        return self._factor_page(request, enrolled.secret, enrolled.uri)

    async def confirm(self, request: Request) -> Response:
        """POST account/factor/confirm : the first code; shows the recovery codes, once."""
        form = await _own_form(request, "set up two-step sign-in")
        account = await self._account.authenticate(request)
        try:
            codes = await self._parts.accounts.confirm_mfa(account, form.get("code"))
        except (Unauthenticated, TooManyAttempts) as error:
            return self._factor_page(request, form.get("secret"), form.get("uri"), error)
        except FactorRefused as error:
            return await self._account_page(request, account, error=error, at_form="factor")
        return self._secret(self._page(request, "recovery.html", codes=codes))

    async def disable(self, request: Request) -> Response:
        """POST account/factor/disable : the password and a code."""
        form = await _own_form(request, "turn off two-step sign-in")
        account = await self._account.authenticate(request)
        try:
            await self._parts.accounts.disable_mfa(
                account, form.get("password"), form.get("code"), client_of(request)
            )
        except _TOLD as error:
            return await self._account_page(request, account, error=error, at_form="factor")
        return await self._account_page(request, account, done="Two-step sign-in is off.")

    async def _account_page(
        self,
        request: Request,
        account: Account,
        *,
        error: DomainError | None = None,
        at_form: str = "",
        done: str = "",
        email: str = "",
    ) -> Response:
        """`at_form`: the section whose form is refused; `email`: a new one that was typed."""
        view = await self._parts.accounts.view(account.id)
        if view is None:
            raise Unauthenticated("the account is gone")
        listed = await self._sessions.accounts.of(account)
        return self._page(
            request,
            "account.html",
            status=_STATUS[type(error)] if error else 200,
            problem=_sentence(error) if error else "",
            done=done,
            at_form=at_form,
            account=view,
            email=email,
            sessions=[(session, device_words(session.device)) for session in listed],
            points=await self._parts.points.newest(account.id) if self.at else [],
        )

    def _factor_page(
        self, request: Request, secret: str, uri: str, error: DomainError | None = None
    ) -> Response:
        """Drawn again from what the form carries after a wrong code: it is its sender's own."""
        if not uri.startswith("otpauth://totp/") or len(uri) > 1_000:
            raise BadRequest("begin again from your account page")
        page = self._page(
            request,
            "factor.html",
            status=_STATUS[type(error)] if error else 200,
            problem=_sentence(error) if error else "",
            secret=secret,
            grouped=" ".join(re.findall(".{1,4}", secret)),
            uri=uri,
            code=segno.make(uri, error="m", micro=False).svg_data_uri(
                scale=4, border=3, dark="#000", light="#fff"
            ),
        )
        return self._secret(page)

    def _guest(self, request: Request) -> uuid.UUID | None:
        """The guest that this browser is, whose places its account takes over."""
        if self._realm != "buyer":
            return None
        return self._parts.accounts.guest_of(self._sessions.guest_token(request))

    def _signed_in(self, grant: Grant, wanted: str) -> Response:
        response = RedirectResponse(own_path(wanted, _HOME[self._realm]), 303)
        self._sessions.keep(response, self._realm, grant)
        return response

    def _mailed(self, request: Request, email: str, again: str = "/forgot") -> Response:
        """`again`: the page on which to ask again."""
        return self._page(request, "mailed.html", email=email, again=again)

    def _refused(
        self, request: Request, error: DomainError, template: str, **facts: Any
    ) -> Response:
        status = _STATUS[type(error)]
        return self._page(request, template, status=status, problem=_sentence(error), **facts)

    def _misfilled(
        self, request: Request, error: DomainError, template: str, **values: str
    ) -> Response:
        """A form again, with what is wrong beside its field. `values`: what it shows again, never
        a password."""
        filled = Filling(values)
        if isinstance(error, PasswordRefused):
            filled.wrong["password"] = _sentence(error)
        else:
            filled.blame(error, values)
        return self._page(request, template, status=_STATUS[type(error)], filled=filled, **values)

    def _page(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        problem: str = "",
        done: str = "",
        **facts: Any,
    ) -> Response:
        return self._pages.render(
            request,
            template,
            status=status,
            problem=problem,
            done=done,
            at=self.at,
            is_buyer=self._realm == "buyer",
            is_demo=self._is_demo,
            **facts,
        )

    @staticmethod
    def _secret(page: Response) -> Response:
        page.headers["Cache-Control"] = "no-store"
        return page


def device_words(user_agent: str) -> str:
    """`Firefox on Linux`; a program's own name where it is no browser."""
    browser = next((name for name, sign in _BROWSERS if re.search(sign, user_agent)), "")
    system = next((name for name, sign in _SYSTEMS if re.search(sign, user_agent)), "")
    if browser:
        return f"{browser} on {system}" if system else browser
    return user_agent.partition("/")[0][:60] or "Unknown program"


def _sentence(error: DomainError) -> str:
    return f"{error.detail[:1].upper()}{error.detail[1:]}."


async def _own_form(request: Request, what: str) -> Form:
    """Raises Forbidden for a form of another site's page."""
    if not is_own_page(request):
        raise Forbidden(f"{what} from this site's own page")
    return await read_form(request)
