"""/v1/events/{event_id}/terms: who bears the fee, which taxes, what an order is asked, what of
it may be paid at first."""

from server.catalog.event_routes import READS, WRITES
from server.catalog.term_models import EventTerms
from server.catalog.terms import Terms
from server.kernel.errors import BadRequest
from server.kernel.http import Call, Operation
from server.orgs.realm import OperatorRealm


def routes(terms: Terms, viewer: OperatorRealm, publisher: OperatorRealm) -> list[Operation]:
    async def get_terms(call: Call) -> EventTerms:
        return await terms.find(call.actor.org_id, call.uuid("event_id"))

    async def replace_terms(call: Call, body: EventTerms) -> EventTerms:
        return await terms.replace(call.actor.org_id, call.uuid("event_id"), body, call.key)

    return [
        Operation(
            "GET", "/v1/events/{event_id}/terms", get_terms, viewer, "On what terms an event sells",
            returns=EventTerms, errors=READS,
        ),
        Operation(
            "PUT", "/v1/events/{event_id}/terms", replace_terms, publisher,
            "Settle on what terms an event sells", body=EventTerms, returns=EventTerms,
            idempotent=True, errors=(*WRITES, BadRequest),
            description="A hold pays by the fee and taxes that were settled when it began.",
        ),
    ]  # fmt: skip
