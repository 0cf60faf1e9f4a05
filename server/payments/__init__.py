"""Payments: attempts and refunds behind a provider port, and the inbox of provider webhooks.

Checkout opens attempts and requests refunds; it hears of money through `payment.*` events.
"""
