"""Catalog: venues, immutable map versions, events and prices. The only user of `seatmap`."""
