"""Currencies and how an amount is written. Source: ISO 4217 list one (active codes, exponents)."""

_EXPONENT_0 = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_EXPONENT_2 = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF
CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL
MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR
PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP
TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""
_EXPONENT_3 = "BHD IQD JOD KWD LYD OMR TND"
_EXPONENT_4 = "CLF UYW"

EXPONENTS: dict[str, int] = {
    code: exponent
    for exponent, codes in (
        (0, _EXPONENT_0),
        (2, _EXPONENT_2),
        (3, _EXPONENT_3),
        (4, _EXPONENT_4),
    )
    for code in codes.split()
}


def digits(amount_minor: int, currency: str) -> tuple[str, str]:
    """(whole, fraction) in decimal digits: 123450 EUR is ("1,234", "50"), 500 JPY is ("500", "").

    `amount_minor` >= 0. Raises KeyError for a currency that ISO 4217 does not list.
    """
    exponent = EXPONENTS[currency]
    whole, rest = divmod(amount_minor, 10**exponent)
    return f"{whole:,}", f"{rest:0{exponent}d}" if exponent else ""


def written(amount_minor: int, currency: str) -> str:
    """Like `EUR 1,234.50`. Raises KeyError for a currency that ISO 4217 does not list."""
    whole, fraction = digits(amount_minor, currency)
    return f"{currency} {whole}.{fraction}" if fraction else f"{currency} {whole}"
