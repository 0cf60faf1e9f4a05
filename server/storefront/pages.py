"""Rendering: templates, the front-end they load, and problems as pages."""

import datetime as dt
import gzip
import math
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from server.kernel import context, logs
from server.kernel.edge import route_of
from server.kernel.errors import (
    BadRequest,
    ContentTooLarge,
    DatabaseUnavailable,
    DomainError,
    Forbidden,
    NotFound,
    Overloaded,
    RateLimited,
    Unauthenticated,
)
from server.orgs.settings_models import Site
from server.storefront import menus, words
from server.storefront.assets import Assets

GZIP_FROM_BYTES = 1024
SiteAt = Callable[[str], Awaitable[Site | None]]
"""The organization whose storefront is at a host name."""
Endpoint = Callable[[Request], Awaitable[Response]]

_log = logs.get(__name__)

_UNKNOWN = "We do not know whether that went through. Try again in a moment: nothing is done twice"
_TOO_OFTEN = "Very much was asked from here at once. Wait a moment and try again"
_PROBLEMS: dict[type, tuple[int, str, str]] = {
    BadRequest: (400, "That did not work", ""),
    Unauthenticated: (401, "This browser is not known here", ""),
    Forbidden: (403, "This is not yours to see", ""),
    NotFound: (404, "Nothing here", ""),
    ContentTooLarge: (413, "That did not work", ""),
    Overloaded: (503, "Very many people are here", ""),
    RateLimited: (429, "One moment", _TOO_OFTEN),
    DatabaseUnavailable: (503, "The box office does not answer", _UNKNOWN),
}
"""Status, title, and words where the error's own are not for people."""


class Pages:
    """Templates of this domain, with `assets` in every one, and `site`: the organization whose
    storefront the browser is at, None at the platform's own address."""

    def __init__(self, assets: Assets, site_at: SiteAt) -> None:
        self.assets, self._site_at = assets, site_at
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(assets=assets, staff_pages=menus.staff_pages)
        self._templates.filters.update(
            money=words.money,
            percent=words.percent,
            local=words.local,
            day=words.day,
            counted=words.count,
            moment=dt.datetime.fromisoformat,
            json=_script_json,
        )

    def render(
        self,
        request: HTTPConnection,
        template: str,
        *,
        status: int = 200,
        script: str | None = None,
        **facts: Any,
    ) -> Response:
        """`script`: the front-end entry that makes the page live, a path in `web/`."""
        html = self._templates.get_template(template).render(
            path=request.url.path, script=script, site=site_of(request), **facts
        )
        body = html.encode()
        headers = {"Cache-Control": "private, no-cache", "Vary": "Accept-Encoding, Cookie"}
        wants_gzip = "gzip" in request.headers.get("accept-encoding", "")
        if wants_gzip and len(body) >= GZIP_FROM_BYTES:
            body, headers["Content-Encoding"] = gzip.compress(body, 5, mtime=0), "gzip"
        return Response(body, status, headers, media_type="text/html")

    def problem(self, request: HTTPConnection, error: DomainError | None) -> Response:
        """The error as a page: what happened, and where to go from here. None: ours to repair."""
        status, title = 500, "Something broke on our side"
        told = "Try again in a moment. If it stays so, tell us the number below"
        if error is not None:
            status, title, told = _PROBLEMS.get(type(error), (409, "That did not work", ""))
            told = told or error.detail[:1].upper() + error.detail[1:]
        page = self.render(
            request,
            "problem.html",
            status=status,
            title=title,
            words=f"{told}.",
            request_id=context.current().request_id,
        )
        if error is not None and "retry_after_s" in error.facts:
            page.headers["Retry-After"] = str(math.ceil(error.facts["retry_after_s"]))
        return page

    def get(
        self, path: str, endpoint: Endpoint, *, is_work: bool = False, sign_in: str = ""
    ) -> Route:
        """`sign_in`: where who may not see the page is asked to sign in; for `is_work` where
        operators do. Guests have nowhere to."""
        guarded = self._guarded(endpoint, sign_in or ("/sign-in" if is_work else ""))
        return Route(path, guarded, methods=["GET"], name=endpoint.__name__)

    def post(
        self, path: str, endpoint: Endpoint, *, is_work: bool = False, sign_in: str = ""
    ) -> Route:
        guarded = self._guarded(endpoint, sign_in or ("/sign-in" if is_work else ""))
        return Route(path, guarded, methods=["POST"], name=endpoint.__name__)

    def _guarded(self, endpoint: Endpoint, sign_in: str) -> Endpoint:
        """Errors become pages."""

        async def run(request: Request) -> Response:
            try:
                request.state.site = await self._site_at(request.headers.get("host", ""))
                return await endpoint(request)
            except Unauthenticated as error:
                if sign_in:
                    return self._sign_in(request, sign_in)
                return self.problem(request, error)
            except DomainError as error:
                return self.problem(request, error)
            except Exception as error:
                # The template, not the path: that may hold a ticket's secret code.
                _log.error("unexpected error", route=route_of(request.scope), exc_info=error)
                return self.problem(request, None)

        return run

    @staticmethod
    def _sign_in(request: Request, sign_in: str) -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        # After a form there is no page to come back to.
        wanted = "" if request.method == "POST" else quote(request.url.path + query)
        return RedirectResponse(f"{sign_in}?next={wanted}", 303)


def wants_page(request: HTTPConnection) -> bool:
    """Whether a person looks at the answer, at an address that is none of the API's."""
    if request.scope["type"] != "http" or request.url.path.startswith("/v1/"):
        return False
    return "text/html" in request.headers.get("accept", "")


def site_of(request: HTTPConnection) -> Site | None:
    """The organization whose storefront the browser is at."""
    return getattr(request.state, "site", None)


def _script_json(value: Any) -> Markup:
    """JSON that may stand in a script element: no sequence in it can end the element."""
    encoded = msgspec.json.encode(value).decode()
    return Markup(encoded.replace("<", "\\u003c"))  # noqa: S704
