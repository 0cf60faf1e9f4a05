"""/v1/reports: sales over time, finance by event, and sheets as CSV."""

from collections.abc import Awaitable, Callable

from starlette.responses import Response

from server.kernel.errors import BadRequest, Forbidden, Unauthenticated
from server.kernel.http import Call, Operation
from server.orgs.realm import OperatorRealm
from server.reports.models import (
    FinanceReport,
    ReportQuery,
    SalesSeries,
    SalesSeriesQuery,
    Sheet,
)
from server.reports.service import Reports
from server.reports.sheets import csv_response

_ERRORS = (Unauthenticated, Forbidden, BadRequest)


def routes(
    reports: Reports, sales_reader: OperatorRealm, order_reader: OperatorRealm
) -> list[Operation]:
    async def get_sales_report(call: Call) -> SalesSeries:
        return await reports.sales(call.actor.org_id, call.query(SalesSeriesQuery))

    async def get_finance_report(call: Call) -> FinanceReport:
        return await reports.finance(call.actor.org_id, call.query(ReportQuery))

    def sheet(which: Sheet) -> Callable[[Call], Awaitable[Response]]:
        async def get_sheet(call: Call) -> Response:
            wanted = call.query(ReportQuery)
            return csv_response(which, await reports.sheet(call.actor.org_id, which, wanted))

        get_sheet.__name__ = f"get_{which}_sheet"
        return get_sheet

    return [
        Operation(
            "GET", "/v1/reports/sales", get_sales_report, sales_reader, "Sales over time",
            returns=SalesSeries, query=SalesSeriesQuery, errors=_ERRORS,
        ),
        Operation(
            "GET", "/v1/reports/finance", get_finance_report, sales_reader,
            "What each event brought, and whose it is", returns=FinanceReport, query=ReportQuery,
            errors=_ERRORS,
        ),
        Operation(
            "GET", "/v1/reports/settlements.csv", sheet("settlements"), sales_reader,
            "Settlements as CSV", query=ReportQuery, media_type="text/csv", errors=_ERRORS,
        ),
        Operation(
            "GET", "/v1/reports/orders.csv", sheet("orders"), order_reader,
            "Orders with their buyers as CSV", query=ReportQuery, media_type="text/csv",
            errors=_ERRORS,
        ),
        Operation(
            "GET", "/v1/reports/tickets.csv", sheet("tickets"), order_reader,
            "Tickets with their holders as CSV: also a guest list", query=ReportQuery,
            media_type="text/csv", errors=_ERRORS,
            description="Text that a spreadsheet would run as a formula has a quote before it.",
        ),
    ]  # fmt: skip
