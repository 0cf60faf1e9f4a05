"""Which adapters the settings switch on."""

from server.payments.adapters.sandbox import SandboxProvider
from server.payments.adapters.stripe import StripeProvider
from server.payments.adapters.xendit import XenditProvider
from server.payments.models import Provider
from server.settings import Settings


def switched_on(settings: Settings) -> dict[str, Provider]:
    """By name, the preferred one first: the sandbox, where nobody pays real money."""
    adapters: list[Provider] = []
    if settings.sandbox_url:
        adapters.append(
            SandboxProvider(
                settings.sandbox_url, settings.sandbox_secret, settings.sandbox_webhook_secret
            )
        )
    if settings.stripe_secret_key:
        adapters.append(
            StripeProvider(
                settings.stripe_secret_key,
                settings.stripe_secrets,
                settings.stripe_publishable_key,
                settings.stripe_url,
            )
        )
    if settings.xendit_secret_key:
        adapters.append(
            XenditProvider(
                settings.xendit_secret_key, settings.xendit_callback_token, settings.xendit_url
            )
        )
    return {adapter.name: adapter for adapter in adapters}
