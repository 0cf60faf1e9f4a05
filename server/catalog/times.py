"""Days and time zones that a page can show."""

import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from server.kernel.errors import BadRequest

YEARS = range(2000, 2200)
"""Others are a mistake, and the first and the last day of all have no local time."""


def zone_of(name: str) -> ZoneInfo:
    """Raises BadRequest for what is not a zone of IANA's."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones is none
        raise BadRequest(f"no time zone has the name {name}") from None


def check_years(**moments: dt.datetime | None) -> None:
    """Raises BadRequest, naming the first moment that is in no year of YEARS."""
    for name, moment in moments.items():
        if moment is not None and moment.year not in YEARS:
            raise BadRequest(f"{name}: a day of the years {YEARS[0]} to {YEARS[-1]}")
