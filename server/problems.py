"""The one table from what went wrong to what HTTP says: RFC 9457 problem+json.

A test proves that it is total: every DomainError of the program stands here.
"""

import math
import re
from functools import cache

from starlette.responses import Response

from server.admission.models import WaitingRoomOff
from server.boxoffice.models import GuestsAllIn, GuestsArrived, ImportUnreadable, SaleRefused
from server.catalog.directories import DirectoryFailed, DirectoryOff
from server.catalog.event_models import EventMoved, EventRefused, ImageRefused
from server.catalog.map_models import (
    DraftMoved,
    DrawingNotRead,
    DrawingRefused,
    EditRefused,
    MapExists,
    MapNotPublished,
    MapNotReady,
    MapPublished,
)
from server.catalog.models import SlugTaken
from server.catalog.venue_models import VenueInUse
from server.checkin.models import TicketAlreadyUsed, TicketNotValid, TicketUnknown, TooLateToUndo
from server.checkout.discount_models import CodeTaken, DiscountRefused
from server.checkout.models import CheckoutInvalid, LineNotSold, OrderBegun, ProductSoldOut
from server.checkout.share_models import DivisionRefused, ShareOver
from server.hooks.models import EndpointRefused
from server.identity.models import (
    AccountExists,
    FactorRefused,
    KeyInUse,
    LinkOver,
    PasswordRefused,
    TooManyAttempts,
)
from server.inventory.models import (
    BlockRefused,
    HoldOrdered,
    HoldOver,
    MapMoved,
    MigrationRefused,
    NotAdmitted,
    NotOnSale,
    NotTogether,
    SeatsTaken,
    SelectionInvalid,
    SingleSeatLeft,
    TableHeld,
    TableRefused,
    TicketTypeRefused,
    TicketTypeSoldOut,
    TooManyPlaces,
)
from server.kernel import errors
from server.kernel.errors import DomainError
from server.kernel.http import problem_response
from server.live.doors import TooManyStreams
from server.objects.models import StoreUnavailable
from server.orgs.member_models import InvitationOver, LastOwner, MemberExists
from server.orgs.models import LimitReached, OrgExists, ReviewRefused
from server.orgs.settings_models import BrandingRefused, DomainNotProven, DomainTaken
from server.orgs.switch_models import FeatureOff
from server.payments.gap_models import GapMoved
from server.payments.models import (
    IntentNotOffered,
    PaymentRefused,
    ProviderNotOffered,
    ProviderUnavailable,
    RefundRefused,
    ReplayRefused,
    UnknownProvider,
    WebhookRejected,
    WebhookTooEarly,
)
from server.points.models import PointsRefused
from server.refunds.models import NotRefundable, OrderDisputed, RefundWindowOver
from server.refunds.request_models import RequestDecided, RequestOpen
from server.tickets.models import TicketOver, TransferOver, TransferRefused

STATUS: dict[type[DomainError], int] = {
    errors.BadRequest: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.ContentTooLarge: 413,
    errors.IdempotencyKeyReused: 422,
    errors.Overloaded: 503,
    errors.NotConfigured: 503,
    errors.RateLimited: 429,
    errors.DatabaseUnavailable: 503,
    TooManyAttempts: 429,
    PasswordRefused: 422,
    LinkOver: 410,
    AccountExists: 409,
    FactorRefused: 409,
    KeyInUse: 409,
    DraftMoved: 412,
    DrawingNotRead: 422,
    DrawingRefused: 422,
    EventMoved: 412,
    EventRefused: 409,
    ImageRefused: 422,
    VenueInUse: 409,
    DirectoryFailed: 502,
    DirectoryOff: 503,
    StoreUnavailable: 503,
    EditRefused: 422,
    MapExists: 409,
    SlugTaken: 409,
    OrgExists: 409,
    ReviewRefused: 409,
    EndpointRefused: 422,
    LimitReached: 409,
    FeatureOff: 409,
    BrandingRefused: 422,
    DomainTaken: 409,
    DomainNotProven: 409,
    LastOwner: 409,
    MemberExists: 409,
    InvitationOver: 409,
    MapPublished: 409,
    MapNotPublished: 409,
    MapNotReady: 409,
    SeatsTaken: 409,
    SelectionInvalid: 422,
    TooManyPlaces: 422,
    HoldOver: 409,
    HoldOrdered: 409,
    NotOnSale: 409,
    NotAdmitted: 403,
    WaitingRoomOff: 409,
    NotTogether: 409,
    SingleSeatLeft: 409,
    TableRefused: 422,
    BlockRefused: 409,
    TicketTypeRefused: 422,
    TicketTypeSoldOut: 409,
    TableHeld: 409,
    MapMoved: 409,
    MigrationRefused: 409,
    LineNotSold: 409,
    ProductSoldOut: 409,
    OrderBegun: 409,
    DivisionRefused: 422,
    ShareOver: 409,
    CheckoutInvalid: 422,
    DiscountRefused: 422,
    CodeTaken: 409,
    PointsRefused: 422,
    UnknownProvider: 404,
    ProviderNotOffered: 409,
    IntentNotOffered: 422,
    ProviderUnavailable: 503,
    PaymentRefused: 422,
    RefundRefused: 502,
    NotRefundable: 409,
    OrderDisputed: 409,
    RefundWindowOver: 409,
    RequestDecided: 409,
    RequestOpen: 409,
    WebhookRejected: 400,
    TicketOver: 409,
    TransferOver: 409,
    TransferRefused: 422,
    WebhookTooEarly: 409,
    GapMoved: 409,
    ReplayRefused: 409,
    SaleRefused: 422,
    GuestsArrived: 409,
    GuestsAllIn: 409,
    ImportUnreadable: 422,
    TicketAlreadyUsed: 409,
    TicketNotValid: 409,
    TicketUnknown: 404,
    TooLateToUndo: 409,
    TooManyStreams: 429,
}


@cache
def describe(error: type[DomainError]) -> tuple[int, str]:
    """Status and title of an error's kind."""
    return STATUS[error], slug_of(error).replace("-", " ").capitalize()


@cache
def slug_of(error: type[DomainError]) -> str:
    """`SeatsTaken` -> `seats-taken`, the last part of the problem's type."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", error.__name__).lower()


def respond(error: DomainError) -> Response:
    kind = type(error)
    status, title = describe(kind)
    headers: dict[str, str] = {}
    retry_after_s = error.facts.get("retry_after_s")
    if status in (429, 503):
        headers["Retry-After"] = str(math.ceil(retry_after_s or 1))
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return problem_response(status, title, slug_of(kind), error.detail, error.facts, headers)
