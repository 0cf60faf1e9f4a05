"""Whose the net of a sale is: the host's, and the promoter's. Pure functions, minor units.

What cannot be divided is the host's. What goes back is split as the sale was, however many refunds
it is: with the last unit of the net the last unit of both is back.
"""

MILLION = 1_000_000


def promoters(net_minor: int, share_ppm: int) -> int:
    """Of a sale's net the promoter's share, rounded down; the host has the rest."""
    return net_minor * share_ppm // MILLION


def promoters_back(net_minor: int, promoter_minor: int, gone_minor: int, given_minor: int) -> int:
    """Of a sale's net `gone_minor` is back by now, this refund included: what of that the promoter
    gives now, who has given `given_minor` before."""
    return promoter_minor * gone_minor // net_minor - given_minor if net_minor else 0
