"""Storefront: server-rendered pages that work without scripts; `web/` enhances them."""
