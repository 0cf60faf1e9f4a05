"""Payment providers behind the port of `server.payments.models.Provider`."""

import uuid


def uuid_of(reference: str | None) -> uuid.UUID | None:
    """The payment of ours that a provider's reference names, if it is one."""
    try:
        return uuid.UUID(reference or "")
    except ValueError:
        return None
