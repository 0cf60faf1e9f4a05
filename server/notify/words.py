"""What mails say, by language. `{name}` and the like are facts of the mail."""

import re
from collections.abc import Mapping

from server.notify import words_orders
from server.notify.models import Words

_FACT = re.compile(r"\{([a-z_]+)\}")
DEFAULT = "en"

_ENGLISH = {
    "confirm": Words(
        "Confirm your e-mail address",
        ("Hello {name},", "open this link and give the password you chose: then your account is "
         "ready."),
        "Confirm the address",
        ("The link works for a day. If you did not ask for an account, do nothing: without your "
         "doing there is none.",),
    ),
    "exists": Words(
        "You have an account already",
        ("Somebody, probably you, asked for an account with this address. You have one already: "
         "sign in with it. If you forgot the password, the page to sign in helps.",),
        "Sign in",
        ("If it was not you, do nothing. Nothing has changed.",),
    ),
    "reset": Words(
        "Set a new password",
        ("Hello {name},", "open this link to set a new password. You will be signed out "
         "everywhere."),
        "Set a new password",
        ("The link works once, for an hour. If you did not ask for it, do nothing: your password "
         "stays as it is.",),
    ),
    "email-confirm": Words(
        "Confirm your new e-mail address",
        ("Hello {name},", "open this link, and your account has this address from now on. Until "
         "then you sign in with the one it has now."),
        "Use this address",
        ("The link works once, for a day. If you did not ask for it, do nothing: nobody's account "
         "gets your address without your doing.",),
    ),
    "email-exists": Words(
        "You have an account already",
        ("Somebody, probably you, asked for another account to have this address. It has an "
         "account of its own: sign in with it. If you forgot the password, the page to sign in "
         "helps.",),
        "Sign in",
        ("If it was not you, do nothing. Nothing has changed.",),
    ),
    "email-asked": Words(
        "Your account is to have another e-mail address",
        ("Hello {name},", "your account is to have the address {email} from now on. That happens "
         "as soon as the link is opened that we sent there. If it was you, all is well."),
        "It was not me",
        ("With this link your account keeps this address, or gets it back, and you set a new "
         "password. It works once, for eight days.",),
    ),
    "password-changed": Words(
        "Your password was changed",
        ("Hello {name},", "the password of your account was changed just now."),
        "It was not me",
        ("If it was you, all is well.",),
    ),
    "factor-on": Words(
        "Two-step sign-in is on",
        ("Hello {name},", "from now on your account asks for a code of your authenticator app. "
         "Keep the recovery codes where you find them without your phone."),
        "It was not me",
    ),
    "factor-off": Words(
        "Two-step sign-in is off",
        ("Hello {name},", "your account opens with the password alone again."),
        "It was not me",
    ),
    "invitation": Words(
        "{org_name} invites you to its team",
        ("Hello,", "{org_name} would like you to work with it on its events. Open this link to "
         "join, with the account of this address or a new one."),
        "Join the team",
        ("The link works once, for a week. If you do not know {org_name}, do nothing: without "
         "your doing nothing happens.",),
    ),
    "endpoint-disabled": Words(
        "A webhook of {org_name} is switched off",
        ("Hello {name},", "for three days nothing that we sent was taken by {url}. We have stopped "
         "trying. Nothing is lost: what waits there is delivered once you enable it again."),
        "Open the webhook",
        ("You get this mail because your role at {org_name} lets you manage webhooks.",),
    ),
    "session-copied": Words(
        "We ended one of your sessions",
        ("Hello {name},", "two programs used the same session of your account, so one of them had "
         "a copy. The session is over: sign in again. If that happens again, change your "
         "password."),
        "Set a new password",
    ),
}  # fmt: skip

_GERMAN = {
    "confirm": Words(
        "Bitte bestätigen Sie Ihre E-Mail-Adresse",
        ("Guten Tag {name},", "öffnen Sie diesen Link und geben Sie das Passwort ein, das Sie "
         "gewählt haben: Dann ist Ihr Konto bereit."),
        "Adresse bestätigen",
        ("Der Link gilt einen Tag. Wenn Sie kein Konto wollten, tun Sie nichts: Ohne Sie entsteht "
         "keines.",),
    ),
    "exists": Words(
        "Sie haben schon ein Konto",
        ("Jemand, vermutlich Sie, wollte mit dieser Adresse ein Konto anlegen. Es gibt schon "
         "eines: Melden Sie sich damit an. Falls Sie das Passwort vergessen haben, hilft die "
         "Anmeldeseite.",),
        "Anmelden",
        ("Wenn Sie es nicht waren, tun Sie nichts. Es hat sich nichts geändert.",),
    ),
    "reset": Words(
        "Neues Passwort setzen",
        ("Guten Tag {name},", "mit diesem Link setzen Sie ein neues Passwort. Sie werden dabei "
         "überall abgemeldet."),
        "Neues Passwort setzen",
        ("Der Link gilt einmal und eine Stunde lang. Wenn Sie ihn nicht wollten, tun Sie nichts: "
         "Ihr Passwort bleibt, wie es ist.",),
    ),
    "email-confirm": Words(
        "Bitte bestätigen Sie Ihre neue E-Mail-Adresse",
        ("Guten Tag {name},", "öffnen Sie diesen Link, dann hat Ihr Konto ab jetzt diese Adresse. "
         "Bis dahin melden Sie sich mit der bisherigen an."),
        "Diese Adresse verwenden",
        ("Der Link gilt einmal und einen Tag lang. Wenn Sie ihn nicht wollten, tun Sie nichts: "
         "Ohne Sie bekommt kein Konto Ihre Adresse.",),
    ),
    "email-exists": Words(
        "Sie haben schon ein Konto",
        ("Jemand, vermutlich Sie, wollte diese Adresse für ein anderes Konto. Sie hat schon ein "
         "eigenes: Melden Sie sich damit an. Falls Sie das Passwort vergessen haben, hilft die "
         "Anmeldeseite.",),
        "Anmelden",
        ("Wenn Sie es nicht waren, tun Sie nichts. Es hat sich nichts geändert.",),
    ),
    "email-asked": Words(
        "Ihr Konto soll eine andere E-Mail-Adresse bekommen",
        ("Guten Tag {name},", "Ihr Konto soll ab jetzt die Adresse {email} haben. Das geschieht, "
         "sobald jemand den Link öffnet, den wir dorthin geschickt haben. Wenn Sie es waren, ist "
         "alles in Ordnung."),
        "Das war ich nicht",
        ("Mit diesem Link behält Ihr Konto diese Adresse oder bekommt sie zurück, und Sie setzen "
         "ein neues Passwort. Er gilt einmal und acht Tage lang.",),
    ),
    "password-changed": Words(
        "Ihr Passwort wurde geändert",
        ("Guten Tag {name},", "das Passwort Ihres Kontos wurde eben geändert."),
        "Das war ich nicht",
        ("Wenn Sie es waren, ist alles in Ordnung.",),
    ),
    "factor-on": Words(
        "Die Anmeldung in zwei Schritten ist an",
        ("Guten Tag {name},", "ab jetzt fragt Ihr Konto nach einem Code Ihrer Authenticator-App. "
         "Bewahren Sie die Ersatzcodes so auf, dass Sie sie ohne Telefon finden."),
        "Das war ich nicht",
    ),
    "factor-off": Words(
        "Die Anmeldung in zwei Schritten ist aus",
        ("Guten Tag {name},", "Ihr Konto öffnet sich wieder mit dem Passwort allein."),
        "Das war ich nicht",
    ),
    "invitation": Words(
        "{org_name} lädt Sie in sein Team ein",
        ("Guten Tag,", "{org_name} möchte mit Ihnen an Veranstaltungen arbeiten. Öffnen Sie diesen "
         "Link, um mitzumachen: mit dem Konto dieser Adresse oder mit einem neuen."),
        "Mitmachen",
        ("Der Link gilt einmal und eine Woche lang. Wenn Sie {org_name} nicht kennen, tun Sie "
         "nichts: Ohne Sie geschieht nichts.",),
    ),
    "endpoint-disabled": Words(
        "Ein Webhook von {org_name} ist abgeschaltet",
        ("Guten Tag {name},", "seit drei Tagen nimmt {url} nichts an, was wir senden. Wir "
         "versuchen es nicht weiter. Nichts ist verloren: Was dort wartet, wird zugestellt, "
         "sobald Sie ihn wieder einschalten."),
        "Webhook öffnen",
        ("Sie bekommen diese Mail, weil Ihre Rolle bei {org_name} Webhooks verwalten darf.",),
    ),
    "session-copied": Words(
        "Wir haben eine Ihrer Sitzungen beendet",
        ("Guten Tag {name},", "zwei Programme haben dieselbe Sitzung Ihres Kontos benutzt, eines "
         "davon also eine Kopie. Die Sitzung ist zu Ende: Melden Sie sich neu an. Geschieht das "
         "wieder, ändern Sie Ihr Passwort."),
        "Neues Passwort setzen",
    ),
}  # fmt: skip

LANGUAGES: dict[str, dict[str, Words]] = {
    "en": _ENGLISH | words_orders.ENGLISH,
    "de": _GERMAN | words_orders.GERMAN,
}
OF_ORDERS = tuple(words_orders.ENGLISH)
"""Templates of mails about an order, which its organizer may word otherwise."""


def words_of(template: str, language: str) -> Words:
    """In `language` where the template has it, else in English."""
    return LANGUAGES.get(language, {}).get(template) or LANGUAGES[DEFAULT][template]


def facts_of(*texts: str) -> set[str]:
    """The names in braces."""
    return {name for text in texts for name in _FACT.findall(text)}


def fill(text: str, facts: Mapping[str, str]) -> str:
    """The text with facts in the place of their names; nothing in it is anything else."""
    return _FACT.sub(lambda found: facts.get(found[1], found[0]), text)
