"""GET /v1/events/{event_id}/host, GET /v1/collaborations."""

from server.catalog.hosts import Collaborations, Host, Hosts
from server.identity.realms import Public
from server.kernel.errors import Forbidden, NotFound, Unauthenticated
from server.kernel.http import Call, Operation
from server.orgs.realm import OperatorRealm


def routes(hosts: Hosts, reader: OperatorRealm) -> list[Operation]:
    async def get_host(call: Call) -> Host:
        return await hosts.of_event(call.uuid("event_id"))

    async def list_collaborations(call: Call) -> Collaborations:
        return await hosts.collaborations(call.actor.org_id)

    return [
        Operation(
            "GET", "/v1/events/{event_id}/host", get_host, Public(),
            "The organization that answers for an event", returns=Host, errors=(NotFound,),
        ),
        Operation(
            "GET", "/v1/collaborations", list_collaborations, reader,
            "Events on which the organization works with another",
            returns=Collaborations, errors=(Unauthenticated, Forbidden),
            description="As the owner of the venue, as the promoter in another's, or as the seller "
            "of an allocation.",
        ),
    ]  # fmt: skip
