"""The domains' services, opened once per process: what the web process and the worker share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from redis.asyncio import Redis

from server.admission.service import Admission
from server.catalog.directories import ARTISTS_ASK, VENUES_ASK, Directory
from server.catalog.service import Catalog
from server.checkin.service import Checkin
from server.checkout import service as checkouts
from server.checkout.drafts import Drafts
from server.checkout.service import Checkout
from server.checkout.shares import Shares
from server.hooks.delivering import Deliveries
from server.hooks.outside import Outside
from server.hooks.service import Hooks
from server.hooks.signing import Signer
from server.identity import keys
from server.identity.accounts import Accounts
from server.identity.factors import Factors
from server.identity.realms import BuyerRealm
from server.identity.sessions import Sessions
from server.identity.tokens import Tokens
from server.inventory import verbs as holds
from server.inventory.service import Inventory
from server.kernel import deployment
from server.kernel.db import Database
from server.kernel.errors import DatabaseUnavailable
from server.notify.orders import OrderLetters
from server.notify.service import Mails
from server.objects.models import Objects
from server.objects.s3 import Bucket, S3Objects
from server.objects.service import PostgresObjects
from server.orgs.dns import Dns
from server.orgs.invitations import Invitations
from server.orgs.sites import Sites
from server.payments.adapters import switch as adapters
from server.payments.service import Payments
from server.refunds.cancelling import Cancellations
from server.refunds.requests import Requests
from server.refunds.service import Refunds
from server.settings import Settings
from server.settlement.service import Settling
from server.tickets import service as issued
from server.tickets.codes import Codes
from server.tickets.papers import Papers
from server.tickets.receipts import Receipts
from server.tickets.service import Tickets
from server.tickets.transfers import Transfers
from server.tickets.wallets import Wallets

REDIS_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True)
class Parts:
    db: Database
    redis: Redis
    tokens: Tokens
    sessions: Sessions
    accounts: Accounts
    buyer: BuyerRealm
    catalog: Catalog
    admission: Admission
    inventory: Inventory
    payments: Payments
    checkout: Checkout
    drafts: Drafts
    shares: Shares
    tickets: Tickets
    transfers: Transfers
    papers: Papers
    receipts: Receipts
    wallets: Wallets
    refunds: Refunds
    refund_requests: Requests
    cancellations: Cancellations
    checkin: Checkin
    hooks: Hooks
    deliveries: Deliveries
    invitations: Invitations
    letters: OrderLetters
    mails: Mails
    settling: Settling
    sites: Sites
    objects: Objects
    venue_directory: Directory
    artist_directory: Directory


@asynccontextmanager
async def open_parts(settings: Settings) -> AsyncIterator[Parts]:
    """Raises DatabaseUnavailable where Postgres does not answer; Redis may come later."""
    wallets = Wallets.open(settings)
    db = await Database.open(
        settings.database_url, connections_max=settings.database_connections_max
    )
    async with db.tx(read_only=True) as tx:
        if not await deployment.is_migrated(tx):
            await db.close()
            raise DatabaseUnavailable(
                "the database has no tables: `python -m server migrate` first"
            )
    redis = Redis.from_url(
        settings.redis_url, socket_timeout=REDIS_TIMEOUT_S, socket_connect_timeout=REDIS_TIMEOUT_S
    )
    tokens = Tokens(settings.jwt_secret, settings.jwt_expires_in)
    sessions = Sessions(db, tokens, settings.jwt_secret, settings.session_expires_in)
    # Orders before holds, as everybody locks them; and again, for what was ordered while we waited.
    claims = (checkouts.claim, holds.claim, checkouts.claim, issued.claim)
    accounts = Accounts(db, tokens, sessions, Factors(settings.jwt_secret), claims)
    codes = Codes(settings.ticket_seeds)
    catalog = Catalog(db)
    admission = Admission(db, catalog)
    bucket = Bucket(
        settings.s3_url, settings.s3_region, settings.s3_access_key, settings.s3_secret_key
    )
    objects = S3Objects(bucket) if settings.s3_url else PostgresObjects(db)
    key = settings.directory_key
    venue_directory = Directory("venues", settings.venue_directory_url, key, VENUES_ASK)
    artist_directory = Directory("artists", settings.artist_directory_url, key, ARTISTS_ASK)
    providers = adapters.switched_on(settings)
    payments = Payments(db, providers, settings.public_url)
    checkout = Checkout(db, catalog, payments, settings.public_url)
    shares = Shares(db, checkout, payments, settings.jwt_secret, settings.public_url)
    tickets = Tickets(db, checkout, codes)
    transfers = Transfers(db, tickets, settings.jwt_secret)
    papers = Papers(db, catalog, settings.public_url)
    receipts = Receipts(db, catalog, papers)
    invitations = Invitations(db, settings.jwt_secret)
    letters = OrderLetters(
        db, catalog, checkout, shares, tickets, transfers, papers, receipts, settings.public_url
    )
    names = Dns(settings.dns_resolver)
    signer, outside = Signer(settings.jwt_secret), Outside(settings.reachable, names)
    deliveries = Deliveries(db, signer, outside)
    try:
        async with keys.following(db, tokens.use):
            yield Parts(
                db=db,
                redis=redis,
                tokens=tokens,
                sessions=sessions,
                accounts=accounts,
                buyer=BuyerRealm(tokens),
                catalog=catalog,
                admission=admission,
                inventory=Inventory(db, catalog, admission.may_enter),
                payments=payments,
                checkout=checkout,
                drafts=Drafts(db, checkout, payments),
                shares=shares,
                tickets=tickets,
                transfers=transfers,
                papers=papers,
                receipts=receipts,
                wallets=wallets,
                refunds=Refunds(db, catalog, checkout),
                refund_requests=Requests(db, catalog, checkout),
                cancellations=Cancellations(db, catalog),
                checkin=Checkin(db, codes),
                hooks=Hooks(db, signer, outside),
                deliveries=deliveries,
                invitations=invitations,
                letters=letters,
                mails=Mails(
                    db, accounts, invitations, letters, settings.public_url, settings.mail_from
                ),
                settling=Settling(db),
                sites=Sites(db, names, urlsplit(settings.public_url).hostname or ""),
                objects=objects,
                venue_directory=venue_directory,
                artist_directory=artist_directory,
            )
    finally:
        await deliveries.close()
        await outside.close()
        await objects.close()
        await venue_directory.close()
        await artist_directory.close()
        for provider in providers.values():
            await provider.close()
        await redis.aclose()
        await db.close()
