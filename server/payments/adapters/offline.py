"""Money that no provider took: cash, a card terminal, an invoice, another system's till.

It is there when it is written down (`payments.counter`), so nothing is opened and nobody tells of
it later. Paid back it is by hand, which is done as soon as it is asked for.
"""

import uuid


class OfflineProvider:
    name = "offline"

    async def refund(self, provider_ref: str, refund_id: uuid.UUID, amount_minor: int) -> str:
        return f"by_hand_{refund_id}"

    async def refund_made(self, provider_ref: str, refund_id: uuid.UUID) -> str | None:
        return None  # there is nobody who could have done it
