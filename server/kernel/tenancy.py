"""Whose rows a transaction sees: PostgreSQL enforces it, behind `server.kernel.walls`.

A transaction sees the rows of the one organization that its request or job acts for
(`context.act_for`), and without one it sees none. What has to look across organizations names its
reason: `db.tx(across=Across.BUYER)`. This list is closed, and each table says which reasons open it
and for what (`metadata.open_to`).
"""

from enum import StrEnum

ROLE = "fullhouse_app"
"""What every connection of the running program works as: it owns nothing."""

SCOPE = "fullhouse.scope"
"""The setting that row-level security reads: an organization's id, or a reason of `Across`."""


class Across(StrEnum):
    """Reasons to see rows of many organizations. No organization's id begins with an at sign."""

    STOREFRONT = "@storefront"
    """What is on sale is for everybody to see, and is read once for all who ask."""
    FEED = "@feed"
    """A process follows an event once for all readers; who may read is decided at the door."""
    BUYER = "@buyer"
    """A buyer's holds, orders and tickets are of many organizations: found by the buyer's id."""
    PARTIES = "@parties"
    """Who hosts an event, on whose map it is, and what it sets aside for others, is of several
    organizations."""
    BEARER = "@bearer"
    """Who has a ticket's code has the ticket: the code alone says which it is."""
    CREDENTIAL = "@credential"
    """A token or key says for whom its caller acts, so it is looked up before that is known."""
    PERSON = "@person"
    """An account and its sessions belong to no organization; what a guest has goes along."""
    JOIN = "@join"
    """Who founds an organization, or takes up an invitation, belongs to none yet."""
    PROVIDER = "@provider"
    """A payment provider names a payment of ours, not whose it is."""
    PLATFORM = "@platform"
    """The worker's rounds and the gauges (relay, expiry, reconciliation, housekeeping); the
    platform's own staff, and partners with the organizations that they brought."""
