"""Which adapters the settings switch on."""

from server.payments.adapters.sandbox import SandboxProvider
from server.payments.adapters.stripe import StripeProvider
from server.payments.models import Provider
from server.settings import Settings


def switched_on(settings: Settings) -> dict[str, Provider]:
    """By name, in the order in which they are offered: those of real money before the sandbox."""
    adapters: list[Provider] = []
    if settings.stripe_secret_key:
        adapters.append(
            StripeProvider(settings.stripe_secret_key, settings.stripe_secrets, settings.stripe_url)
        )
    if settings.sandbox_url:
        adapters.append(
            SandboxProvider(
                settings.sandbox_url, settings.sandbox_secret, settings.sandbox_webhook_secret
            )
        )
    return {adapter.name: adapter for adapter in adapters}
