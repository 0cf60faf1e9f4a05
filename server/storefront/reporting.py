"""What an organization has sold and what it is worth; the same to take along as CSV."""

import datetime as dt
from typing import get_args

from starlette.requests import Request
from starlette.responses import Response

from server.kernel.errors import Forbidden, NotFound
from server.reports.models import ReportQuery, SalesSeriesQuery, Sheet
from server.reports.service import Reports
from server.reports.sheets import csv_response
from server.storefront.pages import Pages
from server.storefront.portal import Portal, uuid_of
from server.storefront.services import Services

DAYS_SHOWN = 30
_NEEDS: dict[Sheet, str] = {
    "orders": "order:read",
    "tickets": "order:read",
    "settlements": "sales:read",
}


class ReportPages(Portal):
    def __init__(self, parts: Services, pages: Pages) -> None:
        super().__init__(parts, pages)
        self._reports = Reports(parts.db)

    async def reports(self, request: Request) -> Response:
        """GET /organizer/reports"""
        desk = await self._desk(request, "sales:read")
        since = dt.datetime.now(dt.UTC) - dt.timedelta(days=DAYS_SHOWN)
        finance = await self._reports.finance(desk.org_id, ReportQuery())
        sales = await self._reports.sales(desk.org_id, SalesSeriesQuery(since=since))
        most_minor: dict[str, int] = {}
        for day in sales.items:
            most_minor[day.currency] = max(most_minor.get(day.currency, 1), day.gross_minor)
        return self._show(
            request,
            desk,
            "reports.html",
            "reports",
            events=finance.items,
            days=list(reversed(sales.items)),
            most_minor=most_minor,
            sheets=[name for name in get_args(Sheet) if desk.may(_NEEDS[name])],
        )

    async def sheet(self, request: Request) -> Response:
        """GET /organizer/reports/{sheet}.csv : `event`, where it is of one."""
        desk = await self._desk(request, "sales:read")
        which = request.path_params["sheet"]
        if which not in _NEEDS:
            raise NotFound("there is no such sheet")
        if not desk.may(_NEEDS[which]):
            raise Forbidden(f"the role {desk.actor.role} does not allow {_NEEDS[which]}")
        event = request.query_params.get("event", "")
        wanted = ReportQuery(event_id=uuid_of(event, "event") if event else None)
        return csv_response(which, await self._reports.sheet(desk.org_id, which, wanted))
