"""On what terms an event sells, where that is not as its organization has settled it."""

from typing import Annotated

import msgspec

from server.orgs.charges import Bearer
from server.orgs.settings_models import Tax


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an order is asked, once. `id`: what answers name it by, which stays when its words
    change; `options`: of which one is chosen, empty for a text."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_-]{1,40}$(?!\n)", examples=["diet"])]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    is_required: bool = False
    options: Annotated[
        list[Annotated[str, msgspec.Meta(min_length=1, max_length=100)]],
        msgspec.Meta(max_length=50),
    ] = []


Days = Annotated[int, msgspec.Meta(ge=1, le=365, examples=[30])]


class DepositTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an order may be paid of at once, `basis_points` of its total, and until how many days
    before the event begins the rest is due."""

    basis_points: Annotated[int, msgspec.Meta(ge=100, le=9_000, examples=[2_500])]
    due_days_before: Days


class EventTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`fee_bearer`, `taxes`: null for the organization's own; `deposit`: null where an order is
    paid at once. What an order was told stays with it."""

    fee_bearer: Bearer | None = None
    taxes: Annotated[list[Tax], msgspec.Meta(max_length=10)] | None = None
    questions: Annotated[list[Question], msgspec.Meta(max_length=20)] = []
    deposit: DepositTerms | None = None
