"""The push to a finance system: at least once each, best effort, never in a sale's way.

`POST /api/income` with the settlement's id as Idempotency-Key; an answer of 2xx takes it.
"""

import asyncio

import httpx
import msgspec

from server.kernel import context, logs
from server.kernel.db import Database, Tx
from server.kernel.failpoint import failpoint
from server.kernel.tenancy import Across
from server.settlement import sql
from server.settlement.models import Income, Settlement

AT_ONCE = 20
TIMEOUT_S = 10.0
ATTEMPTS_MAX = 20
DELAY_MAX_S = 3_600.0
TRIED_DAYS = 30

_log = logs.get(__name__)


class Finance:
    """`url`: of the finance system; `key`: sent as a bearer token, if there is one."""

    def __init__(self, db: Database, url: str, key: str) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._db = db
        self._client = httpx.AsyncClient(base_url=url, timeout=TIMEOUT_S, headers=headers)

    async def close(self) -> None:
        await self._client.aclose()

    async def push_some(self) -> int:
        """Tell of what is due. Returns how many were tried."""
        async with self._db.tx(across=Across.PLATFORM) as tx:
            due = await sql.TAKE.all(tx, AT_ONCE, TRIED_DAYS, DELAY_MAX_S)
        await asyncio.gather(*(self._push(row) for row in due))
        return len(due)

    async def _push(self, row: Settlement) -> None:
        context.act_for(row.org_id)
        try:
            answer = await self._client.post(
                "/api/income",
                content=msgspec.json.encode(_income(row)),
                headers={"Content-Type": "application/json", "Idempotency-Key": str(row.id)},
            )
            error = None if answer.is_success else f"{answer.status_code} {answer.text[:200]}"
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            error = repr(failure)
        failpoint("income.told")
        async with self._db.tx() as tx:
            if error is None:
                await sql.SENT.run(tx, row.id)
            else:
                is_over = row.push_attempts >= ATTEMPTS_MAX
                _log.warning("income not taken", settlement_id=str(row.id), error=error)
                await sql.NOT_SENT.run(tx, row.id, error[:1000], is_over)


async def failed(tx: Tx) -> int:
    """How many settlements the finance system will not be told of any more."""
    return int(await sql.FAILED.value(tx))


def _income(row: Settlement) -> Income:
    return Income(
        settlement_id=row.id,
        company_id=row.org_id,
        event_id=row.event_id,
        order_id=row.order_id,
        kind=row.kind,
        currency=row.currency,
        gross_minor=row.gross_minor,
        platform_minor=row.fee_minor,
        tax_minor=row.tax_minor,
        net_minor=row.net_minor,
        host_id=row.host_org_id,
        host_minor=row.host_minor,
        promoter_id=row.org_id,
        promoter_minor=row.promoter_minor,
        occurred_at=row.created_at,
    )
