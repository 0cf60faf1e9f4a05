"""All whole drawings of our own: `STYLES`, by name."""

from tests.seatmap import (
    abroad,
    arrivals,
    guests,
    impostors,
    latecomers,
    marks,
    newcomers,
    nomads,
    pictures,
    pilgrims,
    roamers,
    settlers,
    strangers,
    trades,
    travellers,
    visitors,
    wayfarers,
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
    "nomads",
    "pictures",
    "pilgrims",
    "roamers",
    "settlers",
    "strangers",
    "trades",
    "travellers",
    "visitors",
    "wayfarers",
]
