"""The worker process: outbox relay and reactions, expiry, refunds, reconciliation. Its only wiring.

Any number of workers may run. A log has one writer at a time, so one of them leads the publishing;
everything else takes its work with leases, row locks or in the event's exclusive lane, so that
several workers share it and none of it is done twice.
"""

import asyncio
import datetime as dt
import signal
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec
import uvloop
from redis.asyncio import Redis

import server.checkout.reactions
import server.notify.reactions
import server.refunds.reactions
import server.settlement.reactions
import server.tickets.reactions
from server.admission import service as admission
from server.checkout import grace
from server.hooks import delivering as hooks
from server.hooks.delivering import Fanout
from server.identity import service as identity
from server.inventory import verbs as inventory
from server.inventory.allocations import Allocating
from server.kernel import context, deployment, idempotency, logs
from server.kernel.errors import DomainError
from server.kernel.tasks import end
from server.kernel.tenancy import Across
from server.live.announce import WAKE_TOPIC, RedisAnnouncer
from server.notify import service as notify
from server.notify.transports import Transport, transport_of
from server.outbox import relay
from server.outbox import service as outbox
from server.outbox.kafka import KafkaSink
from server.outbox.relay import Reaction, RedisStreamSink, Sink
from server.parts import Parts, open_parts
from server.payments import gaps, reconciler, refunding
from server.payments import service as payments
from server.refunds import balances
from server.selftest import service as selftest
from server.settings import Settings
from server.settlement.income import Finance

IDLE_S = 1.0
SWEEP_AGAIN_S = 0.05
SWEEPING_MAX = 6
PAYMENTS_EVERY_S = 0.5
CANCELLING_EVERY_S = 0.5
DEPOSITS_EVERY_S = 1.0
ADMIT_EVERY_S = 0.5
MAILS_EVERY_S = 0.5
MAILS_AT_ONCE = 8
REMIND_EVERY_S = 60.0
INCOME_EVERY_S = 1.0
HOOKS_EVERY_S = 0.5
HOUSEKEEPING_EVERY_S = 600.0
COMPARE_EVERY_S = 600.0
COMPARED = dt.timedelta(hours=2)
"""How far back each time; `python -m server reconcile` goes further."""

_log = logs.get(__name__)

Step = Callable[[], Awaitable[float]]
"""Does some work; returns how many seconds to wait before the next time, 0 to go on at once."""


def reactions(parts: Parts) -> Mapping[str, Sequence[Reaction]]:
    """Event type -> who reacts to it, in order."""
    merged: dict[str, list[Reaction]] = {}
    for table in (
        server.checkout.reactions.reactions(parts.checkout),
        server.tickets.reactions.reactions(parts.tickets),
        server.refunds.reactions.reactions(parts.refunds),
        server.settlement.reactions.reactions(parts.settling),
        server.notify.reactions.reactions(
            parts.db,
            parts.mails,
            parts.invitations,
            parts.checkout,
            parts.shares,
            parts.tickets,
            parts.transfers,
        ),
    ):
        for event_type, listed in table.items():
            merged.setdefault(event_type, []).extend(listed)
    return merged


class Worker:
    """`transport`: None where mails must wait; `finance`: None where nobody is told of income."""

    def __init__(
        self,
        parts: Parts,
        sinks: Sequence[Sink],
        transport: Transport | None,
        finance: Finance | None,
    ) -> None:
        self._parts, self._sinks = parts, sinks
        self._transport, self._finance = transport, finance
        self._reactions = reactions(parts)
        self._allocating = Allocating(parts.db, parts.catalog)
        self._wakes = [asyncio.Event() for _ in range(3)]
        self._sweeping: dict[uuid.UUID, asyncio.Task[None]] = {}
        self._next_mail = asyncio.Lock()

    def start(self) -> list[asyncio.Task[None]]:
        """All that it does, each until it is cancelled: no group, which tells its tasks only once
        (see `server.kernel.tasks.end`)."""
        react, publish, receive = self._wakes
        running = [
            self._listen(),
            _forever(self._react, react),
            self._lead("relay:publish", self._publish, publish),
            _forever(self._receive, receive),
            _forever(self._tell_hooks, self._parts.deliveries.ended),
            *(_forever(step, asyncio.Event()) for step in self._steps),
            # Each on its own: one slow conversation keeps no other mail. One looks for the next.
            *(_forever(self._mail, asyncio.Event()) for _ in range(MAILS_AT_ONCE)),
        ]
        return [asyncio.create_task(each) for each in running]

    @property
    def _steps(self) -> tuple[Step, ...]:
        return (
            self._sweep, self._keep, self._release, self._admit, self._pay_back, self._ask,
            self._expire, self._cancel, self._end_deposits, self._remind, self._tell_finance,
            self._keep_house, self._compare,
        )  # fmt: skip

    async def _lead(self, name: str, step: Step, wake: asyncio.Event) -> None:
        """Run `step` while this process leads `name`; bid again for ever."""

        async def lead() -> float:
            async with self._parts.db.leadership(name) as bid:
                while await bid.confirm():
                    delay_s = await step()
                    await _pause(delay_s, wake)
            return IDLE_S

        await _forever(lead, asyncio.Event())

    async def _react(self) -> float:
        return 0 if await relay.react_some(self._parts.db, self._reactions) else IDLE_S

    async def _publish(self) -> float:
        return 0 if await relay.publish_some(self._parts.db, self._sinks) else IDLE_S

    async def _sweep(self) -> float:
        """Expire what is due, and sleep until the next hold ends."""
        context.begin("sweeper")
        due = await inventory.due_events(self._parts.db)
        ready = [event.event_id for event in due if event.due_in_s <= 0]
        for event_id in ready:
            # Each on its own: one event in trouble must not keep the others' seats.
            if event_id not in self._sweeping and len(self._sweeping) < SWEEPING_MAX:
                sweep = asyncio.create_task(self._sweep_event(event_id))
                self._sweeping[event_id] = sweep
                sweep.add_done_callback(lambda _, done=event_id: self._sweeping.pop(done))
        if ready:
            return SWEEP_AGAIN_S
        # A hold made meanwhile lasts longer than this, so none is overslept.
        return min([IDLE_S, *(event.due_in_s for event in due)])

    async def _sweep_event(self, event_id: uuid.UUID) -> None:
        try:
            context.act_for(await self._parts.catalog.org_of(event_id))
            await inventory.sweep(self._parts.db, event_id)
        except Exception as error:
            _log.warning("sweep failed", event_id=str(event_id), error=repr(error))

    async def _keep(self) -> float:
        """Give who is paying more time."""
        context.begin("paying grace")
        await grace.keep_due(self._parts.db, self._parts.catalog)
        return PAYMENTS_EVERY_S

    async def _release(self) -> float:
        """Put on sale what is unsold of allocations whose time has come."""
        context.begin("allocations")
        return 0 if await self._allocating.release_due() else IDLE_S

    async def _admit(self) -> float:
        """Let in whoever waits before an event and may come in now."""
        context.begin("waiting rooms")
        return ADMIT_EVERY_S if await self._parts.admission.move() else IDLE_S

    async def _receive(self) -> float:
        """Apply what payment providers told us."""
        context.begin("webhooks")
        return 0 if await self._parts.payments.inbox.process_some() else IDLE_S

    # A provider that does not answer keeps us waiting: with one thing, and with nothing beside it.

    async def _pay_back(self) -> float:
        context.begin("payments")
        tried = await refunding.refund_some(self._parts.db, self._parts.payments.payers)
        return 0 if tried else PAYMENTS_EVERY_S

    async def _ask(self) -> float:
        """What became of payments that nobody told us of."""
        context.begin("payments")
        return 0 if await self._parts.payments.reconcile() else PAYMENTS_EVERY_S

    async def _expire(self) -> float:
        context.begin("payments")
        return 0 if await self._parts.checkout.expire_due() else PAYMENTS_EVERY_S

    async def _cancel(self) -> float:
        """Give back what cancelled events have sold."""
        context.begin("cancellations")
        return 0 if await self._parts.cancellations.go_on() else CANCELLING_EVERY_S

    async def _end_deposits(self) -> float:
        """Put on sale again what was bought with a deposit whose rest did not come."""
        context.begin("deposits")
        return (
            0 if await balances.end_due(self._parts.db, self._parts.catalog) else DEPOSITS_EVERY_S
        )

    async def _mail(self) -> float:
        context.begin("mail")
        if self._transport is None:
            return HOUSEKEEPING_EVERY_S
        async with self._next_mail:
            mail = await self._parts.mails.take()
            if mail is None:
                await asyncio.sleep(MAILS_EVERY_S)
                return 0
        await self._parts.mails.send(mail, self._transport)
        return 0

    async def _remind(self) -> float:
        context.begin("reminders")
        return 0 if await notify.remind(self._parts.db) else REMIND_EVERY_S

    async def _tell_finance(self) -> float:
        context.begin("income")
        if self._finance is None:
            return HOUSEKEEPING_EVERY_S
        return 0 if await self._finance.push_some() else INCOME_EVERY_S

    async def _compare(self) -> float:
        """Is all money of the last hours places or money back?"""
        context.begin("reconciler")
        since = dt.datetime.now(dt.UTC) - COMPARED
        # As far as what is open, so that it is seen again, or is gone.
        since = min(since, await gaps.oldest(self._parts.db) or since)
        providers = self._parts.payments.providers
        try:
            async for gap in reconciler.compare(self._parts.db, providers, since):
                log = _log.warning if gap.is_mended or gap.is_dismissed else _log.error
                log("money does not match", **msgspec.to_builtins(gap))
        except DomainError as error:
            _log.warning("money not compared", error=error.detail)
        return COMPARE_EVERY_S

    async def _tell_hooks(self) -> float:
        context.begin("webhooks")
        return 0 if await self._parts.deliveries.deliver_some() else HOOKS_EVERY_S

    async def _keep_house(self) -> float:
        context.begin("housekeeping")
        async with self._parts.db.tx(across=Across.PLATFORM) as tx:
            gone = await idempotency.FORGET.run(tx, idempotency.KEPT_HOURS)
            gone += await outbox.skip(tx, list(self._reactions))
            gone += await outbox.forget(tx) + await inventory.forget(tx)
            gone += await identity.forget(tx) + await notify.forget(tx)
            gone += await payments.forget(tx) + await admission.forget(tx) + await hooks.forget(tx)
        await selftest.clean_left(self._parts.db, self._parts.cancellations)
        return 0 if gone else HOUSEKEEPING_EVERY_S

    async def _listen(self) -> None:
        """Commits elsewhere wake relay and inbox; without Redis it looks every IDLE_S."""

        async def listen() -> float:
            async with self._parts.redis.pubsub() as pubsub:
                await pubsub.subscribe(WAKE_TOPIC)
                while True:
                    message = await pubsub.get_message(True, timeout=1.0)
                    if message is not None:
                        for wake in self._wakes:
                            wake.set()

        await _forever(listen, asyncio.Event())


async def _pause(delay_s: float, wake: asyncio.Event) -> None:
    if delay_s > 0:
        try:
            async with asyncio.timeout(delay_s):
                await wake.wait()
        except TimeoutError:
            pass
    wake.clear()


async def _forever(step: Step, wake: asyncio.Event) -> None:
    """An error ends one round, never the worker: the next round finds the work undone."""
    while True:
        try:
            delay_s = await step()
        except Exception as error:
            _log.warning("a round failed", step=getattr(step, "__name__", "?"), error=repr(error))
            delay_s = IDLE_S
        await _pause(delay_s, wake)


def sink_of(settings: Settings, redis: Redis) -> Sink:
    """Kafka where KAFKA_BROKERS names some, else a Redis stream."""
    if settings.kafka_brokers:
        return KafkaSink(settings.kafka_brokers)
    return RedisStreamSink(redis)


async def work(settings: Settings) -> None:
    """Run the worker process until it is told to stop."""
    logs.configure("worker", settings.log_level)
    async with open_parts(settings) as parts:
        sinks = [Fanout(parts.db), sink_of(settings, parts.redis)]
        async with parts.db.tx(read_only=True) as tx:
            epoch = await deployment.epoch(tx)
        parts.db.announce = RedisAnnouncer(parts.redis, epoch)
        transport = transport_of(settings.smtp_url, is_prod=settings.env == "prod")
        if transport is None:
            _log.warning("mails wait: set SMTP_URL")
        finance = (
            Finance(parts.db, settings.finance_url, settings.finance_key)
            if settings.finance_url
            else None
        )
        running = Worker(parts, sinks, transport, finance).start()
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        print("worker ready", flush=True)
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({stopped, *running}, return_when=asyncio.FIRST_COMPLETED)
        _log.info("worker stops", asked=stop.is_set())
        await end(*running)
        for sink in sinks:
            await sink.close()
        if finance is not None:
            await finance.close()


def run(settings: Settings) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work(settings))
