"""Tickets: one per paid place, issued once, with a page code and a signed scan token."""
