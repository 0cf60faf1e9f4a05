"""What an event is, when, and how it sells: one form for a new one and for one that is there."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec

from server.catalog.event_models import (
    Count,
    Description,
    EventSetup,
    Slug,
    Summary,
    Text,
    Zone,
)
from server.catalog.models import OrphanRule
from server.catalog.times import zone_of
from server.kernel.errors import BadRequest
from server.orgs.settings_models import CheckoutRules, OrgSettings
from server.storefront.filling import Filling, in_minutes, wall

_MOMENTS = ("starts_at", "doors_at", "ends_at", "sales_open_at", "sales_close_at")
_COUNTS = ("seats_per_hold_max", "seats_per_order_max", "seats_per_buyer_max")
FIELDS = (
    "name", "summary", "description", "slug", "timezone", "currency", "orphan_rule", *_MOMENTS,
    *_COUNTS,
)  # fmt: skip
"""Names that the form and the event have in common."""

MINUTES = {"hold_minutes": "hold_ttl_s", "payment_minutes": "payment_ttl_s"}
"""Fields that people say in minutes, and what they are."""

_COUNT = "A whole number from 1 to 1,000."
_TTL_MAX_S = 3_600
_MANY = "A whole number from 1 to 1,000, or nothing for no limit."


def blank(timezone: str, settings: OrgSettings) -> Filling:
    """Of a new event: as the organization has it for all of them."""
    rules = settings.checkout
    told = {name: str(getattr(rules, name) or "") for name in (*_COUNTS, "orphan_rule")}
    told |= {
        name: in_minutes(min(max(getattr(rules, field), 60), _TTL_MAX_S))
        for name, field in MINUTES.items()
    }
    return Filling(told | {"timezone": timezone, "currency": settings.currency})


def filled_of(setup: EventSetup) -> Filling:
    told = {name: str(getattr(setup, name) or "") for name in FIELDS}
    told |= {name: wall(getattr(setup, name), setup.timezone) for name in _MOMENTS}
    told |= {name: in_minutes(getattr(setup, field)) for name, field in MINUTES.items()}
    return Filling(told)


def facts_of(filled: Filling, known: EventSetup | None = None) -> Mapping[str, Any]:
    """The event's fields as the form has them; what is wrong is told in `filled`.

    `known`: the event as it is by now. What it has may stay, also a beginning that has passed.

    `slug` only where it was said: a new event's is made of name and day.
    """
    take = filled.take
    facts: dict[str, Any] = {
        "name": take("name", Text, "Say what the event is called."),
        "summary": take("summary", Summary, "At most 500 characters."),
        "description": take("description", Description, "At most 20,000 characters."),
        "timezone": take("timezone", Zone, "Write it like Europe/Vienna."),
        "currency": filled.currency("currency"),
        "orphan_rule": take("orphan_rule", OrphanRule, "Choose one of these."),
        "seats_per_hold_max": take("seats_per_hold_max", Count, _COUNT),
        "seats_per_order_max": filled.maybe("seats_per_order_max", Count, _MANY),
        "seats_per_buyer_max": filled.maybe("seats_per_buyer_max", Count, _MANY),
    }
    facts |= seconds_of(filled, known)
    if filled.get("slug"):
        facts["slug"] = take("slug", Slug, "Small letters, digits and hyphens, at most 80.")
    try:
        zone = zone_of(filled.get("timezone"))
    except BadRequest:
        filled.wrong["timezone"] = "No time zone is called so: write it like Europe/Vienna."
        return facts
    facts |= {name: filled.moment(name, zone) for name in _MOMENTS}
    if facts["starts_at"] is None:
        filled.wrong.setdefault("starts_at", "Say when it begins.")
    elif facts["starts_at"] <= dt.datetime.now(dt.UTC) and not (
        known and _same(facts["starts_at"], known.starts_at)
    ):
        filled.wrong["starts_at"] = "This lies in the past."
    return facts


def seconds_of(filled: Filling, known: EventSetup | CheckoutRules | None) -> dict[str, int | None]:
    """What is said in minutes; what is wrong is told in `filled`."""
    return {
        field: filled.seconds(name, _TTL_MAX_S, known and getattr(known, field))
        for name, field in MINUTES.items()
    }


def differing(facts: Mapping[str, Any], setup: EventSetup) -> dict[str, Any]:
    """What a change has to name: the rest stays, also what may not change any more."""
    return {name: value for name, value in facts.items() if not _same(value, getattr(setup, name))}


def _same(new: Any, old: Any) -> bool:
    """Forms have minutes: a moment with seconds is the same one there."""
    if isinstance(new, dt.datetime) and isinstance(old, dt.datetime):
        return new == old.replace(second=0, microsecond=0)
    return bool(msgspec.to_builtins(new) == msgspec.to_builtins(old))
