"""/v1/maps: what an organization's people do with its maps, from the upload to the version."""

import uuid
from typing import Annotated

import msgspec
from starlette.responses import Response

from seatmap import BYTES_MAX
from server.catalog.drafting import Draft, Labels
from server.catalog.geometry import Geometry
from server.catalog.map_models import (
    DraftMoved,
    DrawingNotRead,
    DrawingRefused,
    EditList,
    EditRefused,
    Edits,
    EventsOnMap,
    MapExists,
    MapNotPublished,
    MapNotReady,
    MapPage,
    MapPublished,
    MapVersion,
    MapView,
    NewMap,
    NewMapping,
    VersionPage,
)
from server.catalog.maps import Maps
from server.catalog.routes import IMMUTABLE_OWN, REVALIDATE_OWN, gzipped_json
from server.catalog.service import Catalog
from server.catalog.versions import Versions
from server.kernel import logs
from server.kernel.errors import (
    DatabaseUnavailable,
    Forbidden,
    IdempotencyKeyReused,
    NotFound,
    Overloaded,
    Unauthenticated,
)
from server.kernel.http import Call, Operation
from server.orgs.realm import OperatorRealm

Revision = Annotated[int, msgspec.Meta(ge=0, lt=1 << 31)]


class PageQuery(msgspec.Struct):
    page_size: int = 20
    next_token: str | None = None


class RevisionQuery(msgspec.Struct):
    """`revision`: the draft's, as the caller knows it."""

    revision: Revision


class DrawingQuery(msgspec.Struct):
    """`name`: the file's."""

    revision: Revision
    name: Annotated[str, msgspec.Meta(max_length=200)] = ""


_READS = (Unauthenticated, Forbidden, NotFound)
_WRITES = (*_READS, IdempotencyKeyReused, DatabaseUnavailable)
_CHANGES = (*_WRITES, DraftMoved, DrawingRefused, DrawingNotRead, Overloaded)


def routes(
    maps: Maps, versions: Versions, catalog: Catalog, operator: OperatorRealm
) -> list[Operation]:
    def named(call: Call) -> tuple[str, uuid.UUID]:
        map_id = call.uuid("map_id")
        logs.bind(map_id=map_id)
        return call.actor.org_id, map_id

    def revision(call: Call) -> int:
        return call.query(RevisionQuery).revision

    async def list_maps(call: Call) -> MapPage:
        wanted = call.query(PageQuery)
        return await maps.page(call.actor.org_id, wanted.page_size, wanted.next_token)

    async def create_map(call: Call, body: NewMap) -> MapView:
        return await maps.create(call.actor.org_id, body, call.key)

    async def get_map_and_draft(call: Call) -> MapView:
        return await maps.get(*named(call))

    async def delete_map(call: Call) -> None:
        await maps.delete(*named(call), revision(call), call.key)

    async def upload_drawing(call: Call, body: bytes) -> MapView:
        wanted = call.query(DrawingQuery)
        return await maps.upload(*named(call), wanted.revision, body, wanted.name, call.key)

    async def set_mapping(call: Call, body: NewMapping) -> MapView:
        return await maps.map_by(*named(call), revision(call), body.mapping, call.key)

    async def get_draft(call: Call) -> Response:
        now, document = await maps.draft(*named(call))
        return gzipped_json(call, f'"{now}"', REVALIDATE_OWN, document)

    async def discard_draft(call: Call) -> MapView:
        return await maps.discard(*named(call), revision(call), call.key)

    async def list_edits(call: Call) -> EditList:
        return await maps.edits(*named(call))

    async def append_edits(call: Call, body: Edits) -> MapView:
        return await maps.append(*named(call), revision(call), body.edits, call.key)

    async def replace_edits(call: Call, body: Edits) -> MapView:
        return await maps.replace(*named(call), revision(call), body.edits, call.key)

    async def publish_version(call: Call) -> MapVersion:
        return await versions.publish(*named(call), revision(call), call.key)

    async def list_versions(call: Call) -> VersionPage:
        return await versions.page(*named(call))

    async def get_version(call: Call) -> MapVersion:
        return await versions.get(*named(call), call.uuid("version_id"))

    async def get_version_geometry(call: Call) -> Response:
        version = await versions.get(*named(call), call.uuid("version_id"))
        document = await catalog.geometry(version.id)
        return gzipped_json(call, f'"{version.id}"', IMMUTABLE_OWN, document)

    async def list_events_on_map(call: Call) -> EventsOnMap:
        return await versions.events(*named(call))

    async def extract_labels(call: Call, body: bytes) -> Labels:
        return await maps.labels(call.actor.org_id, body)

    one = "/v1/maps/{map_id}"
    version = f"{one}/versions/{{version_id}}"
    return [
        Operation(
            "GET", "/v1/maps", list_maps, operator, "The organization's maps, last changed first",
            returns=MapPage, query=PageQuery, errors=(Unauthenticated, Forbidden),
        ),
        Operation(
            "POST", "/v1/maps", create_map, operator, "Make a map of a venue, empty so far",
            body=NewMap, returns=MapView, status=201, idempotent=True, errors=(*_WRITES, MapExists),
        ),
        Operation(
            "POST", "/v1/maps/labels", extract_labels, operator,
            "The words of a drawing and what they name; nothing is kept",
            body=bytes, body_bytes_max=BYTES_MAX, returns=Labels,
            errors=(Unauthenticated, DrawingRefused, DrawingNotRead, Overloaded),
        ),
        Operation(
            "GET", one, get_map_and_draft, operator, "A map, its report, its latest version",
            returns=MapView, errors=(*_READS, DrawingRefused, DrawingNotRead, Overloaded),
        ),
        Operation(
            "DELETE", one, delete_map, operator, "Delete a map that was never published",
            query=RevisionQuery, idempotent=True, errors=(*_WRITES, DraftMoved, MapPublished),
        ),
        Operation(
            "PUT", f"{one}/drawing", upload_drawing, operator,
            "Upload the drawing: SVG, svgz, a pretix seating plan or a seats.io chart",
            query=DrawingQuery, body=bytes, body_bytes_max=BYTES_MAX, returns=MapView,
            idempotent=True, errors=_CHANGES,
            description="The edits stay, and act on what has the same keys in the new drawing. The "
            "answer's report says what was found, what is uncertain and what hinders publishing.",
        ),
        Operation(
            "PUT", f"{one}/mapping", set_mapping, operator,
            "Say what reading the drawing cannot know (TOML or JSON)",
            query=RevisionQuery, body=NewMapping, returns=MapView, idempotent=True,
            errors=(*_CHANGES, MapNotReady),
        ),
        Operation(
            "GET", f"{one}/draft", get_draft, operator, "The draft as it would be published now",
            returns=Draft, errors=(*_READS, MapNotReady, DrawingRefused, DraftMoved, Overloaded),
        ),
        Operation(
            "DELETE", f"{one}/draft", discard_draft, operator,
            "Back to what the latest version was made of",
            query=RevisionQuery, returns=MapView, idempotent=True,
            errors=(*_CHANGES, MapNotPublished),
        ),
        Operation(
            "GET", f"{one}/edits", list_edits, operator, "The draft's edits, in order",
            returns=EditList, errors=_READS,
        ),
        Operation(
            "POST", f"{one}/edits", append_edits, operator, "Do these edits too, all or nothing",
            query=RevisionQuery, body=Edits, returns=MapView, idempotent=True,
            errors=(*_CHANGES, MapNotReady, EditRefused),
        ),
        Operation(
            "PUT", f"{one}/edits", replace_edits, operator,
            "Do these edits instead of those there are",
            query=RevisionQuery, body=Edits, returns=MapView, idempotent=True,
            errors=(*_CHANGES, MapNotReady),
            description="What an edit names and is not there is told in the report.",
        ),
        Operation(
            "POST", f"{one}/versions", publish_version, operator, "Publish the draft",
            query=RevisionQuery, returns=MapVersion, status=201, idempotent=True,
            errors=(*_CHANGES, MapNotReady),
            description="Immutable. A draft that says what the latest version says gives that one.",
        ),
        Operation(
            "GET", f"{one}/versions", list_versions, operator, "The map's versions, newest first",
            returns=VersionPage, errors=_READS,
        ),
        Operation(
            "GET", version, get_version, operator, "One version", returns=MapVersion, errors=_READS,
        ),
        Operation(
            "GET", f"{version}/geometry", get_version_geometry, operator, "One version's geometry",
            returns=Geometry, errors=_READS,
        ),
        Operation(
            "GET", f"{one}/events", list_events_on_map, operator,
            "Events that are sold by a version of the map", returns=EventsOnMap, errors=_READS,
        ),
    ]  # fmt: skip
