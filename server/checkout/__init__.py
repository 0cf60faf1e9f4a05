"""Checkout: hold -> order -> confirmed or refunded. Calls inventory, pricing and payments."""
