"""Inventory: the only writer of seats, pools, holds and the version of an event.

Holds come in through the combiner, are decided on a mirror of the event (`decide`) and written by
one statement (`write`, `holds`). Every other verb takes a transaction that is alone on the event:
of holds (`verbs`), of what nobody has (`blocks`), of what was sold (`sold`). Checkout calls
`selling.sell` inside its own, the worker calls the sweeper.
"""
