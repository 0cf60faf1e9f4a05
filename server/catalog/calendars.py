"""Events as calendars take them. Source: RFC 5545, RFC 7986."""

from collections.abc import Iterable
from datetime import timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vGeo, vText

from server.catalog import models

LASTS = timedelta(hours=3)
"""How long an event takes in a calendar where nobody says when it ends."""


def calendar(name: str, events: Iterable[models.Event], public_url: str) -> bytes:
    """A feed to subscribe to. `public_url`: what our pages are called by."""
    made = _calendar()
    made["name"] = made["x-wr-calname"] = vText(name)
    made.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    for event in events:
        url = f"{public_url.rstrip('/')}/e/{event.slug}"
        made.add_component(_entry(event, str(event.id), url, event.summary))
    return _text(made)


def calendar_of_ticket(event: models.Event, uid: str, url: str, words: str) -> bytes:
    """The event for somebody who has a ticket. `url`: of the ticket, which its `words` describe."""
    made = _calendar()
    made.add_component(_entry(event, uid, url, words))
    return _text(made)


def _calendar() -> Calendar:
    made = Calendar()
    made.add("prodid", "-//Fullhouse//Events//EN")
    made.add("version", "2.0")
    return made


def _text(made: Calendar) -> bytes:
    made.add_missing_timezones()
    return made.to_ical()


def _entry(event: models.Event, uid: str, url: str, words: str) -> Event:
    zone, venue = ZoneInfo(event.timezone), event.venue
    entry = Event()
    entry.add("uid", f"{uid}@fullhouse")
    entry.add("dtstamp", event.starts_at)
    entry.add("dtstart", event.starts_at.astimezone(zone))
    entry.add("dtend", (event.ends_at or event.starts_at + LASTS).astimezone(zone))
    entry.add("summary", event.name)
    entry.add("description", words)
    entry.add("url", url)
    where = ", ".join(filter(None, (venue.name, venue.address, venue.city, venue.country)))
    entry["location"] = vText(where)
    if venue.latitude is not None and venue.longitude is not None:
        entry["geo"] = vGeo((venue.latitude, venue.longitude))
    return entry
