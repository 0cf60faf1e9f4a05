"""What somebody looks for on the first page."""

import datetime as dt

from server.catalog.discovery import EventQuery
from server.kernel.errors import BadRequest

EVENTS_PER_PAGE = 20
SEARCH_LENGTH_MAX = 200


def read_search(asked: dict[str, str]) -> EventQuery:
    """`q`: words; `where`: `AT` or `AT/Vienna`; `from`, `to`: first and last day, `2027-05-01`;
    `after`: the page before's end. Raises BadRequest."""
    country, _, city = asked.get("where", "").partition("/")
    return EventQuery(
        page_size=EVENTS_PER_PAGE,
        next_token=asked.get("after") or None,
        q=asked.get("q", "")[:SEARCH_LENGTH_MAX] or None,
        country=country or None,
        city=city or None,
        since=_day(asked.get("from", "")),
        to=_day(asked.get("to", ""), days_later=1),
    )


def _day(text: str, days_later: int = 0) -> dt.datetime | None:
    """The beginning of the day, UTC: who looks for an evening does not mind an hour."""
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text) + dt.timedelta(days=days_later)
    except (ValueError, OverflowError):
        raise BadRequest("a day looks like 2027-05-01: choose it again") from None
    return dt.datetime.combine(day, dt.time(), dt.UTC)
