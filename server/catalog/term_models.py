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


class EventTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`fee_bearer`, `taxes`: null for the organization's own."""

    fee_bearer: Bearer | None = None
    taxes: Annotated[list[Tax], msgspec.Meta(max_length=10)] | None = None
    questions: Annotated[list[Question], msgspec.Meta(max_length=20)] = []
