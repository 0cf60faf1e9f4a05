"""What must hold, one generator per law: facts and history in, violations out.

`places.py` (seats, standing areas), `owners.py` (who had what when), `versions.py` (of events and
seats, the journal), `money.py` (payments, tickets, the event log), `clients.py` (what was
acknowledged), `streams.py` (what screens saw).
"""

from collections.abc import Callable, Iterable, Iterator

import msgspec

from loadtests.facts import Facts
from loadtests.history import History
from loadtests.laws import clients, money, owners, places, streams, versions
from loadtests.laws.violation import Violation

Law = Callable[[Facts, History], Iterator[Violation]]

LAWS: tuple[Law, ...] = (
    places.a_seat_is_sold_exactly_where_it_has_one_valid_ticket,
    places.a_seat_is_held_exactly_where_an_active_hold_has_it,
    places.no_place_is_in_two_live_holds_or_orders,
    owners.a_seat_is_given_away_only_while_nobody_has_it,
    places.a_standing_area_is_used_by_holds_and_orders_and_never_above_capacity,
    places.holds_end_when_they_are_due,
    versions.versions_have_no_gap,
    versions.the_journal_has_every_version_once,
    versions.the_version_of_a_seat_is_how_often_it_changed,
    versions.a_hold_counts_its_places,
    money.what_was_captured_and_not_refunded_is_the_value_of_valid_tickets,
    money.the_books_agree_with_the_gateway,
    money.a_confirmed_order_has_all_its_tickets_and_no_other_order_has_any,
    money.nothing_is_pending,
    money.the_event_log_holds_what_was_committed_and_nothing_else,
    money.a_ticket_is_admitted_once,
    clients.every_acknowledged_hold_exists_with_its_places,
    clients.no_hold_exists_that_nobody_asked_for,
    clients.what_was_acknowledged_first_has_the_smaller_version,
    clients.one_key_has_one_effect_and_one_answer,
    clients.a_buyer_keeps_what_was_shown,
    clients.a_door_admits_what_the_tables_say,
    streams.deltas_are_contiguous,
    streams.no_screen_was_led_astray,
    streams.all_screens_show_the_same_at_the_same_version,
    streams.a_delta_names_every_place_held_in_it,
    streams.a_sold_seat_stays_sold,
)


def name_of(law: Law) -> str:
    return law.__name__.replace("_", " ")


class Judgement(msgspec.Struct):
    """`violations` by law, in the order of the laws; a law without any is kept, empty."""

    violations: dict[str, list[Violation]]

    @property
    def count(self) -> int:
        return sum(map(len, self.violations.values()))


def judge(facts: Facts, history: History, laws: Iterable[Law] = LAWS) -> Judgement:
    return Judgement({name_of(law): list(law(facts, history)) for law in laws})
