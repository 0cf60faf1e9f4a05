"""What the navigation of those who work offers, in groups, and what it takes to see each entry.

An entry is shown to whom its page opens for: `tests/server/storefront/test_menus.py` asks each.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple


class Entry(NamedTuple):
    """`current`: of aria-current, "" where the person is elsewhere, "true" on a page below it."""

    words: str
    path: str
    current: str


class Group(NamedTuple):
    """`words`: "" where the entries speak for themselves."""

    words: str
    entries: list[Entry]

    @property
    def is_current(self) -> bool:
        return any(entry.current for entry in self.entries)


class _Page(NamedTuple):
    words: str
    path: str
    permission: str


_Groups = Sequence[tuple[str, Sequence[_Page]]]

_AREAS: _Groups = (
    ("", (
        _Page("Events", "/organizer", "event:read"),
        _Page("Reports", "/organizer/reports", "sales:read"),
        _Page("Refunds", "/organizer/refunds", "sales:read"),
    )),
    ("House", (
        _Page("Venues", "/organizer/venues", "event:manage"),
        _Page("Maps", "/organizer/maps", "event:manage"),
    )),
    ("Organization", (
        _Page("Team", "/organizer/team", "org:read"),
        _Page("Payments", "/organizer/payments", "org:manage"),
        _Page("Branding", "/organizer/branding", "org:manage"),
        _Page("Mails", "/organizer/mails", "org:manage"),
        _Page("Settings", "/organizer/settings", "org:manage"),
        _Page("Pause", "/organizer/switches", "org:manage"),
        _Page("Log", "/organizer/log", "audit:read"),
    )),
    ("Technology", (
        _Page("API keys", "/organizer/keys", "key:manage"),
        _Page("Webhooks", "/organizer/webhooks", "key:manage"),
        _Page("Self-test", "/organizer/self-test", "event:manage"),
    )),
)  # fmt: skip
_EVENT: _Groups = (
    ("Set up", (
        _Page("Overview", "/organizer/events/{}/setup", "event:manage"),
        _Page("Details", "/organizer/events/{}/details", "event:manage"),
        _Page("Map", "/organizer/events/{}/map", "event:manage"),
        _Page("Prices", "/organizer/events/{}/prices", "event:manage"),
        _Page("Products", "/organizer/events/{}/products", "event:manage"),
        _Page("Discounts", "/organizer/events/{}/discounts", "event:manage"),
        _Page("Terms", "/organizer/events/{}/terms", "event:manage"),
    )),
    ("Sell", (
        _Page("Sales", "/organizer/events/{}", "sales:read"),
        _Page("Box office", "/organizer/events/{}/box-office", "order:manage"),
        _Page("Places", "/organizer/events/{}/places", "inventory:manage"),
        _Page("Allocations", "/organizer/events/{}/allocations", "inventory:manage"),
        _Page("Waiting room", "/organizer/events/{}/waiting-room", "event:manage"),
        _Page("Pause", "/organizer/events/{}/switches", "event:manage"),
    )),
    ("Orders", (
        _Page("Orders", "/organizer/events/{}/orders", "order:read"),
        _Page("Refunds", "/organizer/events/{}/refunds", "sales:read"),
        _Page("Import", "/organizer/events/{}/import", "order:manage"),
    )),
    ("Door", (
        _Page("Door display", "/board/{}", "scan:read"),
        _Page("Guests", "/organizer/events/{}/guests", "order:read"),
        _Page("Door keys", "/organizer/events/{}/doors", "key:manage"),
    )),
)  # fmt: skip
_STAFF: _Groups = (
    ("", (
        _Page("Organizations", "/staff", ""),
        _Page("Webhooks", "/staff/webhooks", ""),
        _Page("Money", "/staff/money", ""),
        _Page("Parked events", "/staff/events", ""),
        _Page("Pause", "/staff/switches", ""),
    )),
)  # fmt: skip


def areas(permissions: Collection[str], path: str, here: str) -> list[Group]:
    """Of an organization. `path`: where the person is; `here`: the area that this belongs to."""
    at = "/organizer" if here == "events" else f"/organizer/{here}"
    return _seen(_AREAS, permissions, path, at)


def event_pages(
    permissions: Collection[str], path: str, event_id: object, within: str = ""
) -> list[Group]:
    """Of an event that has been published. `within`: the entry that a page without one of its own
    belongs to, such as "prices"."""
    at = f"/organizer/events/{event_id}/{within}" if within else path
    return _seen(_EVENT, permissions, path, at, event_id)


def staff_pages(path: str) -> list[Group]:
    return _seen(_STAFF, ("",), path, path)


def _seen(
    groups: _Groups, permissions: Collection[str], path: str, at: str, event_id: object = ""
) -> list[Group]:
    def entry(page: _Page) -> Entry:
        own = page.path.format(event_id)
        return Entry(page.words, own, "page" if own == path else "true" if own == at else "")

    seen = [
        Group(words, [entry(page) for page in pages if page.permission in permissions])
        for words, pages in groups
    ]
    return [group for group in seen if group.entries]
