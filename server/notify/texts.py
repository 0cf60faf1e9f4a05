"""An organization's own words for mails about its orders, by kind and language.

Words of its own replace the subject and what stands before the link; what must be said stays.
"""

from server import audit
from server.kernel import idempotency
from server.kernel.db import Database, Tx
from server.kernel.errors import BadRequest, NotFound
from server.kernel.idempotency import Done, Key
from server.notify import sql
from server.notify.models import MailText, MailTexts, MailWords
from server.notify.words import LANGUAGES, OF_ORDERS, facts_of, words_of
from server.orgs import service as orgs

_ALWAYS = {"name", "event", "when", "place", "org", "number"}
EXAMPLE: dict[str, dict[str, str]] = {
    "en": {
        "name": "Ada", "event": "The Tempest", "when": "Saturday 1 May 2027, 20:00",
        "place": "Playhouse, Graz, Austria", "number": "9F2C11AA03BD", "count": "2",
        "amount": "€90.00", "words": "See you next time.",
        "seat": "Stalls, row C, seat 12",
        "until": "Saturday 15 May 2027, 20:00",
    },
    "de": {
        "name": "Ada", "event": "Der Sturm", "when": "Samstag, 1. Mai 2027, 20:00",
        "place": "Schauspielhaus, Graz, Österreich", "number": "9F2C11AA03BD", "count": "2",
        "amount": "90,00 €", "words": "Bis zum nächsten Mal.", "seat": "Parkett, Reihe C, Platz 12",
        "until": "Samstag, 15. Mai 2027, 20:00",
    },
}  # fmt: skip
"""Facts of an order that never was, for a look at words before they are kept."""


async def find(tx: Tx, org_id: str, kind: str, language: str) -> MailWords | None:
    """The organization's own words, if it has some."""
    return await sql.TEXT.first(tx, org_id, kind, language)


async def of_org(db: Database, org_id: str) -> MailTexts:
    """Every kind in every language: its own words, or those that are sent otherwise."""
    async with db.tx(read_only=True) as tx:
        own = {(row.kind, row.language): row for row in await sql.TEXTS.all(tx, org_id)}
    return MailTexts([
        own.get((kind, language)) or _default(kind, language)
        for kind in OF_ORDERS
        for language in LANGUAGES
    ])  # fmt: skip


async def save(
    db: Database, org_id: str, kind: str, language: str, wish: MailWords, key: Key | None
) -> MailText:
    """Raises NotFound for a mail or language that there is not, BadRequest for a fact that the mail
    does not have."""

    async def act(tx: Tx) -> MailText:
        check(kind, language, wish)
        await orgs.lock(tx, org_id)
        await sql.SET_TEXT.run(tx, org_id, kind, language, wish.subject, wish.intro)
        await _record(tx, org_id, "mail_text.set", kind, language)
        return MailText(kind, language, wish.subject, wish.intro, True)

    return await idempotency.settled(db, key, MailText, act)


async def forget(db: Database, org_id: str, kind: str, language: str, key: Key | None) -> None:
    """From now on the mail is worded as everybody's. Raises NotFound."""

    async def act(tx: Tx) -> Done:
        _must_exist(kind, language)
        if not await sql.FORGET_TEXT.run(tx, org_id, kind, language):
            raise NotFound("the organization has no words of its own for this mail")
        await _record(tx, org_id, "mail_text.removed", kind, language)
        return Done()

    await idempotency.settled(db, key, Done, act)


def facts(kind: str, language: str) -> set[str]:
    """What the mail knows, by the names that its words may have in braces."""
    words = words_of(kind, language)
    return _ALWAYS | facts_of(words.subject, *words.before, *words.after)


def check(kind: str, language: str, wish: MailWords) -> None:
    """Raises NotFound, BadRequest."""
    _must_exist(kind, language)
    if not wish.intro.strip():
        raise BadRequest("intro: say something before the link")
    known = facts(kind, language)
    for member in ("subject", "intro"):
        unknown = facts_of(getattr(wish, member)) - known
        if unknown:
            told = ", ".join(f"{{{name}}}" for name in sorted(known))
            raise BadRequest(f"{member}: this mail knows {told}, not {{{min(unknown)}}}")


def _must_exist(kind: str, language: str) -> None:
    if kind not in OF_ORDERS or language not in LANGUAGES:
        raise NotFound("there is no such mail, or not in this language")


def _default(kind: str, language: str) -> MailText:
    words = words_of(kind, language)
    return MailText(kind, language, words.subject, "\n\n".join(words.before), False)


async def _record(tx: Tx, org_id: str, action: str, kind: str, language: str) -> None:
    await audit.record(tx, org_id, action, subject=f"mail_text:{kind}:{language}")
