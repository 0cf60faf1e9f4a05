"""The document is valid, complete, and what the server does."""

import base64
import itertools
import json
import re
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from server.examples import EXAMPLES
from tests.conformance.scene import Scene
from tests.fixtures.product import Product

METHODS = ("get", "post", "put", "patch", "delete")
HOSTILE_TEXT = [
    "", " ", "\0", "x" * 5_000, "\u202eabc", "🎟️", "'; DROP TABLE seats; --", "../../etc/passwd",
    "{{7*7}}", "<script>", "%00", "null", "-1", "NaN", "9223372036854775808", "1e400",
]  # fmt: skip
HOSTILE_VALUES: list[Any] = [*HOSTILE_TEXT[:6], None, True, 1.5, -1, [], {}]
HOSTILE_BODIES = [
    b"", b"{}", b"[]", b"null", b"0", b'""', b"{", b"\xff\xfe", b'{"a":' * 500 + b"1" + b"}" * 500,
    b'{"\\ud800":1}', b'{"a":1,"a":2}', b"[" * 100_000, b'{"\\u0000":"\\u0000"}',
]  # fmt: skip


@pytest.fixture(scope="module")
def document(house: Product) -> dict[str, Any]:
    return httpx.get(f"{house.base_url}/openapi.json").raise_for_status().json()


@pytest.fixture(scope="module")
def client(house: Product) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=house.base_url, timeout=20) as opened:
        yield opened


class Shapes:
    """What the document says that values look like. Each schema is read once."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._components = {"components": document["components"]}
        self._known: dict[str, Draft202012Validator] = {}

    def check(self, schema: dict[str, Any], value: Any) -> None:
        """Raises ValidationError; SchemaError where the schema is none."""
        text = json.dumps(schema)
        if text not in self._known:
            whole = schema | self._components
            Draft202012Validator.check_schema(whole)
            self._known[text] = Draft202012Validator(whole)
        self._known[text].validate(value)


@pytest.fixture(scope="module")
def shapes(document: dict[str, Any]) -> Shapes:
    return Shapes(document)


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, entry in document["paths"].items():
        for method in METHODS:
            if method in entry:
                yield method, path, entry[method]


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(document).validate()
    names = [operation["operationId"] for _, _, operation in _operations(document)]
    assert len(set(names)) == len(names) >= 15


def test_every_realm_has_a_security_scheme(document: dict[str, Any]) -> None:
    schemes = document["components"]["securitySchemes"]
    used = {
        scheme
        for _, _, operation in _operations(document)
        for needed in operation["security"]
        for scheme in needed
    }
    assert used == set(schemes)


def test_every_operation_says_what_may_go_wrong(document: dict[str, Any]) -> None:
    missing = []
    for method, path, operation in _operations(document):
        told = set(operation["responses"])
        wanted = {"400", "413"} if "requestBody" in operation else set()
        wanted |= {"404"} if "{" in path and "webhooks" not in path else set()
        if operation["security"]:
            # A cookie may stand for the credential; then a write from a foreign page is 403.
            wanted |= {"401"} | ({"403"} if method != "get" else set())
        if any(parameter["name"] == "Idempotency-Key" for parameter in operation["parameters"]):
            wanted |= {"422"}
        if method != "get" and path != "/v1/auth/guest":
            wanted |= {"503"}
        missing += [f"{method} {path}: {status}" for status in sorted(wanted - told)]
    assert missing == []


def test_every_example_is_what_its_schema_allows(document: dict[str, Any], shapes: Shapes) -> None:
    count = 0
    for method, path, operation in _operations(document):
        for part in (operation.get("requestBody", {}), *operation["responses"].values()):
            for media, content in part.get("content", {}).items():
                if not media.endswith("json"):
                    continue
                told = [content["example"]] if "example" in content else []
                for example in content.get("examples", {}).values():
                    name = example["$ref"].rpartition("/")[2]
                    told.append(document["components"]["examples"][name]["value"])
                assert told, (method, path, media)
                for value in told:
                    shapes.check(content["schema"], value)
                    count += 1
    assert count > 100


def test_no_pattern_lets_a_line_end_through(document: dict[str, Any]) -> None:
    """Python's `$` stands before a last line end too; JSON Schema's does not."""
    checked = 0
    for struct, schema in document["components"]["schemas"].items():
        for name, shape in schema.get("properties", {}).items():
            value = EXAMPLES.get(f"{struct}.{name}", EXAMPLES.get(name))
            for choice in shape.get("anyOf", [shape]):
                pattern, length_max = choice.get("pattern"), choice.get("maxLength", 1 << 31)
                if pattern and isinstance(value, str) and re.search(pattern, value):
                    checked += 1
                    is_let_in = re.search(pattern, f"{value}\n") and len(value) < length_max
                    assert not is_let_in, f"{struct}.{name}: {pattern}"
    assert checked


def test_a_method_that_a_path_lacks_is_405_and_names_the_others(
    document: dict[str, Any], client: httpx.Client
) -> None:
    for path, entry in document["paths"].items():
        lacking = next(method for method in METHODS if method not in {*entry, "get"})
        answer = client.request(lacking.upper(), _filled(path, str(uuid.uuid4())))
        assert answer.status_code == 405, path
        assert answer.headers["content-type"] == "application/problem+json"
        allowed = {name.strip().lower() for name in answer.headers["allow"].split(",")}
        assert allowed - {"head"} == set(entry) & set(METHODS), path


def _filled(path: str, value: str) -> str:
    return re.sub(r"{\w+}", lambda _: quote(value, safe=""), path)


def _check(shapes: Shapes, operation: dict[str, Any], answer: httpx.Response) -> None:
    told = operation["responses"]
    status = str(answer.status_code)
    where = f"{answer.request.method} {answer.request.url!s:.200} -> {status} {answer.text[:300]}"
    assert answer.status_code < 500, where
    assert answer.headers["x-request-id"], where
    if "/v1/directory/" in str(answer.request.url):
        return  # whatever the directory says
    if answer.status_code in (404, 405) and status not in told:
        return  # the path as it was filled in is no path of this operation
    assert status in told, where
    media = answer.headers.get("content-type", "").partition(";")[0]
    assert media in told[status].get("content", {"": {}}), where
    if media.endswith("json"):
        shapes.check(told[status]["content"][media]["schema"], answer.json())


def _good(operation: dict[str, Any], scene: Scene) -> list[tuple[bytes, bytes]]:
    """Headers of a caller who is allowed."""
    for needed in operation["security"]:
        (scheme,) = needed
        return scene.strongest(scheme).headers
    return []


def test_no_path_or_query_breaks_an_operation(
    document: dict[str, Any], client: httpx.Client, scene: Scene, shapes: Shapes
) -> None:
    for method, path, operation in _operations(document):
        headers = _good(operation, scene)
        if path.endswith("/stream"):
            continue
        for value in [str(scene.event.id), *HOSTILE_TEXT[1:]] if "{" in path else [""]:
            answer = client.request(method, _filled(path, value), headers=headers)
            _check(shapes, operation, answer)
        queries = [p["name"] for p in operation["parameters"] if p["in"] == "query"]
        for name, value in itertools.product(queries, HOSTILE_TEXT):
            answer = client.request(
                method, _filled(path, str(scene.event.id)), params={name: value}, headers=headers
            )
            _check(shapes, operation, answer)


def test_no_body_breaks_an_operation(
    document: dict[str, Any], client: httpx.Client, scene: Scene, shapes: Shapes
) -> None:
    for method, path, operation in _operations(document):
        if method == "get":
            continue
        headers = _good(operation, scene)
        for body in [*HOSTILE_BODIES, *_broken_fields(document, operation)]:
            answer = client.request(
                method, _filled(path, str(scene.event.id)), content=body, headers=headers
            )
            _check(shapes, operation, answer)


def _broken_fields(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[bytes]:
    """The example, and the example with one member hostile."""
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        return
    schema, good = content["application/json"]["schema"], content["application/json"]["example"]
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    yield json.dumps(good).encode()
    for name, hostile in itertools.product(schema["properties"], HOSTILE_VALUES):
        yield json.dumps(good | {name: hostile}).encode()


def test_pages_of_events_follow_each_other_and_refuse_foreign_tokens(
    document: dict[str, Any], client: httpx.Client, house: Product
) -> None:
    wanted = {str(house.event().id) for _ in range(3)}
    seen: list[str] = []
    token: str | None = None
    while True:
        query = {"page_size": "1"} | ({"next_token": token} if token else {})
        page = client.get("/v1/events", params=query).json()
        seen += [item["id"] for item in page["items"]]
        token = page["next_token"]
        if token is None:
            break
    assert wanted <= set(seen)
    assert len(set(seen)) == len(seen)
    for forged in (
        f"9999-12-31T23:59:59-23:59|{uuid.uuid4()}",
        "2026-01-01T00:00:00+00:00|x",
        f"x|{uuid.uuid4()}",
        "|",
        "\0|\0",
    ):
        name = base64.urlsafe_b64encode(forged.encode()).decode()
        assert client.get("/v1/events", params={"next_token": name}).status_code == 400, forged


def test_every_parameter_of_a_path_is_told(document: dict[str, Any]) -> None:
    for method, path, operation in _operations(document):
        assert operation["summary"], (method, path)
        told = {p["name"] for p in operation["parameters"] if p["in"] == "path" and p["required"]}
        assert told == set(re.findall(r"{(\w+)}", path))


ACCOUNTS = (
    "POST {}/register", "POST {}/verify", "POST {}/login", "POST {}/mfa/verify", "POST {}/refresh",
    "POST {}/logout", "POST {}/password/forgot", "POST {}/password/reset",
    "POST {}/password/change", "POST {}/email/change", "POST {}/email/confirm",
    "POST {}/email/undo", "DELETE {}/sessions", "DELETE {}/sessions/{{session_id}}",
    "POST {}/mfa/enrol", "POST {}/mfa/confirm", "POST {}/mfa/disable",
)  # fmt: skip
WITHOUT_KEY = {
    "POST /v1/auth/guest": "makes a token and keeps nothing",
    "POST /v1/quotes": "says what would be paid and changes nothing",
    "POST /v1/maps/labels": "reads what it is sent and changes nothing",
    "POST /v1/mail-texts/{kind}/{language}/preview": "shows what it is sent and changes nothing",
    "POST /v1/webhooks/{provider}": "the provider's own event id is the key",
    "POST /v1/payment-providers/{provider}/onboardings": "one account; its pages are short-lived",
    "POST /v1/payment-providers/checks": "asks the providers and may ask again",
    "POST /v1/shares/{token}/payments": "a share's page stays the same while it is open",
    "DELETE /v1/holds/{hold_id}": "what is released stays released, and answers the same",
    "PUT /v1/events/{event_id}/turn": "who stands in line stands there",
    "DELETE /v1/events/{event_id}/turn": "who has left has left",
    **{
        path.format(at): "its answer may hold tokens, and is kept nowhere"
        for at in ("/v1/auth", "/v1/buyers")
        for path in ACCOUNTS
    },
}
"""Writes that may be repeated as they are."""


def test_every_write_is_done_once_per_key_or_may_be_repeated_as_it_is(
    document: dict[str, Any],
) -> None:
    without = {
        f"{method.upper()} {path}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method in METHODS and method != "get"
        if not any(p["name"] == "Idempotency-Key" for p in operation.get("parameters", ()))
    }
    assert without == set(WITHOUT_KEY)
