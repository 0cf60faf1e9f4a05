"""From an upload to a version: what a draft is, what hinders it, what never changes."""

import gzip
import uuid
from typing import Any

import httpx
import msgspec
import pytest

from seatmap import BYTES_MAX, formats
from server.catalog import draftsman
from server.catalog.draftsman import Draftsman
from server.catalog.map_models import DrawingNotRead
from server.catalog.maps import Maps
from server.kernel import context
from server.kernel.db import Database
from server.kernel.idempotency import key_of
from tests.fixtures.product import ORG_ID, Product
from tests.server.catalog.venue import MapMaker, club, hall
from tests.server.support import ok, problem, rows


@pytest.fixture
def maker(house: Product, client: httpx.AsyncClient) -> MapMaker:
    return MapMaker(house, client)


def codes(report: dict[str, Any], kind: str = "errors") -> list[str]:
    return [finding["code"] for finding in report[kind]]


async def test_a_drawing_becomes_a_version(maker: MapMaker) -> None:
    empty = await maker.make()
    assert (empty["revision"], empty["drawing"], empty["is_changed"]) == (0, None, False)
    assert codes(empty["report"]) == ["no_drawing"]
    drawn = await maker.upload(gzip.compress(club()))
    assert drawn["counts"] == {
        "sections": 4, "rows": 0, "tables": 16, "seats": 94, "areas": 2, "zones": 5, "places": 574,
    }  # fmt: skip
    assert (drawn["revision"], drawn["is_changed"], drawn["latest"]) == (1, True, None)
    assert drawn["report"]["errors"] == []
    draft = await maker.draft()
    assert (draft["revision"], len(draft["seat_keys"])) == (1, 94)
    assert len(draft["row_keys"]) == len(draft["geometry"]["rows"])
    version = await maker.publish()
    assert (version["version"], version["seats"]) == (1, 94)
    answer = await maker.call("GET", version["geometry_url"])
    assert "immutable" in answer.headers["cache-control"]
    drawn = ok(answer)
    assert drawn | {"id": ""} == draft["geometry"] | {"id": ""}
    assert drawn["id"] == version["id"]
    now = ok(await maker.call("GET", maker.path))
    assert (now["latest"], now["is_changed"]) == (version, False)


async def test_an_unchanged_draft_is_the_version_that_there_is(maker: MapMaker) -> None:
    await maker.make()
    await maker.upload(club())
    first = await maker.publish()
    assert await maker.publish() == first
    await maker.edit({"op": "rename", "key": "t1", "name": "One"})
    second = await maker.publish()
    assert (second["version"], second["digest"] == first["digest"]) == (2, False)
    await maker.changed("PUT", "/edits", {"edits": []})
    third = await maker.publish()
    assert (third["version"], third["digest"]) == (3, first["digest"])
    listed = ok(await maker.call("GET", f"{maker.path}/versions"))["items"]
    assert listed == [third, second, first]
    told = await rows(
        maker.product,
        "SELECT data FROM outbox_events WHERE type = 'catalog.map.published' AND subject = $1",
        f"map:{maker.now['id']}",
    )
    assert len(told) == 3


async def test_every_edit_shows_in_the_draft(maker: MapMaker) -> None:
    await maker.make()
    area = '<rect id="ga-floor" data-name="GA Floor" x="20" y="150" width="200" height="60"/>'
    table = '<g id="table-7"><circle cx="300" cy="200" r="10"/></g>'
    drawn = await maker.upload(hall({"A": 4, "B": 4}, areas=area + table))
    assert codes(drawn["report"]) == ["area_without_capacity"]
    draft = await maker.draft()
    assert draft["unknown_capacities"] == [draft["geometry"]["areas"][0]["key"]]
    (floor,) = draft["unknown_capacities"]
    keys = draft["seat_keys"]
    section = draft["geometry"]["sections"][0]["key"]
    done = await maker.edit(
        {"op": "capacity", "key": floor, "places": 80},
        {"op": "rename", "key": section, "name": "Parkett"},
        {"op": "rename", "key": draft["row_keys"][1], "name": "BB"},
        {"op": "renumber", "keys": [draft["row_keys"][0]], "start": 2, "step": 2, "reverse": True},
        {"op": "zone", "key": "gold", "name": "Gold", "ticket_type": "Early bird"},
        {"op": "assign", "keys": [draft["row_keys"][0], floor], "zone": "gold"},
        {"op": "access", "keys": [keys[0]], "accessible": True, "restricted_view": True},
        {"op": "access", "keys": [keys[1]], "companion": True},
        {"op": "access", "keys": [keys[0]], "restricted_view": False},
        {"op": "remove", "keys": [keys[7]]},
        {"op": "focal", "at": [120, 10]},
    )
    assert (done["edits"], done["report"]["errors"]) == (11, [])
    geometry = (await maker.draft())["geometry"]
    assert geometry["areas"][0]["capacity"] == 80
    assert geometry["sections"][0]["name"] == "Parkett"
    assert [(row["name"], row["numbers"]) for row in geometry["rows"]] == [
        ("A", [8, -2]),
        ("BB", [1, 1]),
    ]
    gold = next(at for at, zone in enumerate(geometry["zones"]) if zone["key"] == "gold")
    assert geometry["zones"][gold] == {"key": "gold", "name": "Gold", "ticket_type": "Early bird"}
    assert geometry["areas"][0]["zone"] == gold
    assert geometry["seats"]["zone"][0] == [4, gold]
    assert geometry["seats"]["access"] == [[0, 1], [1, 2]]
    assert (geometry["seats"]["n"], geometry["focal"]) == (7, [1200, 100])


async def test_a_table_gets_and_loses_chairs(maker: MapMaker) -> None:
    await maker.make()
    await maker.upload(club())
    counts = (await maker.edit({"op": "capacity", "key": "t1", "places": 9}))["counts"]
    assert counts["seats"] == 97
    draft = await maker.draft()
    table = next(t for t in draft["geometry"]["tables"] if t["key"] == "t1")
    assert (table["seats"], table["numbers"]) == ([0, 9], [1, 1])
    assert draft["seat_keys"][:9] == [f"t1/{chair + 1}" for chair in range(9)]
    counts = (await maker.edit({"op": "capacity", "key": "t1", "places": 2}))["counts"]
    assert counts["seats"] == 90
    await maker.publish()


async def test_places_that_nobody_could_tell_apart_are_not_published(maker: MapMaker) -> None:
    await maker.make()
    await maker.upload(hall({"A": 3}))
    keys = (await maker.draft())["seat_keys"]
    same = await maker.edit({"op": "rename", "key": keys[0], "name": "2"})
    (finding,) = same["report"]["errors"]
    assert (finding["code"], finding["count"], finding["keys"]) == ("same_name", 2, keys[:2])
    refused = problem(await maker.write("POST", "/versions"), 409, "map-not-ready")
    assert refused["errors"] == [finding]
    ok(await maker.call("GET", f"{maker.path}/versions"))


async def test_a_seating_plan_of_another_system_becomes_a_map(maker: MapMaker) -> None:
    await maker.make()
    plan = formats.pretix.write(formats.read(hall({"A": 4, "B": 3})), "Hall")
    drawn = await maker.upload(plan)
    assert (drawn["counts"]["seats"], drawn["counts"]["rows"]) == (7, 2)
    assert (await maker.publish())["seats"] == 7


async def test_who_edits_an_old_revision_is_told_the_new_one(maker: MapMaker) -> None:
    await maker.make()
    await maker.upload(club())
    edits = {"edits": [{"op": "rename", "key": "t1", "name": "One"}]}
    stale = await maker.write("POST", "/edits", edits, revision=0)
    assert problem(stale, 412, "draft-moved")["revision"] == 1
    problem(await maker.write("POST", "/versions", revision=0), 412, "draft-moved")
    problem(await maker.call("POST", f"{maker.path}/edits", edits), 400, "bad-request")
    assert ok(await maker.call("GET", f"{maker.path}/edits")) == {"revision": 1, "edits": []}


async def test_an_edit_of_what_is_not_there_is_refused_and_the_others_with_it(
    maker: MapMaker,
) -> None:
    await maker.make()
    await maker.upload(club())
    good = {"op": "rename", "key": "t1", "name": "One"}
    for wrong, keys in (
        ({"op": "rename", "key": "nowhere", "name": "x"}, ["nowhere"]),
        ({"op": "assign", "keys": ["t1"], "zone": "nowhere"}, ["nowhere"]),
        ({"op": "capacity", "key": "t1/1", "places": 3}, ["t1/1"]),
        ({"op": "renumber", "keys": ["t1/1"], "start": 1, "step": 1, "reverse": False}, ["t1/1"]),
    ):
        answer = await maker.write("POST", "/edits", {"edits": [good, wrong]})
        refused = problem(answer, 422, "edit-refused")
        assert (refused["edit"], refused["keys"]) == (1, keys)
    assert ok(await maker.call("GET", maker.path))["edits"] == 0


async def test_edits_outlive_a_new_drawing_as_far_as_names_do(maker: MapMaker) -> None:
    await maker.make()
    await maker.upload(hall({"A": 3, "B": 3}))
    keys = (await maker.draft())["seat_keys"]
    edit = {"op": "access", "keys": [keys[1], keys[5]], "accessible": True}
    await maker.edit(edit)
    redrawn = await maker.upload(hall({"A": 3, "B": 2}))
    warned = {f["code"]: f["keys"] for f in redrawn["report"]["warnings"]}
    assert warned["edit_without_effect"] == [keys[5]]
    assert (await maker.draft())["geometry"]["seats"]["access"] == [[1, 1]]
    listed = ok(await maker.call("GET", f"{maker.path}/edits"))
    assert listed["edits"][0]["keys"] == edit["keys"]


async def test_a_mapping_says_what_reading_cannot_know(maker: MapMaker) -> None:
    await maker.make()
    await maker.upload(hall({"A": 3}))
    mapped = await maker.changed("PUT", "/mapping", {"mapping": '[rename]\nA = "Front"\n'})
    assert mapped["mapping"] == '[rename]\nA = "Front"\n'
    assert (await maker.draft())["geometry"]["rows"][0]["name"] == "Front"
    answer = await maker.write("PUT", "/mapping", {"mapping": "[seats]\nnonsense = 1"})
    assert "nonsense" in problem(answer, 422, "drawing-refused")["detail"]
    await maker.changed("PUT", "/mapping", {"mapping": None})
    assert (await maker.draft())["geometry"]["rows"][0]["name"] == "A"


async def test_a_draft_goes_back_to_its_version_and_a_map_without_one_goes(
    maker: MapMaker,
) -> None:
    await maker.make()
    problem(await maker.write("DELETE", "/draft"), 409, "map-not-published")
    await maker.upload(club())
    await maker.publish()
    await maker.edit({"op": "rename", "key": "t1", "name": "One"})
    changed = await maker.upload(hall({"A": 2}))
    assert changed["is_changed"]
    back = await maker.changed("DELETE", "/draft")
    assert (back["is_changed"], back["edits"], back["counts"]["seats"]) == (False, 0, 94)
    problem(await maker.write("DELETE", ""), 409, "map-published")
    kept = "SELECT count(*) AS n FROM map_sources"
    before = (await rows(maker.product, kept))[0]["n"]
    await maker.make()
    await maker.upload(hall({"A": 2}))
    await maker.upload(hall({"A": 3}))
    assert (await maker.write("DELETE", "")).status_code == 204
    problem(await maker.call("GET", maker.path), 404, "not-found")
    assert (await rows(maker.product, kept))[0]["n"] == before


async def test_one_key_one_answer(maker: MapMaker) -> None:
    wish = {"name": "Once", "venue": {"name": "Once", "city": "Linz", "country": "AT"}}
    made = [await maker.call("POST", "/v1/maps", wish, key="make-once") for _ in range(2)]
    assert ok(made[0], 201) == ok(made[1], 201)
    maker.now = made[0].json()
    at = maker.now["venue"]["id"]
    again = await maker.call("POST", "/v1/maps", {"name": "Once", "venue_id": at})
    problem(again, 409, "map-exists")
    for method, what, body in (
        ("PUT", "/drawing", club()),
        ("POST", "/edits", {"edits": [{"op": "focal", "at": None}]}),
        ("POST", "/versions", None),
    ):
        key = f"once{what}"
        first = await maker.write(method, what, body, key=key)
        second = await maker.write(method, what, body, key=key)
        assert first.is_success
        assert (first.status_code, first.json()) == (second.status_code, second.json())
        maker.now = ok(await maker.call("GET", maker.path))
    assert maker.now["revision"] == 2
    of_before = await maker.write("PUT", "/drawing", club(), key="once/drawing")
    problem(of_before, 422, "idempotency-key-reused")
    nothing = {"edits": [{"op": "rename", "key": "nowhere", "name": "x"}]}
    for _ in range(2):
        refused = await maker.write("POST", "/edits", nothing, key="refused once")
        problem(refused, 422, "edit-refused")


async def test_what_took_too_long_once_is_read_under_the_same_key(
    maker: MapMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = await maker.make()
    wanted = (ORG_ID, uuid.UUID(now["id"]), 0, hall({"A": 3}), "")
    key = key_of("in a rush", "anybody", "upload", b"")
    context.act_for(ORG_ID)
    db = await Database.open(maker.product.database_url, connections_max=2)
    async with Draftsman() as reader:
        maps = Maps(db, reader)
        monkeypatch.setattr(draftsman, "TASK_MAX_S", 0.0)
        with pytest.raises(DrawingNotRead):
            await maps.upload(*wanted, key)
        monkeypatch.undo()
        read = await maps.upload(*wanted, key)
    await db.close()
    assert (read.revision, read.counts and read.counts.seats) == (1, 3)


async def test_no_more_edits_than_one_body_brings_back(maker: MapMaker) -> None:
    await maker.make()
    await maker.upload(hall({"A": 2}))
    seat = (await maker.draft())["seat_keys"][0]
    edit = {"op": "access", "keys": [seat] * 2_000, "accessible": True}
    half = 600_000 // len(msgspec.json.encode(edit))
    await maker.edit(*[edit] * half)
    problem(await maker.write("POST", "/edits", {"edits": [edit] * half}), 400, "bad-request")
    listed = ok(await maker.call("GET", f"{maker.path}/edits"))
    await maker.changed("PUT", "/edits", {"edits": listed["edits"][:-1]})


async def test_what_cannot_have_a_capacity_is_told_and_so_is_one_that_is_too_large(
    maker: MapMaker,
) -> None:
    await maker.make()
    area = '<rect id="ga-floor" data-capacity="3000000000" x="20" y="150" width="200" height="60"/>'
    drawn = await maker.upload(hall({"A": 2, "B": 2}, areas=area))
    assert codes(drawn["report"]) == ["area_too_large"]
    draft = await maker.draft()
    section = draft["geometry"]["sections"][0]["key"]
    for key in (section, draft["row_keys"][1], draft["seat_keys"][3]):
        edit = {"op": "capacity", "key": key, "places": 4}
        refused = problem(
            await maker.write("POST", "/edits", {"edits": [edit]}), 422, "edit-refused"
        )
        assert refused["keys"] == [key]
    for edit in (
        {"op": "zone", "key": "gold\n", "name": "Gold"},
        {"op": "renumber", "keys": [draft["row_keys"][0]], "start": "A\n"},
    ):
        problem(await maker.write("POST", "/edits", {"edits": [edit]}), 400, "bad-request")


async def test_pages_of_maps_follow_each_other(maker: MapMaker) -> None:
    made = [(await maker.make())["id"] for _ in range(3)]
    seen: list[str] = []
    path = "/v1/maps?page_size=2"
    while True:
        page = ok(await maker.call("GET", path))
        seen += [item["id"] for item in page["items"]]
        if page["next_token"] is None:
            break
        asked = {"page_size": "2", "next_token": page["next_token"]}
        path = str(httpx.URL("/v1/maps", params=asked))
    assert len(set(seen)) == len(seen)
    assert seen[:3] == made[::-1]


async def test_another_organizations_map_is_none(house: Product, maker: MapMaker) -> None:
    await maker.make()
    await maker.upload(club())
    version = await maker.publish()
    await rows(house, "INSERT INTO organizations (id, slug, name, approval) "
               "VALUES ('other', 'other', 'Other', 'approved') ON CONFLICT DO NOTHING")  # fmt: skip
    await rows(house, "UPDATE map_lineages SET org_id = 'other' WHERE id = $1", maker.now["id"])
    await rows(house, "UPDATE maps SET org_id = 'other' WHERE lineage_id = $1", maker.now["id"])
    reads = ["", "/draft", "/edits", "/versions", f"/versions/{version['id']}", "/events",
             f"/versions/{version['id']}/geometry"]  # fmt: skip
    for what in reads:
        problem(await maker.call("GET", f"{maker.path}{what}"), 404, "not-found")
    for method, what, body in (
        ("PUT", "/drawing", club()), ("PUT", "/mapping", {"mapping": None}), ("DELETE", "", None),
        ("POST", "/edits", {"edits": []}), ("PUT", "/edits", {"edits": []}),
        ("DELETE", "/draft", None), ("POST", "/versions", None),
    ):  # fmt: skip
        problem(await maker.write(method, what, body), 404, "not-found")
    listed = ok(await maker.call("GET", "/v1/maps?page_size=100"))["items"]
    assert maker.now["id"] not in {item["id"] for item in listed}


async def test_words_of_a_drawing_are_told_with_what_they_name(maker: MapMaker) -> None:
    found = ok(await maker.call("POST", "/v1/maps/labels", club()))
    told = {(label["text"], label["kind"], label["key"]) for label in found["labels"]}
    assert {("Lounge", "section", "lounge"), ("BAR", "landmark", None)} <= told
    assert found["is_complete"]
    problem(await maker.call("POST", "/v1/maps/labels", b"no drawing"), 422, "drawing-refused")


@pytest.mark.parametrize(
    "hostile",
    [
        b"", b"\xff\xfe\x00", b"<svg", b"{}", b'{"zones": 1, "size": 2}',
        gzip.compress(b"<svg>" + b" " * 40_000_000),
        b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>',
        b"<svg>" + b"<g>" * 50_000,
    ],
)  # fmt: skip
async def test_a_hostile_file_is_refused_or_empty_and_the_next_one_is_read(
    maker: MapMaker, hostile: bytes
) -> None:
    await maker.make()
    answer = await maker.write("PUT", "/drawing", hostile)
    if answer.status_code == 200:
        maker.now = answer.json()
        assert codes(maker.now["report"]) == ["nothing_for_sale"]
    else:
        problem(answer, 422, "drawing-refused")
    assert b"root:" not in answer.content
    assert (await maker.upload(hall({"A": 2})))["counts"]["seats"] == 2


async def test_a_drawing_as_large_as_is_read_can_be_uploaded_and_no_larger_one(
    maker: MapMaker,
) -> None:
    await maker.make()
    whole = club().ljust(BYTES_MAX)
    problem(await maker.write("PUT", "/drawing", whole + b" "), 413, "content-too-large")
    assert (await maker.upload(whole))["counts"]["seats"] > 0
