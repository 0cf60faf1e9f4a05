"""Statements of tickets that are given to somebody else."""

import datetime as dt
import uuid

import msgspec

from server.kernel.db import Query
from server.tickets.models import Transfer


class OfferRow(msgspec.Struct):
    id: uuid.UUID
    org_id: str
    ticket_id: uuid.UUID
    to_address: str
    language: str
    created_at: dt.datetime
    expires_at: dt.datetime
    is_open: bool


_OFFER = """id, org_id, ticket_id, to_address, language, created_at, expires_at,
            (accepted_at IS NULL AND cancelled_at IS NULL AND expires_at > now()) AS is_open"""

INSERT = Query(
    "tickets.insert_transfer",
    """INSERT INTO ticket_transfers (id, org_id, ticket_id, to_address, language, token_hash,
                                     expires_at)
       SELECT $1, $2, $3, $4, $5, $6, now() + make_interval(days => $7)
       RETURNING id, ticket_id, to_address, created_at, expires_at""",
    Transfer,
)
OPEN = Query(
    "tickets.open_transfer",
    """SELECT id, ticket_id, to_address, created_at, expires_at FROM ticket_transfers
       WHERE ticket_id = $1 AND accepted_at IS NULL AND cancelled_at IS NULL
         AND expires_at > now()""",
    Transfer,
)
CANCEL = Query(
    "tickets.cancel_transfers",
    """UPDATE ticket_transfers SET cancelled_at = now()
       WHERE ticket_id = $1 AND accepted_at IS NULL AND cancelled_at IS NULL""",
)
ACCEPT = Query(
    "tickets.accept_transfer",
    "UPDATE ticket_transfers SET accepted_at = now() WHERE id = $1",
)
OFFER = Query("tickets.transfer", f"SELECT {_OFFER} FROM ticket_transfers WHERE id = $1", OfferRow)
OFFER_BY_TOKEN = Query(
    "tickets.transfer_by_token",
    f"SELECT {_OFFER} FROM ticket_transfers WHERE token_hash = $1",
    OfferRow,
)
