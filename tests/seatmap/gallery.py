"""All whole drawings of our own: `STYLES`, by name."""

from tests.seatmap import (
    abroad,
    arrivals,
    guests,
    impostors,
    latecomers,
    marks,
    newcomers,
    pictures,
    strangers,
    trades,
    travellers,
    visitors,
)
from tests.seatmap.styles import STYLES

__all__ = [
    "STYLES",
    "abroad",
    "arrivals",
    "guests",
    "impostors",
    "latecomers",
    "marks",
    "newcomers",
    "pictures",
    "strangers",
    "trades",
    "travellers",
    "visitors",
]
