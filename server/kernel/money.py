"""Money is an integer of minor units and an ISO 4217 currency; never a float, never a bare `/`."""

# Exponents that are not 2. Source: ISO 4217, List One.
_EXPONENTS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
    "RWF": 0, "UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}  # fmt: skip


def exponent(currency: str) -> int:
    """How many digits of a minor-unit amount stand after the decimal point."""
    return _EXPONENTS.get(currency, 2)
