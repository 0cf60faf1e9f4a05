"""Outbox: domain events, appended in the transaction of the change and told to others later.

Any domain appends; only the worker reads and acknowledges.
"""
