"""Fullhouse: a realtime seat-map server and the ticketing platform around it.

Calls go down, events go up: a request enters at a route, becomes one call of a domain's service,
becomes SQL in one transaction that also writes the outbox and the event's version; after the commit
the change goes out through Redis to every hub and from there to every screen.

The domains, top first (a domain may call those below it):

    storefront  pages that work without scripts        live      what streams to screens
    notify      mails, sent until they are sent
    boxoffice   sales without a buyer online: counter, guests, gifts, imports
    selftest    a whole order of nobody's, step by step, on an event that is in no list
    checkin     scans at the door                      refunds   what of an order goes back
    hooks       webhooks, and the log of events again  reports   sales, finance, CSV
    settlement  what an order is worth to whom         tickets   issued from confirmed orders
    checkout    hold -> order -> confirmed             payments  provider port, attempts, refunds
    inventory   seats, pools, holds, event version     pricing   what a selection costs
    admission   the waiting room before an event   points    loyalty points and their ledger
    catalog     venues, maps, events, prices           orgs      tenants, members, roles
    identity    who is calling                         audit     who changed what, kept for ever
    outbox      what happened, told to everybody       objects   files that people upload

Glossary: a *seat* is one numbered place, a *pool* a standing area sold by quantity, a *hold* a
promise until `expires_at`, an *order* what a hold becomes at checkout, a *ticket* what a paid line
becomes, a *version* the number of committed changes of one event's inventory. A *turn* is a buyer's
number in a waiting room, a *pass* a turn that has come and not ended. A *map* is a house
through time: a *draft* and published *map versions*, one of which an event is pinned to.
"""
