"""Checkout: hold -> order -> confirmed or refunded. Calls inventory, pricing and payments.

It owns what organizers say of that: discounts, and what is read of orders.
"""
