"""Tickets as PDF, with the looks of who sells them: made when somebody asks, and kept nowhere."""

import asyncio
import io
import uuid
from collections.abc import Sequence

import msgspec
from PIL import Image

from server.catalog.models import Event
from server.catalog.service import Catalog
from server.kernel import logs
from server.kernel.db import Database
from server.kernel.errors import NotFound
from server.kernel.tenancy import Across
from server.orgs import documents, sites
from server.orgs.settings_models import Site
from server.tickets import words
from server.tickets.drawing import qr_svg
from server.tickets.models import TicketOver, TicketView
from server.tickets.press import Press
from server.tickets.words import SheetWords

COLOR, INK = "#17151c", "#ffffff"
"""Of who has chosen none."""
LOGO_SIZE = (600, 160)
LOGO_PIXELS_MAX = 20_000_000
LOGOS_CACHED_MAX = 256

_log = logs.get(__name__)


class Brand(msgspec.Struct):
    """`logo`: a PNG, byte by byte."""

    name: str
    color: str
    ink: str
    support: str
    logo: list[int] | None


class EventPaper(msgspec.Struct):
    name: str
    starts: str
    doors: str
    venue: str
    address: str


class TicketPaper(msgspec.Struct):
    """`qr`: SVG; `nth`: which one of how many."""

    label: str
    kind: str
    holder: str
    nth: str
    qr: str
    url: str


class TicketSheet(msgspec.Struct):
    """As `sheets/ticket.typ` takes it."""

    title: str
    language: str
    number: str
    brand: Brand
    event: EventPaper
    words: SheetWords
    tickets: list[TicketPaper]


class Papers:
    """`public_url`: what browsers call us by."""

    def __init__(self, db: Database, catalog: Catalog, public_url: str) -> None:
        self._db, self._catalog = db, catalog
        self._public_url = public_url.rstrip("/")
        self.press = Press()
        self._logos: dict[str, list[int] | None] = {}

    async def tickets(self, tickets: Sequence[TicketView], language: str = words.DEFAULT) -> bytes:
        """A page for each of these tickets of one order: those that are void have none.

        Raises TicketOver where none is left, Overloaded.
        """
        live = [ticket for ticket in tickets if ticket.is_live]
        if not live:
            raise TicketOver("this ticket was refunded or replaced: there is nothing to print")
        language = words.known(language)
        event = await self._catalog.event(live[0].event_id)
        sheet = TicketSheet(
            title=event.name,
            language=language,
            number=number_of(live[0].order_id),
            brand=await self.brand(event.org_id),
            event=_event(event, language),
            words=words.SHEETS[language],
            tickets=[
                TicketPaper(
                    label=ticket.label,
                    kind=ticket.ticket_type,
                    holder=ticket.holder_name,
                    nth=f"{nth} / {len(live)}" if len(live) > 1 else "",
                    qr=qr_svg(ticket.scan_token).decode(),
                    url=self._public_url + ticket.url,
                )
                for nth, ticket in enumerate(live, 1)
            ],
        )
        return await self.press.print("ticket", sheet, max(each.issued_at for each in live))

    async def brand(self, org_id: str) -> Brand:
        looks = await self.looks(org_id)
        return Brand(
            name=looks.name,
            color=looks.color or COLOR,
            ink=looks.ink or INK,
            support=looks.support_email,
            logo=await self._logo(looks.logo_url) if looks.logo_url else None,
        )

    async def seller(self, org_id: str, language: str) -> list[str]:
        """Who sells, line by line, as receipts and mails name them."""
        async with self._db.tx(read_only=True) as tx:
            legal = (await documents.settings_of(tx, org_id)).legal
        name = legal.name or (await self.looks(org_id)).name
        address = [line.strip() for line in legal.address.splitlines()]
        country = words.country(legal.country, language) if legal.country else ""
        number = f"{words.RECEIPTS[language].tax_number} {legal.tax_number}"
        return [*filter(None, (name, *address, country, number if legal.tax_number else ""))]

    async def looks(self, org_id: str) -> Site:
        async with self._db.tx(read_only=True, across=Across.STOREFRONT) as tx:
            return await sites.looks_of(tx, org_id)

    async def _logo(self, url: str) -> list[int] | None:
        """Decoded and written anew; None for an image that cannot be read."""
        if url not in self._logos:
            try:
                stored = await documents.logo(self._db, uuid.UUID(url.rpartition("/")[2]))
                made = await asyncio.to_thread(_small, stored.image)
            except NotFound:
                return None
            except Exception as error:  # of what a stranger's file makes decoders raise is no list
                _log.warning("a logo cannot be read", url=url, error=repr(error))
                made = None
            if len(self._logos) >= LOGOS_CACHED_MAX:
                del self._logos[next(iter(self._logos))]
            self._logos[url] = made
        return self._logos[url]


def number_of(order_id: uuid.UUID) -> str:
    """An order's number, as people read it."""
    return order_id.hex[-12:].upper()


def _event(event: Event, language: str) -> EventPaper:
    return EventPaper(
        name=event.name,
        starts=words.when(event, language),
        doors=words.doors(event, language),
        venue=event.venue.name,
        address=words.address(event, language),
    )


def _small(image: bytes) -> list[int]:
    with Image.open(io.BytesIO(image), formats=("JPEG", "PNG", "WEBP")) as opened:
        if opened.width * opened.height > LOGO_PIXELS_MAX:
            raise ValueError(f"{opened.width} x {opened.height} pixels")
        logo = opened.convert("RGBA")
    logo.thumbnail(LOGO_SIZE)
    out = io.BytesIO()
    logo.save(out, "PNG", optimize=True)
    return list(out.getvalue())
