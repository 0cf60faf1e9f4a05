"""A form as it was filled in, field by field, and in words what is wrong with it."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any, Self
from zoneinfo import ZoneInfo

import msgspec

from server.kernel.errors import DomainError
from server.kernel.money import currencies, exponent
from server.storefront import words
from server.storefront.forms import Form

_AMOUNT = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]{1,3}))?")
_CALLED = {
    "starts_at": "the beginning",
    "sales_open_at": "the opening of the sale",
    "per_order_min": "the least",
}
"""What a refusal of the API names as its field."""
_MINUTES = re.compile(r"([0-9]{1,4})(?::([0-5][0-9]))?")


class Filling:
    """`values`: as they were typed, or as they are; `wrong`: beside the field that it names;
    `problem`: of the whole form."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.wrong: dict[str, str] = {}
        self.problem = ""

    @classmethod
    def of(cls, form: Form) -> Self:
        return cls({name: value.strip() for name, value in form.starting("")})

    def __bool__(self) -> bool:
        """Whether nothing is wrong."""
        return not self.wrong and not self.problem

    def get(self, name: str) -> str:
        return self.values.get(name, "")

    def take(self, name: str, kind: Any, told: str) -> Any:
        """The field as a `kind`, as msgspec has it; `told` is what to do where it is none."""
        try:
            return msgspec.convert(self.get(name), kind, strict=False)
        except msgspec.ValidationError:
            self.wrong[name] = told
            return None

    def maybe(self, name: str, kind: Any, told: str) -> Any:
        """As `take`; None for a field that was left empty."""
        return self.take(name, kind, told) if self.get(name) else None

    def currency(self, name: str) -> str | None:
        """A code that somebody pays with; None where it is none."""
        code = self.get(name)
        if code in currencies():
            return code
        self.wrong[name] = "Choose the currency."
        return None

    def moment(self, name: str, zone: ZoneInfo) -> dt.datetime | None:
        """A day and time on the clock of `zone`; None for a field that was left empty."""
        text = self.get(name)
        if not text:
            return None
        try:
            wall = dt.datetime.fromisoformat(text)
        except ValueError:
            self.wrong[name] = "Write day and time like 2027-05-01 20:00."
            return None
        return wall.replace(tzinfo=zone) if wall.tzinfo is None else wall

    def amount(self, name: str, currency: str) -> int | None:
        """`25.5` is 2550 minor units of a currency with two digits; None where it is no amount."""
        digits = exponent(currency)
        found = _AMOUNT.fullmatch(self.get(name))
        if found is None or len(found[2] or "") > digits:
            example = "25.50" if digits == 2 else "25"
            self.wrong[name] = f"Write an amount of {currency} like {example}."
            return None
        return int(found[1] + (found[2] or "").ljust(digits, "0"))

    def seconds(self, name: str, at_most_s: int, known_s: int | None = None) -> int | None:
        """`10` is 600 seconds and `1:30` is 90, from a minute to `at_most_s`; `known_s`, how it is
        by now, may stay. What is wrong is told beside the field."""
        found = _MINUTES.fullmatch(self.get(name))
        seconds = 60 * int(found[1]) + int(found[2] or 0) if found else -1
        if 60 <= seconds <= at_most_s or seconds == known_s:
            return seconds
        self.wrong[name] = f"Minutes like 10, or 1:30 with seconds, from 1 to {at_most_s // 60}."
        return None

    def blame(self, error: DomainError, fields: Iterable[str]) -> None:
        """What the service refuses, beside the field that its words begin with."""
        name, colon, told = error.detail.partition(": ")
        if colon and name in fields:
            said = [_CALLED.get(word, word) for word in told.split(" ")]
            self.wrong[name] = sentence(" ".join(said))
        else:
            self.problem = sentence(error.detail)


def sentence(detail: str) -> str:
    """`no such event` -> `No such event.`"""
    text = detail[:1].upper() + detail[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def wall(moment: dt.datetime | None, timezone: str) -> str:
    """As an input of type datetime-local has it, on the clock of the zone."""
    return "" if moment is None else words.local(moment, timezone).strftime("%Y-%m-%dT%H:%M")


def in_minutes(seconds: int) -> str:
    """`600` -> `10`, `90` -> `1:30`: a time as one would type it."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}:{rest:02d}" if rest else str(minutes)


def typed(amount_minor: int | None, currency: str) -> str:
    """`2550` -> `25.50`: an amount as one would type it."""
    if amount_minor is None:
        return ""
    digits = exponent(currency)
    units, rest = divmod(amount_minor, 10**digits)
    return f"{units}.{rest:0{digits}d}" if rest else str(units)
