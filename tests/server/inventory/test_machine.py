"""The engine does what the model says: every answer, and after every step the whole event.

Two instances share the database. Each writes at once on a mirror that the other's changes make
stale, and has to notice. MACHINE_EXAMPLES makes it longer; MACHINE_SHRINK=1 looks for the shortest
way to a failure, which takes minutes.
"""

import asyncio
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from server.inventory import verbs
from server.inventory.migrations import MigrationWish
from server.inventory.models import (
    BlockRefused,
    BlockRequest,
    HoldChange,
    HoldOver,
    HoldView,
    MigrationRefused,
    SaleLine,
    SeatsTaken,
    SelectionInvalid,
    TooManyPlaces,
)
from server.inventory.selling import Sale, sell
from server.inventory.sold import reassign, release_sold
from server.kernel.errors import DomainError, IdempotencyKeyReused
from server.kernel.ids import uuid7
from tests.fixtures.services import Services
from tests.server.inventory import state
from tests.server.inventory.asked import (
    LEGS_MAX,
    Asked,
    Given,
    any_seat,
    instances,
    nths,
    pool_wishes,
    same_but_for_the_end,
    seat_sets,
    wishes,
)
from tests.server.inventory.engine import (
    CAPACITIES,
    ORG_ID,
    PLACES_MAX,
    Instance,
    Stage,
    key_of,
    wish,
)
from tests.server.inventory.model import Hold, Model
from tests.server.inventory.sellers import Sellers

EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "25"))
STEPS = 40


class Machine(Sellers):
    @initialize(legs=st.integers(1, LEGS_MAX))
    def open(self, legs: int) -> None:
        self.legs = legs
        self.event_id = self.runner.run(self.stage.event(legs=legs))
        self.pool_ids = self.stage.pools(self.event_id)
        self.model = Model(dict(enumerate(CAPACITIES)))
        self.asked: list[Asked] = []
        self.given: list[Given] = []
        self.allotted = []
        self.forgotten = 0
        self.version = 0

    # ------------------------------------------------------------ holds

    @rule(at=instances, wanted=st.lists(wishes, min_size=1, max_size=4))
    def hold(self, at: int, wanted: list[tuple[set[int], dict[int, int], tuple[int, int]]]) -> None:
        """Some requests at the same moment: one batch."""
        batch: list[Asked] = []
        holds: list[Hold] = []
        for drawn, pools, legs in wanted:
            seats = self._seats(drawn)
            first, last = sorted(min(leg, self.legs - 1) for leg in legs)
            request = wish(sorted(seats), self._pools(pools), (first, last))
            batch.append(Asked(uuid7(), f"k{len(self.asked) + len(batch)}", request))
            holds.append(Hold(set(seats), dict(pools), range(first, last + 1)))
        expected = self.model.hold(*holds)
        answers = self.runner.run(self._submit(at, batch))
        for asked, hold, taken, answer in zip(batch, holds, expected, answers, strict=True):
            asked.answer = answer
            if taken is None:
                assert isinstance(answer, HoldView), answer
                asked.hold, asked.hold_id = hold, answer.id
                assert answer.version == self.model.version
                self._same(answer, hold)
            else:
                self._same_refusal(answer, taken)
        self.asked += batch

    async def _submit(self, at: int, batch: list[Asked]) -> list[HoldView | DomainError]:
        answers = await asyncio.gather(
            *(
                self._instance(at).inventory.hold(
                    self.event_id, one.buyer_id, one.request,
                    key_of(one.name, one.buyer_id, one.request),
                )
                for one in batch
            ),
            return_exceptions=True,
        )  # fmt: skip
        for answer in answers:
            if not isinstance(answer, HoldView | DomainError):
                raise answer
        return answers  # type: ignore[return-value]

    @precondition(lambda self: self.asked)
    @rule(at=instances, nth=nths)
    def hold_again(self, at: int, nth: int) -> None:
        """Whatever became of it since, its key has the first answer."""
        asked = self.asked[nth % len(self.asked)]
        over = any(hold.status == "over" for hold in self.model.holds)
        [answer] = self.runner.run(self._submit(at, [asked]))
        if over:
            self.model.sweep()
        if isinstance(asked.answer, HoldView):
            assert isinstance(answer, HoldView), answer
            assert answer.id == asked.answer.id
            gone = self.stage.versions[self.version].gone
            same_but_for_the_end(answer, asked.answer, gone)
        else:
            assert isinstance(answer, DomainError)
            assert isinstance(asked.answer, DomainError)
            assert (type(answer), answer.facts) == (type(asked.answer), asked.answer.facts)

    @precondition(lambda self: self.asked)
    @rule(at=instances, nth=nths, seat=any_seat)
    def hold_with_a_spent_key(self, at: int, nth: int, seat: int) -> None:
        first = self.asked[nth % len(self.asked)]
        other = Asked(first.buyer_id, first.name, wish([*self._seats({seat})], {}, (0, 0)))
        if other.request == first.request:
            return
        [answer] = self.runner.run(self._submit(at, [other]))
        assert isinstance(answer, IdempotencyKeyReused), answer
        self.model.sweep()

    @precondition(lambda self: self.held)
    @rule(at=instances, nth=nths, add=seat_sets, remove=seat_sets, more=pool_wishes,
          less=pool_wishes, extends=st.booleans())  # fmt: skip
    def change(
        self,
        at: int,
        nth: int,
        add: set[int],
        remove: set[int],
        more: dict[int, int],
        less: dict[int, int],
        extends: bool,
    ) -> None:
        asked = self.held[nth % len(self.held)]
        hold = asked.hold
        assert hold is not None
        add, remove = self._seats(add), self._seats(remove)
        answer = self.runner.run(self._change(at, asked, add, remove, more, less, extends))
        self.model.sweep()
        if hold.status != "active":
            assert isinstance(answer, HoldOver), answer
            return
        seats = hold.seats - remove | add
        pools = {
            pool: left
            for pool in (0, 1)
            if (left := max(0, hold.pools.get(pool, 0) - less.get(pool, 0)) + more.get(pool, 0))
        }
        if not seats and not pools:
            assert isinstance(answer, SelectionInvalid), answer
            return
        if len(seats) + sum(pools.values()) > PLACES_MAX:
            assert isinstance(answer, TooManyPlaces), answer
            return
        taken = self.model.change(hold, seats, pools, extends=extends)
        if taken is None:
            assert isinstance(answer, HoldView), answer
            assert answer.version == self.model.version
            self._same(answer, hold)
        else:
            self._same_refusal(answer, taken)

    async def _change(
        self,
        at: int,
        asked: Asked,
        add: set[int],
        remove: set[int],
        more: dict[int, int],
        less: dict[int, int],
        extends: bool,
    ) -> HoldView | DomainError:
        change = HoldChange(self._selection(add, more), self._selection(remove, less), extends)
        try:
            return await self._instance(at).inventory.change(
                asked.hold_id, asked.buyer_id, change, None
            )
        except DomainError as error:
            return error

    @precondition(lambda self: self.held)
    @rule(at=instances, nth=nths)
    def release(self, at: int, nth: int) -> None:
        asked = self.held[nth % len(self.held)]
        assert asked.hold is not None
        self.runner.run(self._instance(at).inventory.release(asked.hold_id, asked.buyer_id))
        self.model.release(asked.hold)

    # ------------------------------------------------------------ time

    @precondition(lambda self: self.everything)
    @rule(nth=nths)
    def time_passes(self, nth: int) -> None:
        """A hold ends, and nobody notices yet."""
        asked = self.everything[nth % len(self.everything)]
        assert asked.hold is not None
        if asked.hold.status != "active":
            return
        self.runner.run(self.stage.end_now(self.event_id, asked.hold_id))
        asked.hold.status = "over"
        self.model.commit(set())

    @rule(at=instances)
    def sweep(self, at: int) -> None:
        due = sum(hold.status == "over" for hold in self.model.holds)
        assert self.runner.run(verbs.sweep(self._instance(at).db, self.event_id)) == due
        self.model.sweep()

    @rule()
    def the_journal_forgets(self) -> None:
        """Whose mirror is behind has to look at every seat."""
        sql = "DELETE FROM inventory_changes WHERE event_id = $1"
        self.runner.run(self.stage.connection.execute(sql, self.event_id))
        self.forgotten = self.model.version

    @rule(at=instances)
    def a_process_starts_again(self, at: int) -> None:
        self.stage.instances[at] = Instance(self._instance(at).db)

    # ------------------------------------------------------------ money

    @precondition(lambda self: self.held)
    @rule(at=instances, which=st.lists(nths, min_size=1, max_size=4))
    def convert(self, at: int, which: list[int]) -> None:
        """Money has come for holds, for each in time or too late."""
        chosen = [self.held[at] for at in dict.fromkeys(nth % len(self.held) for nth in which)]
        if not (paid := [(a, a.hold) for a in chosen if a.hold and a.hold.status != "converted"]):
            return
        self.model.sweep()
        expected = self.model.convert([hold for _, hold in paid])
        sales = [Sale(asked.hold_id, self._lines(hold)) for asked, hold in paid]
        done = self._alone(at, lambda tx: sell(tx, self.event_id, sales))
        assert self.runner.run(done) == expected
        for (asked, _), sale, is_sold in zip(paid, sales, expected, strict=True):
            asked.lines = sale.lines if is_sold else []

    def _lines(self, hold: Hold) -> list[SaleLine]:
        pools = self._pools(hold.pools).items()
        lines = [SaleLine(uuid7(), seat, None, 1) for seat in sorted(hold.seats)]
        return lines + [SaleLine(uuid7(), None, pool, quantity) for pool, quantity in pools]

    @property
    def sold(self) -> list[Asked | Given]:
        return [asked for asked in self.everything if asked.lines]

    @precondition(lambda self: self.sold)
    @rule(at=instances, nth=nths, which=st.sets(st.integers(0, 5)))
    def give_back(self, at: int, nth: int, which: set[int]) -> None:
        """Some of what was sold is paid back; so it may be asked again, also where another line has
        its seat by then."""
        asked = self.sold[nth % len(self.sold)]
        hold = asked.hold
        assert hold is not None
        self.model.sweep()
        lines = [line for at, line in enumerate(asked.lines) if at in which]
        self.runner.run(self._alone(at, lambda tx: release_sold(tx, asked.hold_id, lines)))
        new = [line for line in lines if line.order_line_id not in asked.returned]
        asked.returned |= {line.order_line_id for line in new}
        seats = {line.seat_idx for line in new if line.seat_idx is not None}
        pools = {self.pool_ids.index(line.pool_id) for line in new if line.pool_id is not None}
        self.model.give_back(hold, seats, pools)

    @precondition(lambda self: self.sold)
    @rule(at=instances, nth=nths, which=nths, to=st.sets(any_seat, min_size=1, max_size=2))
    def reassign(self, at: int, nth: int, which: int, to: set[int]) -> None:
        asked = self.sold[nth % len(self.sold)]
        hold = asked.hold
        assert hold is not None
        live = [
            line
            for line in asked.lines
            if line.seat_idx is not None and line.order_line_id not in asked.returned
        ]
        if not live:
            return None
        first = which % len(live)
        had = {
            line.order_line_id: line.seat_idx
            for line in (live[first:] + live[:first])[: len(to)]
            if line.seat_idx is not None
        }
        seats = sorted(self._seats(to))[: len(had)]
        had = dict(zip(had, list(had.values())[: len(seats)], strict=False))
        moves = dict(zip(had, seats, strict=True))
        self.model.sweep()
        taken = self.model.reassign(hold, {had[line]: to for line, to in moves.items()})
        act = self._alone(at, lambda tx: reassign(tx, asked.hold_id, had, seats))
        if taken is not None:
            with pytest.raises(SeatsTaken) as refused:
                self.runner.run(act)
            return self._same_refusal(refused.value, taken)
        moved = {line: to for line, to in moves.items() if had[line] != to}
        assert self.runner.run(act) == moved
        asked.lines = [
            SaleLine(one.order_line_id, moved[one.order_line_id], None, 1)
            if one.order_line_id in moved
            else one
            for one in asked.lines
        ]
        return None

    # ------------------------------------------------------------ the organizer

    @rule(at=instances, wanted=wishes, opens=st.booleans())
    def block(
        self, at: int, wanted: tuple[set[int], dict[int, int], tuple[int, int]], opens: bool
    ) -> None:
        seats, pools, legs = self._seats(wanted[0]), *wanted[1:]
        first, last = sorted(min(leg, self.legs - 1) for leg in legs)
        request = BlockRequest(*self._named(seats, pools), legs=(first, last))
        verb = self._instance(at).management
        act = (verb.unblock if opens else verb.block)(ORG_ID, self.event_id, request, None)
        if seats & self.stage.versions[self.version].gone:
            with pytest.raises(SelectionInvalid):
                self.runner.run(act)
            return
        self.model.sweep()
        change = self.model.unblock if opens else self.model.block
        before = self.model.version
        taken = change(range(first, last + 1), seats, pools)
        if taken is None:
            changed = self.runner.run(act)
            assert changed.version == self.model.version
            assert bool(changed.seats or changed.pools) is (self.model.version > before)
            return
        with pytest.raises(BlockRefused) as refused:
            self.runner.run(act)
        self._same_refusal(refused.value, taken)

    @precondition(lambda self: self.version + 1 < len(self.stage.versions))
    @rule(at=instances)
    def move(self, at: int) -> None:
        """To the next version of the map, which has more seats, and lacks some."""
        to = self.stage.versions[self.version + 1]
        self.model.sweep()
        taken = self.model.move(range(self.legs), to.gone, dict(enumerate(to.capacities)))
        act = self._instance(at).migrations.migrate(
            ORG_ID, self.event_id, MigrationWish(to.id), None
        )
        if taken is not None:
            with pytest.raises(MigrationRefused) as refused:
                self.runner.run(act)
            way = refused.value.facts["in_the_way"]
            assert [seat["idx"] for seat in way["seats"]] == taken.seats
            used = {f"area-{pool}": used for pool, used in taken.pools.items()}
            assert {area["key"]: area["used"] for area in way["areas"]} == used
            return
        assert self.runner.run(act).version == self.model.version
        self.version += 1
        # Who has not heard of it asks first, and then comes after those who have.
        self.runner.run(self.stage.tell(self.event_id))

    # ------------------------------------------------------------ looking

    @invariant()
    def everything_is_as_the_model_says(self) -> None:
        if hasattr(self, "model"):
            self.runner.run(
                state.compare(
                    self.stage,
                    self.event_id,
                    self.model,
                    {one.hold_id: one.hold for one in self.everything if one.hold},
                    self.forgotten,
                )
            )


@pytest.fixture(scope="module")
def machine(services: Services) -> Iterator[type[Machine]]:
    with services.database() as url, asyncio.Runner() as runner:
        stage = Stage(url, connections_max=6)
        runner.run(stage.__aenter__())
        try:
            yield type("TheMachine", (Machine,), {"stage": stage, "runner": runner})
        finally:
            runner.run(stage.__aexit__())


def test_a_line_goes_back_though_one_that_went_back_before_had_its_seat(
    machine: type[Machine],
) -> None:
    state = machine()
    state.open(legs=2)
    state.sell(at=0, reserve=False, wanted=[({1, 3}, {}, (0, 1))])
    state.give_back(at=0, nth=0, which={1})
    state.reassign(at=1, nth=0, to={3}, which=0)
    state.give_back(at=0, nth=0, which={0, 1})
    state.everything_is_as_the_model_says()


@pytest.mark.timeout(600 + 10 * EXAMPLES)
def test_the_engine_does_what_the_model_says(machine: type[Machine]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            phases=[Phase.generate, *([Phase.shrink] if "MACHINE_SHRINK" in os.environ else [])],
            report_multiple_bugs=False,
            print_blob=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
