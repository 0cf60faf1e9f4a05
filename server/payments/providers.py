"""The payment providers that are switched on, by name, the preferred one first."""

from collections.abc import Mapping

from server.payments.models import Provider, UnknownProvider

Providers = Mapping[str, Provider]


def named(providers: Providers, name: str) -> Provider:
    """Raises UnknownProvider."""
    found = providers.get(name)
    if found is None:
        raise UnknownProvider(f"payment provider {name!r} is not switched on")
    return found
