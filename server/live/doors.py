"""Who may follow which channel of which event."""

import uuid
from collections.abc import Awaitable, Callable

from starlette.requests import HTTPConnection

from realtime.limits import ReaderRefused
from realtime.reader import Subscriber
from server.catalog.service import Catalog
from server.identity.realms import ScannerRealm, bearer
from server.kernel.errors import (
    DatabaseUnavailable,
    DomainError,
    NotFound,
    Overloaded,
    Unauthenticated,
)
from server.live.names import Kind, channel_of
from server.orgs.realm import OperatorRealm


class TooManyStreams(DomainError):
    """This address, or this credential, follows as many streams as one may."""


def refusal_of(refused: ReaderRefused) -> DomainError:
    """TooManyStreams for a bound of the caller's own, Overloaded for one of the process."""
    own = refused.reason in ("address", "credential")
    kind = TooManyStreams if own else Overloaded
    return kind(
        f"no more streams now ({refused.reason}): try again",
        retry_after_s=refused.retry_ms / 1000,
    )


class Doors:
    """Who may follow which channel of which event."""

    def __init__(
        self, catalog: Catalog, scanner: ScannerRealm, sales: OperatorRealm, scans: OperatorRealm
    ) -> None:
        self._catalog, self._scanner, self.sales, self._scans = catalog, scanner, sales, scans

    async def subscriber(
        self, request: HTTPConnection, event_id: uuid.UUID, kind: Kind
    ) -> Subscriber:
        """Raises NotFound, Unauthenticated, Forbidden."""
        address = request.client.host if request.client else "local"
        channel = channel_of(event_id, kind)
        event = await self._catalog.event(event_id)
        if kind in ("seats", "queue"):  # what everybody may see
            return Subscriber(channel, address)

        async def allowed() -> str:
            """The credential's name, checked against the database as it is now."""
            if kind == "scans" and bearer(request) is None:
                try:
                    scanner = await self._scanner.authenticate(request)
                except Unauthenticated:
                    pass
                else:
                    if scanner.event_id != event_id:
                        raise NotFound("no such event")
                    return scanner.name
            realm = self.sales if kind == "sales" else self._scans
            operator = await realm.authenticate(request)
            if operator.org_id != event.org_id:
                raise NotFound("no such event")
            return operator.credential

        return Subscriber(channel, address, await allowed(), _still(allowed))


def _still(allowed: Callable[[], Awaitable[str]]) -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        try:
            await allowed()
        except DatabaseUnavailable:
            raise
        except DomainError:
            return False
        return True

    return check
