"""All whole drawings of our own: `STYLES`, by name."""

from tests.seatmap import abroad, guests, marks, newcomers, pictures, strangers, trades, visitors
from tests.seatmap.styles import STYLES

__all__ = [
    "STYLES",
    "abroad",
    "guests",
    "marks",
    "newcomers",
    "pictures",
    "strangers",
    "trades",
    "visitors",
]
