"""Whose a sale is, and whose what goes back of it. Pure functions, minor units.

Of the net what cannot be divided is the host's. What goes back is split as the sale was, however
many refunds it is: with the last unit of the net the last unit of both is back.
"""

from collections.abc import Sequence

MILLION = 1_000_000


def promoters(net_minor: int, share_ppm: int) -> int:
    """Of a sale's net the promoter's share, rounded down; the host has the rest."""
    return net_minor * share_ppm // MILLION


def promoters_back(net_minor: int, promoter_minor: int, gone_minor: int, given_minor: int) -> int:
    """Of a sale's net `gone_minor` is back by now, this refund included: what of that the promoter
    gives now, who has given `given_minor` before."""
    return promoter_minor * gone_minor // net_minor - given_minor if net_minor else 0


def part_gone(
    part_minor: int, gross_minor: int, gone_minor: int, decided: Sequence[tuple[int, int, int]]
) -> int:
    """What of a part of a sale, its fee or its tax, is back once `gone_minor` of its gross is.

    `decided`: of each refund its amount, what of that is the part, and what has gone back of the
    amount. What was not decided goes back in proportion to what is left.
    """
    told = sum(part * done // amount for amount, part, done in decided)
    done_minor = min(gone_minor, sum(done for _, _, done in decided))
    left_minor = gross_minor - done_minor
    if not left_minor:
        return told
    return told + (part_minor - told) * (gone_minor - done_minor) // left_minor
