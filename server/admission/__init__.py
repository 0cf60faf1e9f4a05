"""Admission: an event's waiting room. Who comes gets a number, and is let in when it is their turn.

PostgreSQL decides, by its own clock: `room.py` says how many may come in, `service.py` writes it.
One counter per event moves, `served_up_to`; whoever waits knows their own number, so fifty
thousand who wait cost no more than one. Inventory asks whether a buyer has a pass, checkout ends
it, the worker moves the counters, and `live` tells everybody (the channel `queue`).
"""
