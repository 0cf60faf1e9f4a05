"""/v1/payment-providers: with whom an organization takes payments, and its accounts there."""

from server.catalog.service import Catalog
from server.identity.realms import Public
from server.kernel.errors import NotFound
from server.kernel.http import Call, Operation
from server.orgs.org_routes import READS, WRITES
from server.orgs.realm import OperatorRealm
from server.payments.accounts import Accounts
from server.payments.models import (
    AccountWish,
    OfferedProviders,
    OfferWish,
    Onboarding,
    PaymentChoices,
    PaymentRefused,
    ProviderUnavailable,
    UnknownProvider,
)


def routes(
    accounts: Accounts, catalog: Catalog, reader: OperatorRealm, manager: OperatorRealm
) -> list[Operation]:
    async def list_payment_choices(call: Call) -> PaymentChoices:
        event = await catalog.event(call.uuid("event_id"))
        offered = await accounts.offered(event.org_id)
        return PaymentChoices(offered, accounts.with_intents(offered))

    async def list_payment_providers(call: Call) -> OfferedProviders:
        return await accounts.of_org(call.actor.org_id)

    async def offer_payment_provider(call: Call, body: OfferWish) -> OfferedProviders:
        org_id = call.actor.org_id
        await accounts.offer(org_id, call.text("provider"), body, call.key)
        return await accounts.of_org(org_id)

    async def onboard_with_payment_provider(call: Call, body: AccountWish) -> Onboarding:
        return await accounts.connect(call.actor.org_id, call.text("provider"), body)

    async def check_payment_accounts(call: Call) -> OfferedProviders:
        return await accounts.refresh(call.actor.org_id)

    return [
        Operation(
            "GET", "/v1/events/{event_id}/payment-providers", list_payment_choices, Public(),
            "What buyers can pay with", returns=PaymentChoices, errors=(NotFound,),
        ),
        Operation(
            "GET", "/v1/payment-providers", list_payment_providers, reader,
            "With whom the organization takes payments", returns=OfferedProviders, errors=READS,
        ),
        Operation(
            "PUT", "/v1/payment-providers/{provider}", offer_payment_provider, manager,
            "Take payments with a provider, or do not", body=OfferWish, returns=OfferedProviders,
            idempotent=True, errors=(*WRITES, UnknownProvider),
            description="Whoever pays already may finish.",
        ),
        Operation(
            "POST", "/v1/payment-providers/{provider}/onboardings",
            onboard_with_payment_provider, manager, "Connect an account with a provider",
            body=AccountWish, returns=Onboarding, status=201,
            errors=(*WRITES, NotFound, UnknownProvider, PaymentRefused, ProviderUnavailable),
            description="Opens the organization's account, if it has none, and a page of the "
            "provider where it says who it is. May be repeated: the account stays the same.",
        ),
        Operation(
            "POST", "/v1/payment-providers/checks", check_payment_accounts, manager,
            "Ask the providers how the accounts stand", returns=OfferedProviders,
            errors=(*WRITES, ProviderUnavailable),
            description="Providers tell it by themselves; this is for who does not wait.",
        ),
    ]  # fmt: skip
