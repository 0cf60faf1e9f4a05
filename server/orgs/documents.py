"""An organization's settings and branding: documents that are replaced as a whole."""

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from server import audit
from server.kernel import idempotency, money
from server.kernel.db import Database, Query, Tx
from server.kernel.errors import NotFound
from server.kernel.idempotency import Done, Key
from server.kernel.ids import uuid7
from server.kernel.tenancy import Across
from server.orgs import charges, service, sql_sites
from server.orgs.settings_models import (
    CONTRAST_MIN,
    Branding,
    BrandingRefused,
    Logo,
    OrgSettings,
)
from server.orgs.sql_sites import LogoRow

LOGO_BYTES_MAX = 512 << 10
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"RIFF", "image/webp"),
)
"""No SVG: it may carry scripts, and would be served from the shop's own address."""

Document = TypeVar("Document", OrgSettings, Branding)


async def settings_of(tx: Tx, org_id: str) -> OrgSettings:
    """Raises NotFound."""
    return await _read(tx, sql_sites.SETTINGS, org_id, OrgSettings)


async def branding_of(tx: Tx, org_id: str) -> Branding:
    """Raises NotFound."""
    return await _read(tx, sql_sites.BRANDING, org_id, Branding)


async def read(db: Database, org_id: str, of: Callable[[Tx, str], Any]) -> Any:
    async with db.tx(read_only=True) as tx:
        return await of(tx, org_id)


async def replace_settings(
    db: Database, org_id: str, new: OrgSettings, key: Key | None
) -> OrgSettings:
    """Raises BadRequest for a currency that nobody pays with."""

    async def act(tx: Tx) -> OrgSettings:
        await service.lock(tx, org_id)
        before = await settings_of(tx, org_id)
        if before.currency != new.currency:
            money.check(new.currency)
        if (before.fee_bearer, before.taxes) != (new.fee_bearer, new.taxes):
            await charges.keep(tx, org_id)
        return await _write(tx, sql_sites.SET_SETTINGS, org_id, "org.settings_set", before, new)

    return await idempotency.settled(db, key, OrgSettings, act)


async def replace_branding(db: Database, org_id: str, new: Branding, key: Key | None) -> Branding:
    """Raises BrandingRefused where text in these colours could not be read."""

    async def act(tx: Tx) -> Branding:
        if new.ink is not None and new.color is None:
            raise BrandingRefused("ink: say the colour that it stands on, too")
        if new.color is not None:
            ratio = contrast(new.color, new.ink or ink_on(new.color))
            if ratio < CONTRAST_MIN:
                raise BrandingRefused(
                    f"text in {new.ink} on {new.color} has a contrast of {ratio:.1f} to 1 and "
                    f"needs {CONTRAST_MIN}: leave ink out, and it is black or white",
                    contrast=round(ratio, 2),
                )
        await service.lock(tx, org_id)
        before = await branding_of(tx, org_id)
        return await _write(tx, sql_sites.SET_BRANDING, org_id, "org.branding_set", before, new)

    return await idempotency.settled(db, key, Branding, act)


async def set_logo(db: Database, org_id: str, image: bytes, key: Key | None) -> Logo:
    """Raises BrandingRefused for what is no PNG, JPEG or WebP."""
    media_type = next((kind for magic, kind in _MAGIC if image.startswith(magic)), None)

    async def act(tx: Tx) -> Logo:
        if media_type is None or (media_type == "image/webp" and image[8:12] != b"WEBP"):
            raise BrandingRefused("a logo is a PNG, JPEG or WebP image")
        await service.lock(tx, org_id)
        logo_id = uuid7()
        await sql_sites.SET_LOGO.run(tx, logo_id, org_id, media_type, image)
        await audit.record(
            tx,
            org_id,
            "org.logo_set",
            subject=f"org:{org_id}",
            data={"logo_id": str(logo_id), "media_type": media_type, "bytes": len(image)},
        )
        return Logo(logo_id, logo_url(logo_id))

    return await idempotency.settled(db, key, Logo, act)


async def remove_logo(db: Database, org_id: str, key: Key | None) -> None:
    """Raises NotFound."""

    async def act(tx: Tx) -> Done:
        if not await sql_sites.REMOVE_LOGO.run(tx, org_id):
            raise NotFound("the organization has no logo")
        await audit.record(tx, org_id, "org.logo_removed", subject=f"org:{org_id}")
        return Done()

    await idempotency.settled(db, key, Done, act)


async def logo(db: Database, logo_id: uuid.UUID) -> LogoRow:
    """Raises NotFound."""
    async with db.tx(read_only=True, across=Across.STOREFRONT) as tx:
        found = await sql_sites.LOGO.first(tx, logo_id)
    if found is None:
        raise NotFound("no such logo")
    return found


def logo_url(logo_id: uuid.UUID) -> str:
    return f"/v1/logos/{logo_id}"


def contrast(one: str, other: str) -> float:
    """Of two `#rrggbb` colours, 1 to 21. Source: WCAG 2.2, contrast ratio."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def ink_on(color: str) -> str:
    """Black or white, whichever has more contrast: never less than 4.58."""
    return max("#000000", "#ffffff", key=lambda ink: contrast(color, ink))


def _luminance(color: str) -> float:
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return sum(w * part for w, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


async def _read(tx: Tx, query: Query[Any], org_id: str, kind: type[Document]) -> Document:
    found = await query.value(tx, org_id)
    if found is None:
        raise NotFound("no such organization")
    return msgspec.convert(found, kind)


async def _write(
    tx: Tx, query: Query[Any], org_id: str, action: str, before: Document, after: Document
) -> Document:
    told = msgspec.to_builtins(after)
    await query.run(tx, org_id, told)
    await audit.record(
        tx,
        org_id,
        action,
        subject=f"org:{org_id}",
        data={"before": msgspec.to_builtins(before), "after": told},
    )
    return after
