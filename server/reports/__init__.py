"""Reports: what was sold and what it is worth, over time, by event, and as CSV. Reads only."""
