"""All whole drawings of our own: `STYLES`, by name."""

from tests.seatmap import abroad, guests, newcomers, pictures, strangers, trades
from tests.seatmap.styles import STYLES

__all__ = ["STYLES", "abroad", "guests", "newcomers", "pictures", "strangers", "trades"]
