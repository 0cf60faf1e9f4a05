"""Sales over the counter, complimentary tickets, guests, imports: as people ask and see them."""

import datetime as dt
import uuid
from typing import Annotated, Literal

import msgspec

from server.checkin.models import ScanResult
from server.checkout.models import OrderStatus, ProductsWanted
from server.inventory.models import Choices, Legs, Selection
from server.kernel.errors import DomainError
from server.orgs.models import ONE_LINE

Channel = Literal["online", "box_office", "complimentary", "guest_list", "import"]
Method = Literal["cash", "card_terminal", "invoice"]
"""How money came that no provider took; of a sale that costs something."""
Name = Annotated[str, msgspec.Meta(max_length=200)]
FullName = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=ONE_LINE)]
Email = Annotated[str, msgspec.Meta(max_length=254)]
Note = Annotated[str, msgspec.Meta(max_length=500)]
Gate = Annotated[str, msgspec.Meta(max_length=60)]

LISTS_MAX = 100
GUESTS_MAX = 5_000
"""Guests, not heads, on one list."""


class CounterSale(Selection, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Places sold over the counter. `method`: how it was paid; null where it costs nothing.

    `name`, `email`: the buyer's, where they want to say; tickets are mailed where there is an
    address. `off_sale`: blocked places too, but none that is set aside for a seller. `legs`: as of
    a hold. `ticket_types`: of any visibility. `products`: what is bought beside the places.
    """

    method: Method | None = None
    name: Name = ""
    email: Email = ""
    note: Note = ""
    off_sale: bool = False
    legs: Legs | None = None
    ticket_types: Choices = msgspec.field(default_factory=list)
    products: ProductsWanted = msgspec.field(default_factory=list)


class AllocatedSale(Selection, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Places of an allocation, or `hold_id`: what was held of it before, and nothing else."""

    hold_id: uuid.UUID | None = None
    method: Method | None = None
    name: Name = ""
    email: Email = ""
    note: Note = ""


class Gift(Selection, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Complimentary tickets. `note`: why; `off_sale`, `legs`: as of a sale."""

    name: FullName
    email: Annotated[str, msgspec.Meta(min_length=3, max_length=254)]
    note: Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=ONE_LINE)]
    off_sale: bool = False
    legs: Legs | None = None


class ManualSale(msgspec.Struct):
    """An order that was made for its buyer. `places`: that it was for; `sold_by`: who made it."""

    order_id: uuid.UUID
    channel: Channel
    status: OrderStatus
    name: str
    email: str
    places: int
    total_minor: int
    method: str | None
    note: str
    external_ref: str | None
    sold_by: str
    created_at: dt.datetime


class ManualSales(msgspec.Struct):
    """Newest first."""

    items: list[ManualSale]
    next_token: str | None = None


class ChannelSales(msgspec.Struct):
    """What is sold and not given back, over one channel. Complimentary tickets are places without
    revenue."""

    channel: Channel
    orders: int
    places: int
    revenue_minor: int


class SalesByChannel(msgspec.Struct):
    items: list[ChannelSales]


class NewGuestList(msgspec.Struct, forbid_unknown_fields=True):
    """`pool_id`: the standing area whose places its guests take; `gate`: where they come in."""

    name: FullName
    pool_id: uuid.UUID
    gate: Gate = ""


class GuestList(msgspec.Struct):
    """`heads`: of guests who are expected, `arrived`: of them."""

    id: uuid.UUID
    event_id: uuid.UUID
    pool_id: uuid.UUID
    name: str
    gate: str
    guests: int
    heads: int
    arrived: int
    created_at: dt.datetime


class GuestLists(msgspec.Struct):
    items: list[GuestList]


class NewGuest(msgspec.Struct, forbid_unknown_fields=True):
    """`plus_ones`: how many come along. `email`: where their tickets go, if anywhere: they are let
    in by name. `gate`: where it is another than the list's."""

    name: FullName
    plus_ones: Annotated[int, msgspec.Meta(ge=0, le=99)] = 0
    gate: Gate = ""
    note: Note = ""
    email: Email = ""


class Guest(msgspec.Struct):
    """`heads`: the guest and who comes along; `arrived`: of them."""

    id: uuid.UUID
    list_id: uuid.UUID
    list_name: str
    order_id: uuid.UUID
    name: str
    plus_ones: int
    gate: str
    note: str
    heads: int
    arrived: int
    created_at: dt.datetime
    cancelled_at: dt.datetime | None


class Guests(msgspec.Struct):
    """By name."""

    items: list[Guest]


class GuestQuery(msgspec.Struct, forbid_unknown_fields=True):
    """`q`: a part of the name."""

    q: Annotated[str, msgspec.Meta(max_length=200)] = ""


class GuestArrival(msgspec.Struct, forbid_unknown_fields=True):
    """`heads`: how many come in now."""

    heads: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
    gate: Gate = "Main"


class GuestAdmission(msgspec.Struct):
    """`arrived`: of `heads`, with those who came in now; `scan_ids`: what undoes it."""

    result: ScanResult
    guest_id: uuid.UUID
    name: str
    admitted: int
    heads: int
    arrived: int
    gate: str
    scan_ids: list[uuid.UUID] = []


class ImportQuery(msgspec.Struct, forbid_unknown_fields=True):
    """`dry_run`: look only."""

    dry_run: bool = False


class ImportRow(msgspec.Struct):
    """What a row comes to. `line`: of the file, its header is 1. `status`: `ready` would be or was
    imported; `known` was imported before; `wrong` says why in `detail`."""

    line: int
    ref: str
    status: Literal["ready", "known", "wrong"]
    label: str
    detail: str


class ImportReport(msgspec.Struct):
    """`is_done`: the file's rows are sold; false for a look, and where a row is wrong."""

    is_done: bool
    orders: int
    places: int
    total_minor: int
    known: int
    wrong: int
    rows: list[ImportRow]


class SaleRefused(DomainError):
    """What was said of the sale cannot be right: how it is paid, or who buys."""


class GuestsArrived(DomainError):
    """Somebody of this entry is in the house: it is not cancelled any more."""


class GuestsAllIn(DomainError):
    """More heads than are still expected for this entry."""


class ImportUnreadable(DomainError):
    """The file is not a table of sold tickets as the import reads it."""
