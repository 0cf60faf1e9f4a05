"""What a provider has paid back it pays back once, also where it has forgotten our key since."""

import datetime as dt
import uuid
from collections.abc import AsyncIterator

import pytest

from server.embedded import free_port
from server.payments import refunding
from server.payments.adapters.stripe import StripeProvider
from server.payments.adapters.xendit import XenditProvider
from server.payments.models import OpenPayment, Terms
from tests.fixtures.stripe_peer import StripePeer
from tests.fixtures.xendit_peer import XenditPeer
from tests.server.inventory.engine import Stage
from tests.server.refunds.shop import PRICE_MINOR, Shop, opened

# How Stripe's own client hands its bodies to httpx.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")

Provider = StripeProvider | XenditProvider
Peer = StripePeer | XenditPeer
URL = "https://house.example"
HERE = "UPDATE payments SET provider = $2, provider_ref = $3 WHERE id = $1"
STANDS = "SELECT status, attempts, provider_ref FROM refunds WHERE payment_id = $1"


@pytest.fixture(params=["stripe", "xendit"])
async def office(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Provider, Peer]]:
    port = free_port()
    url, provider, peer = f"http://127.0.0.1:{port}", None, None
    if request.param == "stripe":
        provider, peer = StripeProvider("key", ["whsec"], url=url), StripePeer(port, "key")
    else:
        provider, peer = XenditProvider("key", "token", url), XenditPeer(port, "key")
    with peer:
        yield provider, peer
    await provider.close()


async def _paid(shop: Shop, provider: Provider, peer: Peer) -> tuple[uuid.UUID, uuid.UUID]:
    """An order of two places and its payment, which that provider has taken."""
    order_id, payment_id = await shop.bought(0, 1)
    until = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    page = OpenPayment(payment_id, until, 2 * PRICE_MINOR, "EUR", "", URL, URL, URL)
    ref = (await provider.open(page, Terms(None, 0))).provider_ref
    peer.pay(ref)
    await shop.stage.rows(HERE, payment_id, provider.name, ref)
    return order_id, payment_id


async def _try(shop: Shop, provider: Provider) -> None:
    await shop.stage.rows("UPDATE refunds SET next_attempt_at = now() WHERE status = 'pending'")
    assert await refunding.refund_some(shop.here.db, {provider.name: provider}) == 1


async def test_a_refund_whose_answer_we_did_not_live_to_write_down_is_found_days_after(
    database_url: str, office: tuple[Provider, Peer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part of a payment, of which the provider would pay another part."""
    provider, peer = office

    def die(name: str) -> None:
        raise RuntimeError(name)

    async with Stage(database_url, instances=1) as stage:
        shop = await opened(stage)
        order_id, payment_id = await _paid(shop, provider, peer)
        await shop.refund_a_line(order_id)
        with monkeypatch.context() as at_that_moment:
            at_that_moment.setattr(refunding, "failpoint", die)
            await _try(shop, provider)
        peer.a_day_passes()
        await _try(shop, provider)
        [ref] = peer.refunds
        assert [tuple(row) for row in await stage.rows(STANDS, payment_id)] == [
            ("succeeded", 2, ref)
        ]
        assert await shop.worth(order_id) == PRICE_MINOR


async def test_a_refund_that_was_asked_for_and_never_came_there_is_made_by_the_next_try(
    database_url: str, office: tuple[Provider, Peer]
) -> None:
    """Where the provider has others of the same payment."""
    provider, peer = office
    async with Stage(database_url, instances=1) as stage:
        shop = await opened(stage)
        order_id, payment_id = await _paid(shop, provider, peer)
        for nth in range(2):
            await shop.refund_a_line(order_id)
            if nth:
                pending = "UPDATE refunds SET attempts = 3 WHERE status = 'pending'"
                await stage.rows(pending)
            await _try(shop, provider)
            await shop.react()
        stands = [tuple(row)[:2] for row in await stage.rows(STANDS, payment_id)]
        assert sorted(stands) == [("succeeded", 1), ("succeeded", 4)]
        assert len(peer.refunds) == 2
        assert await shop.worth(order_id) == 0
