"""Countries, their time zones and currencies. Sources: the IANA time zone database; CLDR."""

from functools import cache
from importlib.resources import files

from babel import Locale

from server.kernel import money


@cache
def currencies() -> dict[str, str]:
    """Codes and English names by ISO 4217 code, in the order of the codes."""
    names = Locale("en").currencies
    return {code: f"{code}, {names[code]}" for code in sorted(money.currencies())}


@cache
def countries() -> dict[str, str]:
    """English names by ISO 3166 alpha-2 code, in the order of the names."""
    named = dict(line[:2] for line in _lines("iso3166.tab"))
    return dict(sorted(named.items(), key=lambda item: item[1]))


@cache
def zones_of(country: str) -> list[str]:
    """Names of a country's time zones, the most populous first."""
    return [zone for code, _, zone, *_ in _lines("zone.tab") if code == country]


@cache
def zones() -> list[str]:
    return sorted(zone for _, _, zone, *_ in _lines("zone.tab"))


def _lines(name: str) -> list[list[str]]:
    text = files("tzdata.zoneinfo").joinpath(name).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
