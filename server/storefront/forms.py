"""What a person filled in, read from the body of a POST."""

from collections.abc import Iterable
from urllib.parse import parse_qsl

from starlette.requests import Request

from server.kernel.errors import BadRequest, ContentTooLarge
from server.kernel.http import read_body

FORM_BYTES_MAX = 64 << 10
FIELDS_MAX = 1_000
MEDIA_TYPE = "application/x-www-form-urlencoded"


class Form:
    """Fields in the order they came; `body`: the bytes that said so."""

    def __init__(self, body: bytes, fields: list[tuple[str, str]]) -> None:
        self.body, self._fields = body, fields

    def get(self, name: str) -> str:
        """The first value of a field; empty where the form has none."""
        return next((value for found, value in self._fields if found == name), "")

    def all(self, name: str) -> list[str]:
        return [value for found, value in self._fields if found == name]

    def starting(self, prefix: str) -> list[tuple[str, str]]:
        """What follows `prefix` in a field's name, and the value."""
        return starting(prefix, self._fields)


def starting(prefix: str, fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What follows `prefix` in a field's name, and the value."""
    return [(name.removeprefix(prefix), value) for name, value in fields if name.startswith(prefix)]


async def read_form(request: Request) -> Form:
    """Raises BadRequest for another media type, past FIELDS_MAX, or not UTF-8; ContentTooLarge."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != MEDIA_TYPE:
        raise BadRequest("this page takes forms only, as the browser sends them")
    body = await _body(request)
    try:
        fields = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=FIELDS_MAX,
        )
    except ValueError:
        raise BadRequest("the form was not understood: go back and try again") from None
    return Form(body, fields)


async def _body(request: Request) -> bytes:
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) <= FORM_BYTES_MAX:
        body = await read_body(request)
        if len(body) <= FORM_BYTES_MAX:
            return body
    raise ContentTooLarge("the form is larger than this page takes: send less")
