"""How a mail leaves: by SMTP, or into the log where no server is set."""

import asyncio
import ssl
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from server.kernel import logs

TIMEOUT_S = 20.0
WHOLE_S = 60.0
"""For all that is said about a mail: less than the worker's lease of it."""

_log = logs.get(__name__)


class Refused(Exception):
    """The server will not take this mail, now or later: its address or content is wrong."""


class Transport(Protocol):
    """`takes_files`: whether what a mail takes along arrives anywhere."""

    takes_files: bool

    async def send(self, message: EmailMessage) -> None:
        """Returns once somebody else is responsible for the mail. Raises Refused for good reason
        not to try again, any other exception where it may be tried again."""
        ...


class SmtpTransport:
    """One connection for each mail; encrypted where the server can, always with a password."""

    takes_files = True

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._is_tls = parts.scheme == "smtps"
        self._host = parts.hostname or "localhost"
        self._port = parts.port or (465 if self._is_tls else 587)
        self._username = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None

    async def send(self, message: EmailMessage) -> None:
        try:
            async with asyncio.timeout(WHOLE_S):
                await aiosmtplib.send(
                    message,
                    hostname=self._host,
                    port=self._port,
                    username=self._username,
                    password=self._password,
                    use_tls=self._is_tls,
                    # A password must not travel in the clear; without one, TLS if it is offered.
                    start_tls=True if self._username and not self._is_tls else None,
                    tls_context=ssl.create_default_context(),
                    timeout=TIMEOUT_S,
                )
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [refused.code for refused in error.recipients]
            if codes and all(code >= 500 for code in codes):
                raise Refused(str(error)) from error
            raise
        except (aiosmtplib.SMTPAuthenticationError, aiosmtplib.SMTPConnectError):
            raise
        except aiosmtplib.SMTPResponseException as error:
            if error.code >= 500:
                raise Refused(f"{error.code} {error.message}") from error
            raise


class LogTransport:
    """What the mail says goes into the log, with its links: never where people are real."""

    takes_files = False

    async def send(self, message: EmailMessage) -> None:
        body = message.get_body(("plain",))
        text = body.get_content() if body is not None else ""
        _log.warning(
            "mail not sent: SMTP_URL is not set",
            to=str(message["To"]),
            subject=str(message["Subject"]),
            text=text,
        )


def transport_of(smtp_url: str, *, is_prod: bool) -> Transport | None:
    """None where mails must wait: nobody's links belong in a log."""
    if smtp_url:
        return SmtpTransport(smtp_url)
    return None if is_prod else LogTransport()
