"""An organizer's maps, as tests make and change them: through HTTP."""

import uuid
from importlib.resources import files
from typing import Any

import httpx

from tests.fixtures.product import Event, Product
from tests.server.support import Organizer, ok, rows


def club() -> bytes:
    return files("seatmap.samples").joinpath("club.svg").read_bytes()


def hall(rows_of_seats: dict[str, int], *, areas: str = "") -> bytes:
    """A drawing of one section: rows by name with so many seats; `areas`: more elements."""
    seats = "".join(
        f'<circle data-section="stalls" data-row="{row}" data-seat="{seat + 1}" '
        f'cx="{20 + 12 * seat}" cy="{40 + 20 * at}" r="4"/>'
        for at, (row, count) in enumerate(rows_of_seats.items())
        for seat in range(count)
    )
    stage = '<rect id="stage" x="20" y="4" width="200" height="12"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300">{stage}{seats}{areas}</svg>'
    ).encode()


class MapMaker(Organizer):
    """The owner, with a map; `now` is the map as the last answer told it."""

    now: dict[str, Any]

    async def make(self, name: str | None = None) -> dict[str, Any]:
        wish = {
            "name": name or f"Map {uuid.uuid4().hex[:8]}",
            "venue": {"name": "Hall", "city": "Vienna", "country": "AT"},
        }
        self.now = ok(await self.call("POST", "/v1/maps", wish), 201)
        return self.now

    @property
    def path(self) -> str:
        return f"/v1/maps/{self.now['id']}"

    async def write(
        self,
        method: str,
        what: str,
        body: Any = None,
        *,
        revision: int | None = None,
        key: str | None = None,
        **query: str,
    ) -> httpx.Response:
        """A write to the draft at its revision, or at another."""
        asked = {"revision": str(self.now["revision"] if revision is None else revision)} | query
        path = str(httpx.URL(f"{self.path}{what}", params=asked))
        return await self.call(method, path, body, key=key)

    async def changed(self, method: str, what: str, body: Any = None, **more: Any) -> Any:
        self.now = ok(await self.write(method, what, body, **more))
        return self.now

    async def upload(self, drawing: bytes) -> dict[str, Any]:
        return await self.changed("PUT", "/drawing", drawing, name="hall.svg")

    async def edit(self, *edits: dict[str, Any]) -> dict[str, Any]:
        return await self.changed("POST", "/edits", {"edits": list(edits)})

    async def publish(self) -> dict[str, Any]:
        return ok(await self.write("POST", "/versions"), 201)

    async def open(self, version: dict[str, Any], **wish: Any) -> httpx.Response:
        """An event of this version, every zone at 25; `wish`: what else or instead."""
        zones = ok(await self.call("GET", version["geometry_url"]))["zones"]
        body = {
            "version_id": version["id"],
            "name": "Große Nacht",
            "starts_at": "2031-05-01T22:30:00Z",
            "timezone": "Europe/Vienna",
            "currency": "EUR",
            "prices_minor": {zone["key"]: 2_500 for zone in zones},
        }
        return await self.call("POST", "/v1/events", body | wish, key=uuid.uuid4().hex)

    async def draft(self) -> dict[str, Any]:
        return ok(await self.call("GET", f"{self.path}/draft"))


async def adopt(product: Product, client: httpx.AsyncClient, event: Event) -> MapMaker:
    """The map that an event was created with."""
    maker = MapMaker(product, client)
    found = await rows(
        product,
        "SELECT m.lineage_id FROM events e JOIN maps m ON m.id = e.map_id WHERE e.id = $1",
        event.id,
    )
    maker.now = ok(await maker.call("GET", f"/v1/maps/{found[0]['lineage_id']}"))
    return maker
