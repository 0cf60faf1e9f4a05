"""/v1/directory/venues and /v1/directory/artists: what others keep, passed on."""

from starlette.responses import Response

from server.catalog.directories import (
    ArtistsQuery,
    Directory,
    DirectoryFailed,
    DirectoryOff,
    VenuesQuery,
)
from server.identity.realms import Public
from server.kernel.errors import BadRequest, NotFound
from server.kernel.http import Call, Operation


def routes(venues: Directory, artists: Directory) -> list[Operation]:
    async def list_directory_venues(call: Call) -> Response:
        return await venues.ask(call.request.query_params)

    async def get_directory_venue(call: Call) -> Response:
        return await venues.ask(call.request.query_params, call.text("entry"))

    async def list_directory_artists(call: Call) -> Response:
        return await artists.ask(call.request.query_params)

    async def get_directory_artist(call: Call) -> Response:
        return await artists.ask(call.request.query_params, call.text("entry"))

    def operation(path: str, handler: object, summary: str, query: object) -> Operation:
        return Operation(
            "GET", path, handler, Public(), summary,  # type: ignore[arg-type]
            query=query, returns=dict, errors=(DirectoryFailed, DirectoryOff, BadRequest, NotFound),
            description="Status and body are the directory's own, verbatim; nothing is kept. 502 "
            "where it does not answer, 503 where there is none.",
        )  # fmt: skip

    return [
        operation("/v1/directory/venues", list_directory_venues, "Venues of the directory",
                  VenuesQuery),
        operation("/v1/directory/venues/{entry}", get_directory_venue, "One of them", VenuesQuery),
        operation("/v1/directory/artists", list_directory_artists, "Artists of the directory",
                  ArtistsQuery),
        operation("/v1/directory/artists/{entry}", get_directory_artist, "One of them",
                  ArtistsQuery),
    ]  # fmt: skip
