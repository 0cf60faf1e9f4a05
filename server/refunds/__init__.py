"""Refunds: what of an order goes back, by which rules, and that it does.

The decision is one transaction: lines and tickets end, places are on sale again, and the payments
that shall give the money back are told so. The money follows, by the worker (`payments.refunding`).
Called by routes and pages of organizers and buyers, by the worker, and by `payment.*` events.
"""
