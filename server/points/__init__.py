"""Loyalty points: a buyer's account with an organization, and the ledger that is its balance.

Called by checkout, which says how orders stand; knows none itself. An account is of somebody who
is signed in, never a guest's. `rules.py` is all arithmetic, `service.py` brings an order's entries
to what they must be by now.
"""
