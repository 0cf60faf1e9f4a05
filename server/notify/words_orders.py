"""What mails about an order say, by language, where its organizer has no words of their own.

`{name}`, of who is written to; `{event}`, `{when}`, `{place}`; `{org}`, who sells; `{number}`, of
the order; `{count}` of tickets; `{seat}`; `{amount}`; `{until}`; `{words}`, of who
answers.
"""

from server.notify.models import Words

ENGLISH = {
    "tickets": Words(
        "Your tickets: {event}",
        ("Hello {name},",
         "thank you for your order. Your tickets for {event} are attached, to print or to show "
         "on your phone.",
         "{when}\n{place}"),
        "Open the ticket",
        ("Whoever shows a ticket's code first comes in: keep this mail to yourself. Order "
         "{number}, from {org}.",),
    ),
    "reminder": Words(
        "Soon: {event}",
        ("Hello {name},",
         "{event} is soon. Have your tickets ready, printed or on your phone.",
         "{when}\n{place}"),
        "Open the ticket",
        ("Order {number}, from {org}.",),
    ),
    "rescheduled": Words(
        "A new date: {event}",
        ("Hello {name},",
         "{org} has moved {event}. It begins on",
         "{when}\n{place}",
         "Your places stay yours."),
        "Open the ticket",
        ("The tickets are attached, with the new date. Those that you had stay good, and show the "
         "old one. Order {number}, from {org}.",),
    ),
    "refunded": Words(
        "Paid back: {event}",
        ("Hello {name},",
         "we have paid {amount} back to you for {event}. It takes some days until you see it on "
         "your account."),
        "",
        ("What was paid back opens no door any more. Order {number}, from {org}.",),
    ),
    "refund-approved": Words(
        "Your refund: {event}",
        ("Hello {name},",
         "{org} pays back what you asked for. A mail with the amount follows once it has gone out.",
         "{words}"),
        "",
        ("Order {number}, from {org}.",),
    ),
    "refund-declined": Words(
        "About your refund: {event}",
        ("Hello {name},",
         "{org} does not pay back your order for {event}. Your tickets stay good.",
         "{words}"),
        "",
        ("Order {number}, from {org}.",),
    ),
    "event-cancelled": Words(
        "{event} does not take place",
        ("Hello {name},",
         "{event} was cancelled. We have paid {amount} back to you: it takes some days until you "
         "see it on your account."),
        "",
        ("Order {number}, from {org}.",),
    ),
    "cancelled": Words(
        "Your order was cancelled: {event}",
        ("Hello {name},",
         "your order for {event} was cancelled. Nothing is owed; what you paid goes back to you."),
        "",
        ("Order {number}, from {org}.",),
    ),
    "late": Words(
        "Your payment came too late: {event}",
        ("Hello {name},",
         "your payment for {event} came when your places were no longer held, and somebody else "
         "has them by now. We pay {amount} back to you: it takes some days until you see it on "
         "your account."),
        "See what is left",
        ("Order {number}, from {org}.",),
    ),
    "transfer": Words(
        "A ticket for you: {event}",
        ("Hello,",
         "{name} gives you a ticket for {event}.",
         "{when}\n{place}\n{seat}"),
        "Take the ticket",
        ("The link works until {until}. If you do nothing, the ticket stays where it is.",),
    ),
    "transferred": Words(
        "Your ticket was taken: {event}",
        ("Hello {name},",
         "the ticket that you gave away, {seat}, has a new holder. Its old code opens no door "
         "any more.",
         "{when}\n{place}"),
        "",
        ("Order {number}, from {org}.",),
    ),
    "taken": Words(
        "Your ticket: {event}",
        ("Hello {name},",
         "the ticket is yours. It is attached, to print or to show on your phone.",
         "{when}\n{place}"),
        "Open the ticket",
        ("Whoever shows a ticket's code first comes in: keep this mail to yourself.",),
    ),
    "moved": Words(
        "Your places have changed: {event}",
        ("Hello {name},",
         "{org} has given you other places for {event}, at the price that you paid. These are "
         "yours now:",
         "{seat}",
         "{when}\n{place}"),
        "Open the ticket",
        ("The tickets are attached. Those that you had show the old places, and their codes stay "
         "good. Order {number}, from {org}.",),
    ),
    "reissued": Words(
        "A new ticket: {event}",
        ("Hello {name},",
         "{org} has issued your ticket again. The new one is attached; the old one opens no door "
         "any more.",
         "{when}\n{place}"),
        "Open the ticket",
        ("Order {number}, from {org}.",),
    ),
    "deposit": Words(
        "Your places, and what is still to pay: {event}",
        ("Hello {name},",
         "thank you: your deposit for {event} is paid, and your places are yours. {amount} are "
         "still to pay, until {until}. Your tickets come by mail then.",
         "{when}\n{place}"),
        "Pay the rest",
        ("If the rest does not come until then, the places go back on sale and your deposit is "
         "paid back. Order {number}, from {org}.",),
    ),
    "rest-due": Words(
        "Still to pay until {until}: {event}",
        ("Hello {name},",
         "{amount} of your order for {event} are still to pay, until {until}. Your tickets come "
         "by mail then.",
         "{when}\n{place}"),
        "Pay the rest",
        ("If the rest does not come until then, the places go back on sale and your deposit is "
         "paid back. Order {number}, from {org}.",),
    ),
    "deposit-over": Words(
        "Your order has ended: {event}",
        ("Hello {name},",
         "the rest of your order for {event} was not paid in time. Your places are on sale again, "
         "and we have paid {amount} back to you. It takes some days until you see it on your "
         "account."),
        "",
        ("Order {number}, from {org}.",),
    ),
}  # fmt: skip

GERMAN = {
    "tickets": Words(
        "Ihre Karten: {event}",
        ("Guten Tag {name},",
         "danke für Ihre Bestellung. Ihre Karten für {event} hängen an: zum Ausdrucken, oder "
         "zeigen Sie sie auf dem Telefon.",
         "{when}\n{place}"),
        "Karte öffnen",
        ("Wer den Code einer Karte zuerst zeigt, kommt hinein: Geben Sie diese Mail nicht "
         "weiter. Bestellung {number}, von {org}.",),
    ),
    "reminder": Words(
        "Bald: {event}",
        ("Guten Tag {name},",
         "{event} ist bald. Halten Sie Ihre Karten bereit, ausgedruckt oder auf dem Telefon.",
         "{when}\n{place}"),
        "Karte öffnen",
        ("Bestellung {number}, von {org}.",),
    ),
    "rescheduled": Words(
        "Neuer Termin: {event}",
        ("Guten Tag {name},",
         "{org} hat {event} verlegt. Der neue Termin:",
         "{when}\n{place}",
         "Ihre Plätze bleiben Ihre."),
        "Karte öffnen",
        ("Die Karten mit dem neuen Termin hängen an. Ihre bisherigen gelten weiter, zeigen aber "
         "noch den alten. Bestellung {number}, von {org}.",),
    ),
    "refunded": Words(
        "Erstattet: {event}",
        ("Guten Tag {name},",
         "wir haben Ihnen {amount} für {event} zurückgezahlt. Bis Sie es auf Ihrem Konto sehen, "
         "dauert es einige Tage."),
        "",
        ("Was erstattet ist, gilt am Einlass nicht mehr. Bestellung {number}, von {org}.",),
    ),
    "refund-approved": Words(
        "Ihre Erstattung: {event}",
        ("Guten Tag {name},",
         "{org} zahlt zurück, worum Sie gebeten haben. Eine Mail mit dem Betrag folgt, sobald er "
         "unterwegs ist.",
         "{words}"),
        "",
        ("Bestellung {number}, von {org}.",),
    ),
    "refund-declined": Words(
        "Zu Ihrer Erstattung: {event}",
        ("Guten Tag {name},",
         "{org} zahlt Ihre Bestellung für {event} nicht zurück. Ihre Karten bleiben gültig.",
         "{words}"),
        "",
        ("Bestellung {number}, von {org}.",),
    ),
    "event-cancelled": Words(
        "{event} findet nicht statt",
        ("Guten Tag {name},",
         "{event} wurde abgesagt. Wir haben Ihnen {amount} zurückgezahlt: Bis Sie es auf Ihrem "
         "Konto sehen, dauert es einige Tage."),
        "",
        ("Bestellung {number}, von {org}.",),
    ),
    "cancelled": Words(
        "Ihre Bestellung wurde storniert: {event}",
        ("Guten Tag {name},",
         "Ihre Bestellung für {event} wurde storniert. Sie schulden nichts; was Sie bezahlt "
         "haben, geht an Sie zurück."),
        "",
        ("Bestellung {number}, von {org}.",),
    ),
    "late": Words(
        "Ihre Zahlung kam zu spät: {event}",
        ("Guten Tag {name},",
         "als Ihre Zahlung für {event} kam, waren Ihre Plätze nicht mehr zurückgehalten und "
         "schon vergeben. Wir zahlen Ihnen {amount} zurück: Bis Sie es auf Ihrem Konto sehen, "
         "dauert es einige Tage."),
        "Was es noch gibt",
        ("Bestellung {number}, von {org}.",),
    ),
    "transfer": Words(
        "Eine Karte für Sie: {event}",
        ("Guten Tag,",
         "{name} gibt Ihnen eine Karte für {event}.",
         "{when}\n{place}\n{seat}"),
        "Karte annehmen",
        ("Der Link gilt bis {until}. Wenn Sie nichts tun, bleibt die Karte, wo sie ist.",),
    ),
    "transferred": Words(
        "Ihre Karte wurde angenommen: {event}",
        ("Guten Tag {name},",
         "die Karte, die Sie weitergegeben haben, {seat}, gehört jetzt jemand anderem. Ihr alter "
         "Code gilt am Einlass nicht mehr.",
         "{when}\n{place}"),
        "",
        ("Bestellung {number}, von {org}.",),
    ),
    "taken": Words(
        "Ihre Karte: {event}",
        ("Guten Tag {name},",
         "die Karte gehört Ihnen. Sie hängt an: zum Ausdrucken, oder zeigen Sie sie auf dem "
         "Telefon.",
         "{when}\n{place}"),
        "Karte öffnen",
        ("Wer den Code einer Karte zuerst zeigt, kommt hinein: Geben Sie diese Mail nicht "
         "weiter.",),
    ),
    "moved": Words(
        "Ihre Plätze haben sich geändert: {event}",
        ("Guten Tag {name},",
         "{org} hat Ihnen für {event} andere Plätze gegeben, zum bezahlten Preis. Das sind jetzt "
         "Ihre:",
         "{seat}",
         "{when}\n{place}"),
        "Karte öffnen",
        ("Die Karten hängen an. Auf denen, die Sie hatten, stehen die alten Plätze; ihre Codes "
         "gelten weiter. Bestellung {number}, von {org}.",),
    ),
    "reissued": Words(
        "Eine neue Karte: {event}",
        ("Guten Tag {name},",
         "{org} hat Ihre Karte neu ausgestellt. Die neue hängt an; die alte gilt am Einlass "
         "nicht mehr.",
         "{when}\n{place}"),
        "Karte öffnen",
        ("Bestellung {number}, von {org}.",),
    ),
    "deposit": Words(
        "Ihre Plätze, und was noch zu zahlen ist: {event}",
        ("Guten Tag {name},",
         "danke: Ihre Anzahlung für {event} ist da, und die Plätze gehören Ihnen. {amount} sind "
         "noch zu zahlen, bis {until}. Ihre Karten kommen dann per Mail.",
         "{when}\n{place}"),
        "Rest bezahlen",
        ("Kommt der Rest bis dahin nicht, gehen die Plätze wieder in den Verkauf und Ihre "
         "Anzahlung an Sie zurück. Bestellung {number}, von {org}.",),
    ),
    "rest-due": Words(
        "Noch zu zahlen bis {until}: {event}",
        ("Guten Tag {name},",
         "von Ihrer Bestellung für {event} sind noch {amount} zu zahlen, bis {until}. Ihre "
         "Karten kommen dann per Mail.",
         "{when}\n{place}"),
        "Rest bezahlen",
        ("Kommt der Rest bis dahin nicht, gehen die Plätze wieder in den Verkauf und Ihre "
         "Anzahlung an Sie zurück. Bestellung {number}, von {org}.",),
    ),
    "deposit-over": Words(
        "Ihre Bestellung ist beendet: {event}",
        ("Guten Tag {name},",
         "der Rest Ihrer Bestellung für {event} wurde nicht rechtzeitig bezahlt. Ihre Plätze sind "
         "wieder im Verkauf, und wir haben Ihnen {amount} zurückgezahlt: Bis Sie es auf Ihrem "
         "Konto sehen, dauert es einige Tage."),
        "",
        ("Bestellung {number}, von {org}.",),
    ),
}  # fmt: skip
