"""What sellers do at a model of an event: allocations, what is taken of them, sales at once.

The part of `test_machine.Machine` that knows of them, and what its parts share.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from server.inventory import verbs
from server.inventory.allocations import AllocationWish, reserve_of_house
from server.inventory.models import (
    BlockRefused,
    HoldView,
    PoolWish,
    SaleLine,
    SeatsTaken,
    Selection,
    SelectionInvalid,
)
from server.inventory.taking import NO_RESERVE, Sale, sell
from server.kernel.db import Tx
from server.kernel.errors import NotFound
from server.kernel.ids import uuid7
from server.orgs.models import ApiClient
from tests.server.inventory.asked import Asked, Given, instances, nths, wishes
from tests.server.inventory.engine import ORG_ID, Instance, Stage
from tests.server.inventory.model import Allocation, Hold, Model, Taken

SELLER = ApiClient(uuid7(), ORG_ID, frozenset())


class Sellers(RuleBasedStateMachine):
    stage: Stage
    runner: asyncio.Runner
    legs: int
    event_id: uuid.UUID
    pool_ids: list[uuid.UUID]
    model: Model
    asked: list[Asked]
    given: list[Given]
    allotted: list[tuple[uuid.UUID, Allocation]]
    version: int

    @property
    def held(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.hold is not None]

    @property
    def everything(self) -> list[Asked | Given]:
        return [*self.held, *self.given]

    def _seats(self, seats: set[int]) -> set[int]:
        """Some that all have an index by now, whether or not the map has them still."""
        return {seat % self.stage.versions[self.version].seats for seat in seats}

    def _pools(self, pools: dict[int, int]) -> dict[uuid.UUID, int]:
        return {self.pool_ids[at]: quantity for at, quantity in pools.items()}

    def _instance(self, at: int) -> Instance:
        return self.stage.instances[at]

    def _selection(self, seats: set[int], pools: dict[int, int]) -> Selection:
        return Selection(*self._named(seats, pools))

    def _named(self, seats: set[int], pools: dict[int, int]) -> tuple[list[int], list[PoolWish]]:
        wanted = [PoolWish(pool, quantity) for pool, quantity in self._pools(pools).items()]
        return sorted(seats), wanted

    def _lines(self, hold: Hold) -> list[SaleLine]:
        pools = self._pools(hold.pools).items()
        seats = [SaleLine(uuid7(), seat, None, 1) for seat in sorted(hold.seats)]
        return seats + [SaleLine(uuid7(), None, pool, quantity) for pool, quantity in pools]

    def _alone(self, at: int, work: Callable[[Tx], Awaitable[Any]]) -> Coroutine[Any, Any, Any]:
        return verbs.alone(self._instance(at).db, self.event_id, work)

    def _same(self, view: HoldView, hold: Hold) -> None:
        assert {seat.idx for seat in view.seats} == hold.seats
        assert {p.pool_id: p.quantity for p in view.pools} == self._pools(hold.pools)
        assert view.legs == (hold.legs[0], hold.legs[-1])

    def _same_refusal(self, answer: object, taken: Taken) -> None:
        assert isinstance(answer, SeatsTaken | BlockRefused), answer
        assert answer.seats == taken.seats
        found = {shortage.pool_id: shortage.available for shortage in answer.pools}
        assert found == self._pools(taken.pools)

    @rule(at=instances, wanted=wishes)
    def allocate(self, at: int, wanted: tuple[set[int], dict[int, int], tuple[int, int]]) -> None:
        seats, pools = self._seats(wanted[0]), wanted[1]
        named = self._named(seats, pools)
        request = AllocationWish(name="Club", seats=named[0], pools=named[1])
        act = self._instance(at).allocating.create(ORG_ID, self.event_id, request, None)
        if seats & self.stage.versions[self.version].gone:
            with pytest.raises(SelectionInvalid):
                self.runner.run(act)
            return
        self.model.sweep()
        made = self.model.allocate(range(self.legs), seats, pools)
        if isinstance(made, Taken):
            with pytest.raises(BlockRefused) as refused:
                self.runner.run(act)
            self._same_refusal(refused.value, made)
        else:
            self.allotted.append((self.runner.run(act).id, made))

    @precondition(lambda self: self.allotted)
    @rule(at=instances, nth=nths, wanted=wishes, more=st.booleans())
    def take(
        self,
        at: int,
        nth: int,
        wanted: tuple[set[int], dict[int, int], tuple[int, int]],
        more: bool,
    ) -> None:
        """A seller holds places of an allocation; `more`: perhaps also others."""
        allocation_id, home = self.allotted[nth % len(self.allotted)]
        seats = self._seats(wanted[0]) if more else home.seats & self._seats(wanted[0])
        pools = dict(wanted[1])
        if not seats and not pools:
            return
        hold = Hold(seats, pools, range(self.legs), home=home)
        act = self._instance(at).allocating.hold(
            SELLER, allocation_id, self._selection(seats, pools), None
        )
        if not home.stands:
            with pytest.raises(NotFound):
                self.runner.run(act)
            return
        self.model.sweep()
        taken = self.model.take(hold)
        if taken is None:
            view = self.runner.run(act)
            self._same(view, hold)
            self.given.append(Given(view.id, hold))
            return
        with pytest.raises(SeatsTaken) as refused:
            self.runner.run(act)
        self._same_refusal(refused.value, taken)

    @precondition(lambda self: self.allotted)
    @rule(at=instances, nth=nths)
    def release_allocation(self, at: int, nth: int) -> None:
        allocation_id, home = self.allotted[nth % len(self.allotted)]
        act = self._instance(at).allocating.release(ORG_ID, allocation_id, None)
        self.model.sweep()
        if not home.stands:
            with pytest.raises(NotFound):
                self.runner.run(act)
            return
        self.runner.run(act)
        self.model.release_allocation(range(self.legs), home)

    @precondition(lambda self: any(given.hold.status in ("active", "over") for given in self.given))
    @rule(at=instances, nth=nths)
    def give_up(self, at: int, nth: int) -> None:
        """A seller's customer does not come."""
        there = [given for given in self.given if given.hold.status in ("active", "over")]
        given = there[nth % len(there)]
        self.model.sweep()
        self.runner.run(self._alone(at, lambda tx: verbs.release(tx, given.hold_id)))
        self.model.release(given.hold)

    @rule(at=instances, wanted=st.lists(wishes, min_size=1, max_size=3), reserve=st.booleans())
    def sell(
        self,
        at: int,
        wanted: list[tuple[set[int], dict[int, int], tuple[int, int]]],
        reserve: bool,
    ) -> None:
        """Some sales at the box office, all or none; `reserve`: also of what is off sale."""
        legs = range(self.legs)
        sales = list[Hold]()
        for drawn, pools, _ in wanted:
            seats = self._seats(drawn) - {seat for sale in sales for seat in sale.seats}
            sales.append(Hold(seats, dict(pools), legs))
        given = [Given(uuid7(), sale, self._lines(sale)) for sale in sales]
        whole = self._selection({s for sale in sales for s in sale.seats}, {0: 1, 1: 1})
        instance = self._instance(at)

        async def work(tx: Tx) -> None:
            event, places = await instance.catalog.event_now(self.event_id)
            there = await reserve_of_house(tx, event, whole, places) if reserve else NO_RESERVE
            made = [Sale(one.hold_id, uuid7(), one.lines) for one in given]
            await sell(tx, event, made, (0, self.legs - 1), there)

        self.model.sweep()
        taken = self.model.sell(*sales, reserve=reserve)
        if taken is None:
            self.runner.run(self._alone(at, work))
            self.given += given
            return
        with pytest.raises(SeatsTaken) as refused:
            self.runner.run(self._alone(at, work))
        self._same_refusal(refused.value, taken)
