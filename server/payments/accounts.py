"""With which providers an organization takes payments, and its accounts with them."""

from typing import cast
from urllib.parse import quote

import msgspec

from server.audit import service as audit
from server.kernel import context, idempotency
from server.kernel.db import Database, Tx
from server.kernel.errors import NotFound
from server.kernel.failpoint import failpoint
from server.kernel.idempotency import Key
from server.kernel.tenancy import Across
from server.payments import sql_accounts
from server.payments.models import (
    AccountState,
    AccountWish,
    ConnectProvider,
    IntentNotOffered,
    OfferedProvider,
    OfferedProviders,
    OfferWish,
    Onboarding,
    PaymentAccount,
    PaymentFlow,
    ProviderNotOffered,
    WebhookTooEarly,
)
from server.payments.providers import Providers, named


class Accounts:
    def __init__(self, db: Database, providers: Providers, public_url: str) -> None:
        self._db, self._providers, self._public_url = db, providers, public_url

    async def of_org(self, org_id: str) -> OfferedProviders:
        """All providers of the platform, as the organization stands with each."""
        async with self._db.tx(read_only=True) as tx:
            return OfferedProviders(await self._stand(tx, org_id))

    async def offered(self, org_id: str) -> list[str]:
        """What its buyers may pay with, in the platform's order."""
        async with self._db.tx(read_only=True, across=Across.PROVIDER) as tx:
            return [one.provider for one in await self._stand(tx, org_id) if one.is_ready]

    def with_intents(self, offered: list[str]) -> list[str]:
        """Those of them with which a payment can be an intent."""
        return [name for name in offered if self._providers[name].takes_intents]

    async def choose(self, org_id: str, wanted: str | None, flow: PaymentFlow = "page") -> str:
        """The provider of a payment: the wanted one, or the first that the organization offers.
        Raises UnknownProvider, ProviderNotOffered, IntentNotOffered."""
        if wanted is not None:
            named(self._providers, wanted)
        offered = await self.offered(org_id)
        if wanted is not None and wanted not in offered:
            raise ProviderNotOffered("the seller does not take this", offered=offered)
        if not offered:
            raise ProviderNotOffered("the seller takes no payments yet", offered=offered)
        able = self.with_intents(offered) if flow == "intent" else offered
        if (wanted or next(iter(able), None)) not in able:
            raise IntentNotOffered(
                f"{wanted or 'the seller'} takes payments on a page only: leave out `payment_flow`"
                + (", or name another provider" if able else ""),
                offered=able,
            )
        return wanted or able[0]

    async def offer(self, org_id: str, provider: str, wish: OfferWish, key: Key | None) -> None:
        """Raises UnknownProvider."""
        named(self._providers, provider)

        async def act(tx: Tx) -> idempotency.Done:
            await sql_accounts.OFFER.run(tx, org_id, provider, wish.is_offered)
            await audit.record(
                tx, org_id, "payments.offered" if wish.is_offered else "payments.withdrawn",
                subject=f"provider:{provider}",
            )  # fmt: skip
            return idempotency.Done()

        await idempotency.settled(self._db, key, idempotency.Done, act)

    async def connect(self, org_id: str, provider: str, wish: AccountWish) -> Onboarding:
        """Open the organization's account, if it has none, and a page where it says who it is.

        Safe to repeat: an organization has one account with a provider, and its pages are short-
        lived. Raises UnknownProvider, ProviderUnavailable, PaymentRefused.
        """
        connecting = self._connecting(provider)
        if await self._account_of(org_id, provider) is None:
            opened = await connecting.open_account(org_id, wish.country, wish.email)
            failpoint("account.opened")
            async with self._db.tx() as tx:
                await sql_accounts.OPEN.run(tx, org_id, provider, opened.account_ref)
                await audit.record(
                    tx, org_id, "payments.connected", subject=f"provider:{provider}",
                    data={"account": opened.account_ref},
                )  # fmt: skip
            await self._learn(org_id, provider, opened)
        return await self.resume(org_id, provider)

    async def resume(self, org_id: str, provider: str) -> Onboarding:
        """A new page for an account that is there. Raises as `connect` does."""
        connecting, account_ref = (
            self._connecting(provider),
            await self._account_of(org_id, provider),
        )
        if account_ref is None:
            raise NotFound("no account is connected")
        back = f"{self._public_url}/organizer/payments?org={quote(org_id, safe='')}&back=yes"
        return Onboarding(await connecting.onboarding_url(account_ref, back, back))

    async def _account_of(self, org_id: str, provider: str) -> str | None:
        async with self._db.tx(read_only=True) as tx:
            found = await sql_accounts.OF_ORG.first(tx, org_id, provider)
        return found.account_ref if found is not None else None

    async def refresh(self, org_id: str) -> OfferedProviders:
        """Ask the providers how the accounts stand that may not take payments yet. Raises
        ProviderUnavailable."""
        async with self._db.tx(read_only=True) as tx:
            stand = await self._stand(tx, org_id)
        for one in stand:
            if one.account_ref is not None and not one.charges_enabled:
                state = await self._connecting(one.provider).account(one.account_ref)
                await self._learn(org_id, one.provider, state)
        return await self.of_org(org_id)

    async def learn(self, provider: str, state: AccountState) -> None:
        """The provider says how an account stands. Raises WebhookTooEarly."""
        async with self._db.tx(read_only=True, across=Across.PROVIDER) as tx:
            org_id = await sql_accounts.ORG_OF.value(tx, provider, state.account_ref)
        if org_id is None:
            raise WebhookTooEarly("no organization is known by that account yet")
        context.act_for(org_id)
        await self._learn(org_id, provider, state)

    async def _learn(self, org_id: str, provider: str, state: AccountState) -> None:
        async with self._db.tx() as tx:
            await sql_accounts.LEARN.run(
                tx, org_id, provider, state.charges_enabled, state.payouts_enabled,
                state.details_submitted, state.disabled_reason, state.as_of,
            )  # fmt: skip

    async def _stand(self, tx: Tx, org_id: str) -> list[OfferedProvider]:
        rows = {row.provider: row for row in await sql_accounts.ALL_OF_ORG.all(tx, org_id)}
        stand: list[OfferedProvider] = []
        for name, provider in self._providers.items():
            needs = provider.needs_account
            row = rows.get(name) or PaymentAccount(name, True, None, False, False, False, None)
            is_ready = row.is_offered and (row.charges_enabled or not needs)
            facts = msgspec.structs.asdict(row)
            stand.append(OfferedProvider(**facts, is_ready=is_ready, needs_account=needs))
        return stand

    def _connecting(self, name: str) -> ConnectProvider:
        found = named(self._providers, name)
        if not found.needs_account:
            raise NotFound(f"with {name} no account is needed")
        return cast(ConnectProvider, found)
