"""Hooks: an organization's programs are told of its events, or read them again from a cursor on.

Endpoints are registered by people and programs of the organization; the relay hands every published
event to `fanout`, which promises a delivery to each endpoint that wants it; the worker carries them
out.
"""
