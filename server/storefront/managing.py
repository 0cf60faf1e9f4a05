"""What an organization has settled for all its events: looks, domains, rules; and its log."""

import re
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from server.audit import service as audit
from server.audit.models import AuditQuery
from server.kernel.errors import BadRequest, NotFound, Overloaded
from server.orgs import documents, members
from server.orgs.models import LimitReached
from server.orgs.settings_models import (
    Branding,
    BrandingRefused,
    CheckoutRules,
    DomainNotProven,
    DomainTaken,
    LegalEntity,
    NewDomain,
    OrgSettings,
    PointsRule,
    Tax,
)
from server.orgs.sites import looks_of
from server.storefront import regions
from server.storefront.details import MINUTES, seconds_of
from server.storefront.filling import Filling, in_minutes, sentence, typed
from server.storefront.forms import read_form
from server.storefront.portal import Desk, Portal, key_for
from server.storefront.words import percent

ENTRIES_SHOWN = 50
TAX_ROWS = 3
_BRANDING, _SETTINGS = "/organizer/branding", "/organizer/settings"
_SHARE = re.compile(r"(\d{1,3})(?:[.,](\d{1,4}))?")
_COLOR = "Write it like #1d4ed8, or nothing."
_TOLD = {
    "display_name": "At most 80 characters.",
    "color": _COLOR,
    "ink": _COLOR,
    "support_email": "Write an address like help@venue.example, or nothing.",
}


class ManagingPages(Portal):
    async def branding(self, request: Request) -> Response:
        """GET /organizer/branding"""
        desk = await self._desk(request, "org:manage")
        now = await documents.read(self._parts.db, desk.org_id, documents.branding_of)
        told = {name: value or "" for name, value in msgspec.structs.asdict(now).items()}
        return await self._branding_page(request, desk, Filling(told))

    async def set_branding(self, request: Request) -> Response:
        """POST /organizer/branding : what it looks like; `act`: of a logo or a domain."""
        desk = await self._desk(request, "org:manage")
        form = await read_form(request)
        filled, key = Filling.of(form), key_for(form, request, desk.actor.name)
        db, sites, org_id = self._parts.db, self._parts.sites, desk.org_id
        act, domain = form.get("act"), filled.get("domain").lower()
        try:
            if act == "unlogo":
                await documents.remove_logo(db, org_id, key)
            elif act == "claim":
                filled.take("domain", _Domain, "Write it like tickets.venue.example.")
                if filled:
                    await sites.claim(org_id, domain, key)
            elif act == "verify":
                await sites.verify(org_id, domain, key)
            elif act == "give-up":
                await sites.give_up(org_id, domain, key)
            else:
                wish = _branding(filled)
                if wish is not None:
                    await documents.replace_branding(db, org_id, wish, key)
        except (DomainNotProven, DomainTaken, LimitReached, NotFound, Overloaded) as error:
            filled.problem = sentence(error.detail)
        except BrandingRefused as error:
            filled.wrong["ink"] = sentence(error.detail.removeprefix("ink: "))
        except BadRequest as error:
            filled.blame(error, ("domain",))
        if filled:
            return self._saved(desk, _BRANDING)
        if act:
            now = await documents.read(db, org_id, documents.branding_of)
            told = {name: value or "" for name, value in msgspec.structs.asdict(now).items()}
            shown = Filling(told | {"domain": filled.get("domain")})
            shown.wrong, shown.problem, filled = filled.wrong, filled.problem, shown
        return await self._branding_page(request, desk, filled)

    async def _branding_page(self, request: Request, desk: Desk, filled: Filling) -> Response:
        now = await documents.read(self._parts.db, desk.org_id, documents.branding_of)
        looks = await documents.read(self._parts.db, desk.org_id, looks_of)
        ink = now.ink or (documents.ink_on(now.color) if now.color else None)
        return self._show(
            request,
            desk,
            "branding.html",
            "branding",
            script="src/portal/upload.ts",
            status=200 if filled else 422,
            filled=filled,
            now=now,
            logo_url=looks.logo_url,
            ink=ink,
            contrast=documents.contrast(now.color, ink) if now.color and ink else None,
            domains=(await self._parts.sites.of_org(desk.org_id)).items,
        )

    async def settings(self, request: Request) -> Response:
        """GET /organizer/settings"""
        desk = await self._desk(request, "org:manage")
        now = await documents.read(self._parts.db, desk.org_id, documents.settings_of)
        return self._settings_page(request, desk, _filled(now))

    async def set_settings(self, request: Request) -> Response:
        """POST /organizer/settings"""
        desk = await self._desk(request, "org:manage")
        form = await read_form(request)
        filled = Filling.of(form)
        now = await documents.read(self._parts.db, desk.org_id, documents.settings_of)
        wish = _settings(filled, now)
        if wish is None:
            return self._settings_page(request, desk, filled)
        key = key_for(form, request, desk.actor.name)
        await documents.replace_settings(self._parts.db, desk.org_id, wish, key)
        return self._saved(desk, _SETTINGS)

    def _settings_page(self, request: Request, desk: Desk, filled: Filling) -> Response:
        return self._show(
            request,
            desk,
            "settings.html",
            "settings",
            status=200 if filled else 422,
            filled=filled,
            countries=regions.countries(),
            currencies=regions.currencies(),
            tax_rows=range(TAX_ROWS),
        )

    async def log(self, request: Request) -> Response:
        """GET /organizer/log : who changed what, newest first."""
        desk = await self._desk(request, "audit:read")
        asked = request.query_params
        try:
            told = {"page_size": ENTRIES_SHOWN}
            if asked.get("after"):
                told |= {"next_token": asked["after"]}
            wanted = msgspec.convert(told, AuditQuery)
        except msgspec.ValidationError:
            raise BadRequest("after: not a page of this log") from None
        page = await audit.entries(self._parts.db, desk.org_id, wanted)
        people = {
            f"operator:{member.user_id}": member.name
            for member in (await members.of_org(self._parts.db, desk.org_id)).items
        }
        return self._show(
            request,
            desk,
            "log.html",
            "log",
            entries=[
                (entry, people.get(entry.actor) or _actor(entry.actor), _facts(entry.data))
                for entry in page.items
            ],
            after=page.next_token,
        )


_Domain = NewDomain.__annotations__["domain"]


def _branding(filled: Filling) -> Branding | None:
    told: dict[str, str | None] = {name: filled.get(name) for name in _TOLD}
    for name in ("color", "ink"):
        told[name] = filled.get(name).lower() or None
    for name, value in told.items():
        _try({name: value}, Branding, filled, name, _TOLD[name])
    return msgspec.convert(told, Branding) if filled else None


def _filled(now: OrgSettings) -> Filling:
    rules, legal = now.checkout, now.legal
    told = {
        "currency": now.currency,
        "fee_bearer": now.fee_bearer,
        **{name: in_minutes(getattr(rules, field)) for name, field in MINUTES.items()},
        "seats_per_hold_max": str(rules.seats_per_hold_max),
        "seats_per_order_max": str(rules.seats_per_order_max or ""),
        "seats_per_buyer_max": str(rules.seats_per_buyer_max or ""),
        "orphan_rule": rules.orphan_rule,
        "terms_url": rules.terms_url,
        "asks_marketing_consent": "yes" if rules.asks_marketing_consent else "",
        "legal_name": legal.name,
        "legal_address": legal.address,
        "legal_country": legal.country,
        "legal_tax_number": legal.tax_number,
    }
    for at, tax in enumerate(now.taxes[:TAX_ROWS]):
        told[f"tax_name:{at}"] = tax.name
        told[f"tax_share:{at}"] = percent(tax.rate_ppm)
        told[f"tax_included:{at}"] = "yes" if tax.is_included else ""
    rule = now.points
    return Filling(
        told
        | {
            "points_is_on": "yes" if rule.is_on else "",
            "points_earned": str(rule.earned),
            "points_per_minor": typed(rule.per_minor, now.currency),
            "points_worth_minor": typed(rule.worth_minor, now.currency),
            "points_per_order_min": str(rule.per_order_min),
            "points_per_order_max": str(rule.per_order_max or ""),
        }
    )


def _settings(filled: Filling, now: OrgSettings) -> OrgSettings | None:
    """What the form does not have stays: taxes behind its rows."""
    get = filled.get
    currency = filled.currency("currency")
    rules: dict[str, Any] = {
        **seconds_of(filled, now.checkout),
        "seats_per_hold_max": filled.take("seats_per_hold_max", int, "From 1 to 1,000."),
        "seats_per_order_max": filled.maybe("seats_per_order_max", int, "A number, or nothing."),
        "seats_per_buyer_max": filled.maybe("seats_per_buyer_max", int, "A number, or nothing."),
        "orphan_rule": get("orphan_rule"),
        "terms_url": get("terms_url"),
        "asks_marketing_consent": bool(get("asks_marketing_consent")),
    }
    legal = {name: get(f"legal_{name}") for name in ("name", "address", "country", "tax_number")}
    told = {
        "seats_per_hold_max": "From 1 to 1,000.",
        "seats_per_order_max": "From 1 to 10,000, or nothing.",
        "seats_per_buyer_max": "From 1 to 10,000, or nothing.",
        "orphan_rule": "Choose one of these.",
        "terms_url": "An address that begins with https://, or nothing.",
    }
    for name, words in told.items():
        if name not in filled.wrong:
            _try({name: rules[name]}, CheckoutRules, filled, name, words)
    for name, value in legal.items():
        _try({name: value}, LegalEntity, filled, f"legal_{name}", "This is too long.")
    taxes = [tax for at in range(TAX_ROWS) if (tax := _tax(filled, at)) is not None]
    _try({"fee_bearer": get("fee_bearer")}, OrgSettings, filled, "fee_bearer", "Choose one.")
    points = _points(filled)
    if points is None or currency is None or not filled:
        return None
    return OrgSettings(
        currency=currency,
        fee_bearer=msgspec.convert(get("fee_bearer"), OrgSettings.__annotations__["fee_bearer"]),
        taxes=[*taxes, *now.taxes[TAX_ROWS:]],
        checkout=msgspec.convert(rules, CheckoutRules),
        legal=msgspec.convert(legal, LegalEntity),
        points=points,
    )


def _points(filled: Filling) -> PointsRule | None:
    currency = filled.get("currency")
    rule = {
        "is_on": bool(filled.get("points_is_on")),
        "earned": filled.take("points_earned", int, "From 0 to 1,000,000."),
        "per_minor": filled.amount("points_per_minor", currency),
        "worth_minor": filled.amount("points_worth_minor", currency),
        "per_order_min": filled.take("points_per_order_min", int, "From 1 to 1,000,000."),
        "per_order_max": filled.maybe("points_per_order_max", int, "A number, or nothing."),
    }
    told = {
        "earned": "From 0 to 1,000,000.",
        "per_minor": "An amount, more than nothing.",
        "worth_minor": "An amount, more than nothing, up to a million of the smallest coins.",
        "per_order_min": "From 1 to 1,000,000.",
        "per_order_max": "From 1 to 1,000,000, or nothing.",
    }
    for name, words in told.items():
        if f"points_{name}" not in filled.wrong:
            _try({name: rule[name]}, PointsRule, filled, f"points_{name}", words)
    return msgspec.convert(rule, PointsRule) if filled else None


def _tax(filled: Filling, at: int) -> Tax | None:
    name, share = filled.get(f"tax_name:{at}"), filled.get(f"tax_share:{at}")
    if not name and not share:
        return None
    rate_ppm = share_ppm(share)
    if rate_ppm is None:
        filled.wrong[f"tax_share:{at}"] = "A share like 20 or 5.5."
        return None
    if not 0 < len(name) <= 60:
        filled.wrong[f"tax_name:{at}"] = "Say what it is called, such as VAT."
        return None
    return Tax(name, rate_ppm, bool(filled.get(f"tax_included:{at}")))


def share_ppm(text: str) -> int | None:
    """`9.975` per cent are 99750 parts per million; None for what is no share of a whole."""
    found = _SHARE.fullmatch(text)
    rate_ppm = int(found[1] + (found[2] or "").ljust(4, "0")) if found else -1
    return rate_ppm if 0 <= rate_ppm <= 1_000_000 else None


def _try(told: dict[str, Any], kind: Any, filled: Filling, name: str, words: str) -> None:
    try:
        msgspec.convert(told, kind)
    except msgspec.ValidationError:
        filled.wrong[name] = words


def _actor(name: str) -> str:
    """`api_key:...` -> `API key`; a person who is no member any more is somebody."""
    kind = name.partition(":")[0]
    words = {"api_key": "API key", "staff": "The platform", "partner": "The partner"}
    return words.get(kind, "Somebody who left" if kind == "operator" else kind)


def _facts(data: dict[str, Any]) -> str:
    """Of a change of values only those that differ."""
    before, after = data.get("before"), data.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        differing = [name for name in after if after[name] != before.get(name)]
        data = {name: {"before": before.get(name), "after": after[name]} for name in differing}
    return msgspec.json.format(msgspec.json.encode(data)).decode() if data else ""
