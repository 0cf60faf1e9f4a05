"""Settlement: what each confirmed order is worth to whom, and what of it went back.

A ledger that is only ever added to: one row per confirmed order, and one with negative amounts per
refund. Written by reactions, pushed to a finance system where one is configured, read by reports.
"""
