"""Inventory: the only writer of seats, pools, holds and the version of an event.

A hold is written in `holds.py` (`decide`), reached through the combiner. Checkout calls `convert`
inside its own transaction; the worker calls the sweeper.
"""
