"""Orders as their buyers and organizers see them."""

import datetime as dt
import re
import uuid
from typing import Annotated, Literal

import msgspec

from server.inventory.models import SeatIdx
from server.kernel.errors import DomainError
from server.payments.models import PaymentFlow, PaymentIntent
from server.points.models import OrderPoints, PointsOffer, PointsWanted

OrderStatus = Literal[
    "draft", "pending", "confirmed", "partially_refunded", "refunded", "cancelled", "expired"
]
Channel = Literal["online", "box_office", "complimentary", "guest_list", "import"]
DEFAULT_LANGUAGE = "en"
EMAIL_LENGTH_MAX = 254
_NOT_TEXT = r"@\s,;:<>()\[\]\\\""
EMAIL = re.compile(rf"[^{_NOT_TEXT}]{{1,64}}@[^{_NOT_TEXT}.]+(\.[^{_NOT_TEXT}.]+)+")
"""One address, and nothing that a mail's header takes for two or for a name. Source: RFC 5322,
3.4.1, without quoted and literal forms."""


class ProductWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    product_id: uuid.UUID
    quantity: Annotated[int, msgspec.Meta(ge=1, le=1_000)]


ProductsWanted = Annotated[list[ProductWanted], msgspec.Meta(max_length=50)]
ProviderSaid = Annotated[str, msgspec.Meta(max_length=40)]
CodeSaid = Annotated[str, msgspec.Meta(max_length=40, examples=["EARLY10"])]


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To a question of the event's."""

    question_id: Annotated[str, msgspec.Meta(max_length=40)]
    text: Annotated[str, msgspec.Meta(max_length=1_000)]


class Answered(msgspec.Struct, frozen=True):
    """An answer with the words that were asked."""

    question_id: str
    question: str
    answer: str


class OrderWish(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a buyer wants of an order. `products`: what is bought beside places; `discount_code`:
    makes tickets cheaper; `answers`: to what the event asks; `accepts_alternative`: where the
    payment comes too late for these seats, others as good will do, as near as there are; without it
    the money goes back; `language`: of mails about the order, the request's own (Accept-Language)
    where none is named; `points`: of who is signed in, to pay with."""

    products: ProductsWanted = []
    discount_code: CodeSaid | None = None
    answers: Annotated[list[Answer], msgspec.Meta(max_length=20)] = []
    accepts_alternative: bool = False
    language: Annotated[str, msgspec.Meta(pattern="^[a-z]{2}$(?!\\n)")] | None = None
    points: PointsWanted = 0


class DraftWish(OrderWish, kw_only=True, forbid_unknown_fields=True):
    """What a draft says, as far as it is known: the rest is said later, before it is confirmed."""

    email: Annotated[str, msgspec.Meta(max_length=EMAIL_LENGTH_MAX)] = ""
    name: Annotated[str, msgspec.Meta(max_length=200)] = ""


class DraftRequest(DraftWish, kw_only=True, forbid_unknown_fields=True):
    """A hold that becomes an order, to be paid later."""

    hold_id: uuid.UUID


class PaymentWish(msgspec.Struct, forbid_unknown_fields=True):
    """`provider`: whom to pay with, the first that the seller offers where none is named;
    `payment_flow`: `page`, to be sent to the provider's, or `intent`, for a form of one's own."""

    provider: ProviderSaid | None = None
    payment_flow: PaymentFlow = "page"


class CheckoutRequest(OrderWish, kw_only=True, forbid_unknown_fields=True):
    """What a buyer says to turn a hold into an order and pay for it. `provider`: whom to pay with,
    the first that the seller offers where none is named; `payment_flow`: `page`, to be sent to the
    provider's, or `intent`, for a form of one's own."""

    hold_id: uuid.UUID
    email: Annotated[str, msgspec.Meta(max_length=EMAIL_LENGTH_MAX)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    provider: ProviderSaid | None = None
    payment_flow: PaymentFlow = "page"


class QuoteRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a hold would cost with these products, this code and so many loyalty points."""

    hold_id: uuid.UUID
    products: ProductsWanted = []
    discount_code: CodeSaid | None = None
    points: PointsWanted = 0


class QuotedLine(msgspec.Struct):
    """`unit_price_minor`: all-in, as the map showed it; `discount_minor`: taken off all `quantity`
    of it; `fee_minor`, `tax_minor`: in `total_minor`."""

    label: str
    ticket_type: str
    quantity: int
    unit_price_minor: int
    discount_minor: int
    fee_minor: int
    tax_minor: int
    total_minor: int


class TaxLine(msgspec.Struct):
    """What of a total is this tax. `is_inclusive`: the organizer's prices have it in them."""

    name: str
    rate_ppm: int
    is_inclusive: bool
    amount_minor: int


class Deposit(msgspec.Struct):
    """A part of a total that may be paid at first; the rest until `due_at`."""

    amount_minor: int
    rest_minor: int
    due_at: dt.datetime


class QuoteView(msgspec.Struct):
    """`total_minor` is the sum of `lines` and `products`, and what would be paid now; fee and taxes
    are in it, the discount is taken off it, and `points_minor` of that is paid with points.
    `points`: what its buyer may pay with; null for a guest, and where none are taken. `deposit`:
    with what the order may begin, by dividing its draft so; null where it is paid at once."""

    currency: str
    lines: list[QuotedLine]
    products: list[QuotedLine]
    taxes: list[TaxLine]
    fee_minor: int
    tax_minor: int
    discount_minor: int
    total_minor: int
    points_minor: int
    points: PointsOffer | None
    deposit: Deposit | None


class Order(msgspec.Struct):
    """The order's own row. `total_minor`: what is paid in all, with `fee_minor` and `tax_minor` in
    it and `discount_minor` taken off it; `paid_minor`: captured and not paid back; `channel`: how
    it came; `note` says why it ended otherwise than hoped. `deposit_minor`: what confirms it, where
    the rest may come until `balance_due_at`, which is null once nothing is open."""

    id: uuid.UUID
    org_id: str
    event_id: uuid.UUID
    hold_id: uuid.UUID
    buyer_id: uuid.UUID
    status: OrderStatus
    email: str
    name: str
    language: str
    currency: str
    total_minor: int
    fee_minor: int
    tax_minor: int
    discount_minor: int
    paid_minor: int
    channel: Channel
    answers: list[Answered]
    note: str | None
    created_at: dt.datetime
    expires_at: dt.datetime
    confirmed_at: dt.datetime | None
    deposit_minor: int | None
    balance_due_at: dt.datetime | None

    @property
    def confirmed_by_minor(self) -> int:
        """What must have come before its places are sold."""
        return self.total_minor if self.balance_due_at is None else self.deposit_minor or 0


class OrderLine(msgspec.Struct):
    """A seat, or `quantity` places of a standing area, on each leg from `leg_first` to `leg_last`.
    `live`: paid for and not refunded."""

    id: uuid.UUID
    seat_idx: int | None
    pool_id: uuid.UUID | None
    leg_first: int
    leg_last: int
    quantity: int
    label: str
    section: str
    unit_price_minor: int
    discount_minor: int
    fee_minor: int
    tax_minor: int
    total_minor: int
    live: bool
    ticket_type_id: uuid.UUID | None
    ticket_type: str


class OrderItem(msgspec.Struct):
    """A product, under the name and price, all-in, that it was ordered with."""

    id: uuid.UUID
    product_id: uuid.UUID
    name: str
    quantity: int
    unit_price_minor: int
    discount_minor: int
    fee_minor: int
    tax_minor: int
    total_minor: int


class SoldSeat(msgspec.Struct):
    """Who has a seat, on the legs from `leg_first` to `leg_last`."""

    order_id: uuid.UUID
    line_id: uuid.UUID
    name: str
    email: str
    label: str
    leg_first: int
    leg_last: int


class SoldSeats(msgspec.Struct):
    items: list[SoldSeat]


class SeatWish(msgspec.Struct, forbid_unknown_fields=True):
    """The seat that an order line shall have instead of its own."""

    seat_idx: SeatIdx


class MoveWish(msgspec.Struct, forbid_unknown_fields=True):
    """Order lines that shall have other seats: `seats`, one for each of `lines` in their order, or
    the first free chairs of a table, `table_idx` by its place among the map's."""

    lines: Annotated[list[uuid.UUID], msgspec.Meta(min_length=1, max_length=1_000)]
    seats: Annotated[list[SeatIdx], msgspec.Meta(max_length=1_000)] = []
    table_idx: Annotated[int, msgspec.Meta(ge=0, le=100_000)] | None = None


class MovedLines(msgspec.Struct):
    items: list[OrderLine]


class PaymentView(msgspec.Struct):
    provider: str
    status: str
    redirect_url: str | None


class OrderView(msgspec.Struct):
    """`points`: that it uses and earns, of whose buyer was signed in; what they took off its price
    is in `discount_minor`. `deposit_minor`: what confirms it, where the rest may come until
    `balance_due_at`, which is null once nothing is open; tickets come then."""

    id: uuid.UUID
    event_id: uuid.UUID
    hold_id: uuid.UUID
    status: OrderStatus
    email: str
    name: str
    currency: str
    total_minor: int
    fee_minor: int
    tax_minor: int
    discount_minor: int
    paid_minor: int
    channel: Channel
    answers: list[Answered]
    note: str | None
    created_at: dt.datetime
    expires_at: dt.datetime
    confirmed_at: dt.datetime | None
    deposit_minor: int | None
    balance_due_at: dt.datetime | None
    lines: list[OrderLine]
    payment: PaymentView | None
    products: list[OrderItem]
    taxes: list[TaxLine]
    points: OrderPoints | None


class CheckoutStarted(msgspec.Struct):
    """`redirect_url`: the provider's page; our own order page where there is nothing to pay, or
    where the order was begun as an intent; null with an `intent`, if one was asked for."""

    order: OrderView
    redirect_url: str | None
    intent: PaymentIntent | None = None


class CheckoutInvalid(DomainError):
    """The buyer's details cannot be right."""


class ProductSoldOut(DomainError):
    """Fewer of the product are left than were wanted."""

    def __init__(self, product_id: uuid.UUID, name: str, available: int) -> None:
        super().__init__(
            f"of {name} only {available} are left: take fewer",
            product_id=product_id, available=available,
        )  # fmt: skip


class OrderBegun(DomainError):
    """The order is no draft any more: it is being paid for, paid, or over."""


class LineNotSold(DomainError):
    """The order line is not paid for, or was paid back, or has no seat."""
