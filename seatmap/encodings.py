"""Bytes as they come -> bytes that an XML parser can read: of any encoding, out of any wrapping."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

_DECLARED = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"'][^>]*\?>")
_HIGH = re.compile(rb"[\x80-\xff]+")
LOOKED_AT = 200_000
"""Bytes by which an encoding is guessed."""
BROKEN_PART = 0.2
"""Of the letters that are none in UTF-8: more, and it is another encoding."""
PAIRED_MIN = 0.95
"""Of the runs of high bytes, where two are one letter."""
_WIDE = (
    (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"),
)  # fmt: skip
_UTF_8 = (b"utf-8", b"utf8", b"us-ascii", b"ascii")
_WRAPPED = re.compile(rb"data:image/svg\+xml(?P<kind>[^,\"'\s]{0,60}),(?P<data>[^\"'\s()<>]+)")
_NAMED = ((b"&lt;", b"<"), (b"&gt;", b">"), (b"&quot;", b'"'), (b"&#39;", b"'"), (b"&amp;", b"&"))


def as_utf_8(data: bytes) -> tuple[bytes, str | None]:
    """The drawing as UTF-8, or in the encoding that it states; and the encoding that was guessed,
    where it states none, or a wrong one."""
    wide = next((name for begin, name in _WIDE if data.startswith(begin)), None)
    if wide is not None:  # cannot be looked through as bytes
        return _plain(data.decode(wide, "replace").encode()), None
    data = data.removeprefix(b"\xef\xbb\xbf")
    declared = _DECLARED.match(data)
    stated = declared[1].lower() if declared is not None else b"utf-8"
    if stated.startswith(b"utf-16"):  # which it is not
        return _plain(data), None
    if stated not in _UTF_8:
        return data, None
    try:
        data.decode()
    except UnicodeDecodeError:
        text = data[:LOOKED_AT].decode("utf-8", "replace")
        letters = sum(not c.isascii() for c in text)
        if text.count("\ufffd") <= BROKEN_PART * letters:
            return data, None
        guess = _guessed(data[:LOOKED_AT])
        return _plain(data.decode(guess, "replace").encode()), guess
    return data, None


def _plain(data: bytes) -> bytes:
    """Without the declaration of an encoding that it is not in any more."""
    return re.sub(rb"^\s*<\?xml[^>]*\?>", b"", data)


def _guessed(data: bytes) -> str:
    """By how letters beyond ASCII stand: in pairs in Chinese, in words in Russian, alone in all
    that is written with Latin letters."""
    runs = [len(run) for run in _HIGH.findall(data)]
    if sum(run % 2 == 0 for run in runs) >= PAIRED_MIN * len(runs):
        return "gb18030"
    return "cp1251" if sum(runs) >= 3 * len(runs) else "cp1252"


def unwrapped(data: bytes) -> bytes:
    """The drawing that is an address of its own (`data:image/svg+xml`), or whose signs are written
    as names (`&lt;svg`), where nothing else is one."""
    if b"<svg" in data or b":svg" in data:
        return data
    found = max(_WRAPPED.finditer(data), key=lambda m: len(m["data"]), default=None)
    if found is not None:
        inside = unquote_to_bytes(found["data"])
        if b"base64" not in found["kind"]:
            return inside
        try:
            return base64.b64decode(inside)
        except binascii.Error:
            return data
    if b"&lt;svg" in data:
        for name, sign in _NAMED:
            data = data.replace(name, sign)
    return data
