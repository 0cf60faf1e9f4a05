"""Events that somebody is told of by mail. A mail's id is the event's: one event, one mail; where
several people are told of it, the others' are made of it."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from server.checkout.models import Order
from server.checkout.service import Checkout
from server.checkout.settling import BY_BUYER, TOO_LATE
from server.checkout.shares import Shares
from server.identity import service as identity
from server.kernel.db import Database
from server.notify.service import Mails, account_page
from server.notify.words import DEFAULT
from server.orgs import members
from server.orgs.invitations import Invitations
from server.outbox.models import Event
from server.outbox.relay import Reaction
from server.tickets.service import Tickets
from server.tickets.transfers import Transfers

_REFUNDED = {"cancellation": "event-cancelled", "deposit": "deposit-over"}
"""How money back is told, by its cause, where that is to be said."""


def reactions(
    db: Database,
    mails: Mails,
    invitations: Invitations,
    checkout: Checkout,
    shares: Shares,
    tickets: Tickets,
    transfers: Transfers,
) -> Mapping[str, Sequence[Reaction]]:
    of_orders = _of_orders(db, mails, checkout, shares, tickets, transfers)
    return _of_accounts(db, mails, invitations) | of_orders


def _of_accounts(
    db: Database, mails: Mails, invitations: Invitations
) -> dict[str, Sequence[Reaction]]:
    async def confirm_address(event: Event) -> None:
        """A link, or the news that there is an account already: both to the address alone."""
        request = await identity.request_of(db, uuid.UUID(event.data["request_id"]))
        if request is None or not request.is_open:
            return
        user = await identity.user_with(db, request.realm, request.email)
        if user is None:
            template, data = "confirm", {"name": request.name, "request_id": str(request.id)}
        else:
            template, data = "exists", {"path": account_page(request.realm, "sign-in")}
        await mails.write(
            event.id, request.email, template, request.language, data, request.expires_at
        )

    async def reset_password(event: Event) -> None:
        """Where the address has no account nobody is told anything."""
        request = await identity.request_of(db, uuid.UUID(event.data["request_id"]))
        if request is None or not request.is_open:
            return
        user = await identity.user_with(db, request.realm, request.email)
        if user is not None:
            data = {"name": user.name, "request_id": str(request.id)}
            await mails.write(
                event.id, user.email, "reset", request.language, data, request.expires_at
            )

    async def change_address(event: Event) -> None:
        """First the old address, so that none is taken whose owner was not told; to the new one a
        link, or the news that it has an account."""
        take = await identity.request_of(db, uuid.UUID(event.data["request_id"]))
        undo = await identity.request_of(db, uuid.UUID(event.data["undo_id"]))
        user = await identity.user_of(db, uuid.UUID(event.data["user_id"]))
        if take is None or undo is None or user is None:
            return
        told = {"name": user.name, "email": take.email, "request_id": str(undo.id)}
        first = uuid.uuid5(event.id, "before")
        await mails.write(first, undo.email, "email-asked", undo.language, told, undo.expires_at)
        if not take.is_open:
            return
        if await identity.user_with(db, take.realm, take.email) is None:
            template, data = "email-confirm", {"name": user.name, "request_id": str(take.id)}
        else:
            template, data = "email-exists", {"path": account_page(take.realm, "sign-in")}
        await mails.write(event.id, take.email, template, take.language, data, take.expires_at)

    async def warn(event: Event, template: str) -> None:
        """Of a change that its owner must hear of, had they not made it."""
        user = await identity.user_of(db, uuid.UUID(event.data["user_id"]))
        if user is not None:
            data = {"name": user.name, "path": account_page(user.realm, "forgot")}
            await mails.write(event.id, user.email, template, user.language, data)

    async def password_changed(event: Event) -> None:
        await warn(event, "password-changed")

    async def factor_changed(event: Event) -> None:
        await warn(event, "factor-on" if event.data["has_mfa"] else "factor-off")

    async def session_copied(event: Event) -> None:
        await warn(event, "session-copied")

    async def invite(event: Event) -> None:
        """To who may have no account: nobody knows a language of theirs."""
        async with db.tx(read_only=True) as tx:
            letter = await invitations.letter(tx, uuid.UUID(event.data["invitation_id"]))
        if letter is not None:
            await mails.write(
                event.id, letter.email, "invitation", DEFAULT, event.data, letter.expires_at
            )

    async def endpoint_disabled(event: Event) -> None:
        """To each who may enable it again."""
        for person in await members.with_permission(db, event.org_id, "key:manage"):
            data = {
                "name": person.name,
                "org_name": person.org_name,
                "url": event.data["url"],
                "path": f"/organizer/webhooks/{event.data['endpoint_id']}",
            }
            mail_id = uuid.uuid5(event.id, str(person.user_id))
            await mails.write(mail_id, person.email, "endpoint-disabled", person.language, data)

    return {
        "identity.register.requested": [confirm_address],
        "identity.reset.requested": [reset_password],
        "identity.email.requested": [change_address],
        "identity.password.changed": [password_changed],
        "identity.factor.changed": [factor_changed],
        "identity.session.copied": [session_copied],
        "orgs.member_invited": [invite],
        "hooks.endpoint.disabled": [endpoint_disabled],
    }


def _of_orders(
    db: Database,
    mails: Mails,
    checkout: Checkout,
    shares: Shares,
    tickets: Tickets,
    transfers: Transfers,
) -> dict[str, Sequence[Reaction]]:
    async def order_of(event: Event) -> Order:
        return await checkout.find(uuid.UUID(event.data["order_id"]))

    async def write(
        mail_id: uuid.UUID, order: Order, template: str, to_address: str | None = None, **told: Any
    ) -> None:
        data = {"org_id": order.org_id, "order_id": str(order.id), **told}
        await mails.write(mail_id, to_address or order.email, template, order.language, data)

    async def confirmed(event: Event) -> None:
        """Who has paid a deposit hears of the rest; whoever paid all has the tickets by mail."""
        if "balance_due_at" in event.data:
            await write(event.id, await order_of(event), "deposit")

    async def issued(event: Event) -> None:
        """Who paid for places of their own gets those."""
        order = await order_of(event)
        await write(event.id, order, "tickets")
        if event.data.get("payers"):
            addresses = {one.holder_address for one in await tickets.all_of_order(order.id)}
            for address in sorted(filter(None, addresses)):
                mail_id = uuid.uuid5(event.id, address)
                await write(mail_id, order, "tickets", address)

    async def refunded(event: Event) -> None:
        """Of an order that was cancelled its buyer knows already."""
        if "refund_minor" in event.data:
            template = _REFUNDED.get(event.data.get("cause", ""), "refunded")
            amount = event.data["refund_minor"]
            await write(event.id, await order_of(event), template, amount_minor=amount)

    async def cancelled(event: Event) -> None:
        """A buyer who did it knows; others whose money goes back do not."""
        order = await order_of(event)
        template = "late" if order.note == TOO_LATE else "cancelled"
        if order.note != BY_BUYER:
            await write(event.id, order, template)
        for share in await shares.paid(order.id):
            if share.email and share.email != order.email:
                mail_id = uuid.uuid5(event.id, str(share.id))
                told = {"name": share.name, "amount_minor": share.amount_minor}
                await write(mail_id, order, template, share.email, **told)

    async def answered(event: Event) -> None:
        """Somebody asked for their money and was told yes or no."""
        template = "refund-" + event.type.rpartition("_")[2]
        await write(event.id, await order_of(event), template, words=event.data["words"])

    async def offered(event: Event) -> None:
        transfer_id = event.data["transfer_id"]
        async with db.tx(read_only=True) as tx:
            offer = await transfers.letter(tx, uuid.UUID(transfer_id))
        if offer is None:
            return
        order = await order_of(event)
        data = {"org_id": order.org_id, "order_id": str(order.id), "transfer_id": transfer_id}
        await mails.write(
            event.id, offer.to_address, "transfer", offer.language, data, offer.expires_at
        )

    async def transferred(event: Event) -> None:
        """Who has the ticket gets it, who had it hears of it."""
        order = await order_of(event)
        new = await tickets.of_org(uuid.UUID(event.data["ticket_id"]))
        old = await tickets.of_org(uuid.UUID(event.data["from_ticket_id"]))
        await write(event.id, order, "taken", new.holder_address, ticket_id=str(new.id))
        second = uuid.uuid5(event.id, "giver")
        await write(second, order, "transferred", old.holder_address, ticket_id=str(old.id))

    async def reissued(event: Event) -> None:
        new = await tickets.of_org(uuid.UUID(event.data["ticket_id"]))
        order = await order_of(event)
        await write(event.id, order, "reissued", new.holder_address, ticket_id=str(new.id))

    async def rescheduled(event: Event) -> None:
        await mails.tell_new_date(uuid.UUID(event.data["event_id"]), event.id)

    async def moved(event: Event) -> None:
        """To each address that has a ticket for another place now."""
        order = await order_of(event)
        ids = set(event.data["ticket_ids"])
        those = [one for one in await tickets.all_of_order(order.id) if str(one.id) in ids]
        told = {one.holder_address or order.email.lower() for one in those}
        for address in sorted(told):
            to = order.email if address == order.email.lower() else address
            await write(uuid.uuid5(event.id, address), order, "moved", to)

    return {
        "catalog.event.rescheduled": [rescheduled],
        "order.confirmed": [confirmed],
        "fulfillment.issued": [issued],
        "fulfillment.moved": [moved],
        "fulfillment.transfer_offered": [offered],
        "fulfillment.transferred": [transferred],
        "fulfillment.reissued": [reissued],
        "order.refunded": [refunded],
        "order.cancelled": [cancelled],
        "order.refund_approved": [answered],
        "order.refund_declined": [answered],
    }
