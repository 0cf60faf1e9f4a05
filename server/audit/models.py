"""Entries of the log as an organization reads them."""

import datetime as dt
from typing import Annotated, Any

import msgspec

PAGE_SIZE_MAX = 100


class AuditEntry(msgspec.Struct):
    """One change. `actor`: `operator:<user id>`, `api_key:<id>`, `staff:<user id>` and the like;
    `action`: `noun.verb`; `subject`: `kind:id` of what was changed; `data`: its facts, for a
    change of values `{"before": ..., "after": ...}`; `request_id`: as in the answer's X-Request-ID.
    """

    id: int
    occurred_at: dt.datetime
    actor: str
    action: str
    subject: str
    data: dict[str, Any]
    request_id: str


class AuditPage(msgspec.Struct):
    """Newest first."""

    items: list[AuditEntry]
    next_token: str | None = None


class AuditQuery(msgspec.Struct):
    """`since` and `until`: moments with an offset, from the first on and before the second."""

    page_size: Annotated[int, msgspec.Meta(ge=1, le=PAGE_SIZE_MAX)] = 20
    next_token: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,18}$(?!\n)")] | None = None
    subject: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    actor: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    since: Annotated[dt.datetime, msgspec.Meta(tz=True)] | None = None
    until: Annotated[dt.datetime, msgspec.Meta(tz=True)] | None = None
