"""The payer's page, as HTML that needs no script, no font and no image from anywhere.

Everything that came from a caller goes through `html.escape`; templates are `string.Template`.
"""

from html import escape
from pathlib import Path
from string import Template

from .models import Session
from .money import digits, written

_TEMPLATES = Path(__file__).parent / "templates"

# Read once: a template that is missing fails the start, not a payment.
_SHELL = Template((_TEMPLATES / "shell.html").read_text("utf-8"))
_PAY = Template((_TEMPLATES / "pay.html").read_text("utf-8"))
_NOTICE = Template((_TEMPLATES / "notice.html").read_text("utf-8"))

HEADERS = {
    # No form-action: browsers apply it to the redirect back to the merchant as well.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

_DECLINED = (
    '<p class="alert" role="alert"><b>The card was declined.</b> '
    "Nothing was taken. Try again, or go back to the shop.</p>"
)


def pay_page(session: Session, *, merchant: str, now: float, declined: bool) -> str:
    """The form of an open session; `declined` tells that the last attempt failed."""
    body = _PAY.substitute(
        summary=_summary(session, merchant),
        alert=_DECLINED if declined else "",
        amount=escape(written(session.amount_minor, session.currency)),
        cancel_url=escape(session.cancel_url),
        left=_left(session.expires_at - now),
        session_id=escape(session.id),
    )
    return _shell(f"Pay {merchant}", merchant, body)


def paid_page(session: Session, *, merchant: str) -> str:
    return _notice(
        "Paid",
        f"{written(session.amount_minor, session.currency)} went to {merchant}. "
        "Your order is with the shop.",
        merchant,
        tone="good",
        link=(session.return_url, "Continue to your order"),
    )


def expired_page(session: Session, *, merchant: str) -> str:
    return _notice(
        "This payment page has expired",
        "Nothing was taken. Go back to the shop to start again.",
        merchant,
        link=(session.cancel_url, "Back to the shop"),
    )


def problem_page(message: str, *, merchant: str) -> str:
    return _notice("That did not work", message, merchant)


def _notice(
    title: str, text: str, merchant: str, *, tone: str = "", link: tuple[str, str] | None = None
) -> str:
    action = f'<a class="button" href="{escape(link[0])}">{escape(link[1])}</a>' if link else ""
    body = _NOTICE.substitute(title=escape(title), text=escape(text), tone=tone, action=action)
    return _shell(title, merchant, body)


def _shell(title: str, merchant: str, body: str) -> str:
    return _SHELL.substitute(title=escape(title), merchant=escape(merchant), body=body)


def _summary(session: Session, merchant: str) -> str:
    whole, fraction = digits(session.amount_minor, session.currency)
    small = f"<small>.{fraction}</small>" if fraction else ""
    return (
        f'<p class="merchant">{escape(merchant)}</p>'
        f'<p class="amount"><abbr>{escape(session.currency)}</abbr> {whole}{small}</p>'
        f'<p class="description">{escape(session.description)}</p>'
        f"<dl><dt>Reference</dt><dd>{escape(session.reference)}</dd></dl>"
    )


def _left(seconds: float) -> str:
    """Like `under a minute`, `9 minutes`, `3 hours`."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return "under a minute"
    count, unit = (minutes, "minute") if minutes < 120 else (minutes // 60, "hour")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
