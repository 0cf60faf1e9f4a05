"""The faults that a simulation may ask for, drawn from one seeded generator.

Knobs live in memory: a restarted gateway is a healthy one. What a knob decided about an event
is written into the event's plan, so that decision does survive.
"""

import random
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from .models import Plan

Probability = Annotated[float, Meta(ge=0, le=1)]
Seconds = Annotated[float, Meta(ge=0, le=86_400)]

REORDER_WINDOW_S = 2.0


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """Body and answer of POST /_knobs.

    delay_s           every webhook starts that late
    duplicate         chance that a webhook is sent `duplicate_copies` times, at once
    reorder           chance that a webhook is held back up to 2 s, so that later ones overtake it
    drop              chance that a webhook is never sent
    lose_response_after_effect   chance that a write takes effect and its answer is cut off
    answer_delay_s    every answer to a write is that slow, after its effect
    down              chance that a request is refused with 503 before it has any effect, and
                      that a webhook attempt is not made; 1 is an outage
    """

    delay_s: Seconds = 0.0
    duplicate: Probability = 0.0
    duplicate_copies: Annotated[int, Meta(ge=2, le=100)] = 2
    reorder: Probability = 0.0
    drop: Probability = 0.0
    lose_response_after_effect: Probability = 0.0
    answer_delay_s: Seconds = 0.0
    down: Probability = 0.0
    seed: int = 0


class Knobs:
    """The settings in force and their dice."""

    def __init__(self) -> None:
        self.settings = Settings()
        self._random = random.Random(self.settings.seed)

    def turn(self, body: bytes) -> Settings:
        """Change the knobs named in `body`, leave the rest; naming `seed` starts the dice anew.

        Raises msgspec.ValidationError, leaving every knob as it was.
        """
        changes = msgspec.json.decode(body, type=dict[str, object])
        merged = {**msgspec.to_builtins(self.settings), **changes}
        self.settings = msgspec.convert(merged, Settings)
        if "seed" in changes:
            self._random = random.Random(self.settings.seed)
        return self.settings

    def is_down(self) -> bool:
        return self._chance(self.settings.down)

    def loses_response(self) -> bool:
        return self._chance(self.settings.lose_response_after_effect)

    def plan(self, wanted: Plan) -> Plan:
        """`wanted` as the faults in force let it happen."""
        if self._chance(self.settings.drop):
            return Plan(0, wanted.not_before)
        copies = wanted.copies
        if copies and self._chance(self.settings.duplicate):
            copies = max(copies, self.settings.duplicate_copies)
        held_s = self.settings.delay_s
        if self._chance(self.settings.reorder):
            held_s += self._random.uniform(0, REORDER_WINDOW_S)
        return Plan(copies, wanted.not_before + held_s)

    def _chance(self, probability: float) -> bool:
        return probability > 0 and self._random.random() < probability
