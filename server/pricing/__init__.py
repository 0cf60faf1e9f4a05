"""Pricing: one function says what a selection costs. Called by checkout. No I/O."""
