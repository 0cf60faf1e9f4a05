"""OpenAPI 3.1 from the operations: what the server does is what the document says."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from msgspec import inspect

from server.kernel.errors import (
    BadRequest,
    ContentTooLarge,
    DomainError,
    Forbidden,
    Overloaded,
    RateLimited,
)
from server.kernel.examples import Examples
from server.kernel.http import BODY_BYTES_MAX, Operation, Realm

BASICS = """\
Live seat maps, holds, checkout, tickets and check-in.

Bodies and answers are JSON. Money is an integer in minor units of an ISO 4217 currency, never a \
fraction, and integers are written without a decimal point. Moments are RFC 3339 with a time zone.

Send an `Idempotency-Key` with every write that takes one, and the same key again whenever you do \
not know whether the call went through: it is done once, and you get the same answer.

What goes wrong is told as an RFC 9457 problem, `application/problem+json`: `type` names its kind, \
`detail` says what was wrong and what to do, further members are the facts of the case. 429 and \
503 say in `Retry-After` when to come back.

Lists come page by page: pass an answer's `next_token` to get the next page, as it is; it is null \
at the end.

Every answer has an `X-Request-ID`; name it when you ask us about a call. A `traceparent` of yours \
is taken up."""
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {
            "type": "string",
            "description": "Names the problem; the same for each of its kind.",
        },
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What was wrong and what to do."},
        "request_id": {"type": "string"},
    },
    "description": "RFC 9457 problem; further members carry the facts of the case.",
}

STREAMED = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {name: {"type": "string"} for name in ("event", "id", "data")},
    "description": "One event of the stream; `data` is JSON.",
}
PROBLEM_REF = {"$ref": "#/components/schemas/Problem"}

Describe = Callable[[type[DomainError]], tuple[int, str]]


def document(
    operations: Iterable[Operation],
    schemes: dict[str, Any],
    describe: Describe,
    version: str,
    values: Mapping[str, Any],
) -> dict[str, Any]:
    """`describe` gives an error's status and title, `values` an example by a member's name."""
    operations = list(operations)
    sent = [
        shape for op in operations for shape in (op.body, op.query) if shape and shape is not bytes
    ]
    answered = [shape for op in operations for shape in _answers(op)]
    types = sent + answered
    structs = _structs(types)
    schemas, components = msgspec.json.schema_components(
        [*types, *structs], ref_template="#/components/schemas/{name}"
    )
    of_callers = _structs(sent)
    for found, schema in zip(structs.values(), schemas[len(types) :], strict=True):
        _complete(components[_name(schema)], found, is_answer=found.cls not in of_callers)
    by_type = dict(zip((id(shape) for shape in types), schemas, strict=False))
    examples = Examples(components, values)
    paths: dict[str, dict[str, Any]] = {}
    for op in operations:
        entry = _operation(op, by_type, components, describe, examples)
        paths.setdefault(op.path, {})[op.method.lower()] = entry
    errors = {error for op in operations for error in (*op.errors, *_common_errors(op))}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Fullhouse",
            "version": version,
            "description": BASICS,
        },
        "paths": paths,
        "components": {
            "schemas": components | {"Problem": PROBLEM},
            "examples": {
                error.__name__: _problem(error, describe)
                for error in sorted(errors, key=lambda error: error.__name__)
            },
            "securitySchemes": schemes,
        },
    }


def _complete(component: dict[str, Any], found: inspect.StructType, *, is_answer: bool) -> None:
    """Say what msgspec knows of a struct and its schema leaves out.

    Each moment is a `date-time`: msgspec says so only where it insists on a time zone. `is_answer`:
    nobody sends it, and then what has a default is there all the same.
    """
    properties = component["properties"]
    if "description" in component:  # a docstring, which says it in Python's words
        component["description"] = re.sub(r"\bNone\b", "null", component["description"])
    if is_answer and not found.cls.__struct_config__.omit_defaults:
        component["required"] = list(properties)
    for field in found.fields:
        parts = getattr(field.type, "types", (field.type,))
        if any(isinstance(part, inspect.DateTimeType) for part in parts):
            shape = properties[field.encode_name]
            for choice in shape.get("anyOf", (shape,)):
                if choice.get("type") == "string":
                    choice["format"] = "date-time"


def _structs(types: list[Any]) -> dict[type, inspect.StructType]:
    """The structs among these types and in them, at any depth."""
    found: dict[type, inspect.StructType] = {}
    waiting: list[Any] = list(inspect.multi_type_info(types))
    while waiting:
        here = waiting.pop()
        if isinstance(here, inspect.StructType):
            if here.cls in found:
                continue
            found[here.cls] = here
            waiting.extend(field.type for field in here.fields)
        for name in ("types", "item_types"):
            waiting.extend(getattr(here, name, ()))
        for name in ("item_type", "value_type", "type"):
            if hasattr(here, name):
                waiting.append(getattr(here, name))
    return found


def _name(schema: dict[str, Any]) -> str:
    """Of the component that a reference names."""
    return schema["$ref"].rpartition("/")[2]


def _operation(
    op: Operation,
    by_type: dict[int, Any],
    components: dict[str, Any],
    describe: Describe,
    examples: Examples,
) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "operationId": op.name,
        "summary": op.summary,
        "tags": [op.tag],
        "parameters": [*_path_parameters(op.path), *_query_parameters(op, by_type, components)],
        "responses": _responses(op, by_type, describe, examples),
        "security": security(op.realm),
    }
    if op.description:
        entry["description"] = op.description
    if op.idempotent:
        entry["parameters"].append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "schema": {"type": "string", "minLength": 1, "maxLength": 255},
                "description": "Same key and body: same answer, one effect. Another body: 422.",
            }
        )
    if op.body is bytes:
        entry["requestBody"] = {
            "required": True,
            "description": f"The file's bytes, at most {op.body_bytes_max}.",
            "content": {"*/*": {}},
        }
    elif op.body is not None:
        schema = by_type[id(op.body)]
        entry["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema, "example": examples.sent(schema)}},
        }
    return entry


def security(realm: Realm) -> list[dict[str, list[str]]]:
    """Security requirements: any one of the realm's schemes, with the permission as a role."""
    if realm.scheme is None:
        return []
    names = (realm.scheme,) if isinstance(realm.scheme, str) else realm.scheme
    return [{name: [realm.permission] if realm.permission else []} for name in names]


def _problem(error: type[DomainError], describe: Describe) -> dict[str, Any]:
    status, title = describe(error)
    value = {
        "type": f"/problems/{title.lower().replace(' ', '-')}",
        "title": title,
        "status": status,
        "detail": (error.__doc__ or title).strip(),
    }
    return {"summary": title, "value": value}


def _answers(op: Operation) -> tuple[Any, ...]:
    """The shapes an operation may answer with."""
    if op.returns is None:
        return ()
    return op.returns if isinstance(op.returns, tuple) else (op.returns,)


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string"} | ({"format": "uuid"} if _is_uuid(name) else {}),
        }
        for name in re.findall(r"{(\w+)}", path)
    ]  # fmt: skip


def _is_uuid(name: str) -> bool:
    """Every id is one but an organization's, which a partner may have chosen."""
    return name.endswith("_id") and name != "org_id"


def _query_parameters(
    op: Operation, by_type: dict[int, Any], components: dict[str, Any]
) -> list[dict[str, Any]]:
    if op.query is None:
        return []
    schema = components[_name(by_type[id(op.query)])]
    required = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": shape}
        for name, shape in schema["properties"].items()
    ]


def _responses(
    op: Operation, by_type: dict[int, Any], describe: Describe, examples: Examples
) -> dict[str, Any]:
    has_body = op.returns is not None or op.media_type != "application/json"
    status = op.status if has_body or op.status != 200 else 204
    success: dict[str, Any] = {"description": op.summary}
    answers = [by_type[id(shape)] for shape in _answers(op)]
    if answers:
        schema = answers[0] if len(answers) == 1 else {"oneOf": answers}
        example = examples.answered(answers[0])
        success["content"] = {op.media_type: {"schema": schema, "example": example}}
    elif op.media_type == "text/event-stream":
        success["content"] = {op.media_type: {"schema": STREAMED}}
    elif has_body:
        success["content"] = {op.media_type: {"schema": {"type": "string"}}}
    told: dict[int, list[type[DomainError]]] = {}
    for error in dict.fromkeys((*op.errors, *_common_errors(op))):
        told.setdefault(describe(error)[0], []).append(error)
    problems = {
        str(code): {
            "description": " / ".join(describe(error)[1] for error in errors),
            "content": {
                "application/problem+json": {
                    "schema": PROBLEM_REF,
                    "examples": {
                        error.__name__: {"$ref": f"#/components/examples/{error.__name__}"}
                        for error in errors
                    },
                }
            },
        }
        for code, errors in sorted(told.items())
    }
    return {str(status): success} | problems


def _common_errors(op: Operation) -> list[type[DomainError]]:
    """What follows from how an operation is called, whatever it does."""
    errors: list[type[DomainError]] = [RateLimited, *op.realm.errors]
    if op.body is not None or op.query is not None or op.idempotent:
        errors.append(BadRequest)
    if op.body is not None:
        errors.append(ContentTooLarge)
    if op.body_bytes_max > BODY_BYTES_MAX:
        errors.append(Overloaded)
    if op.realm.scheme is not None and op.method != "GET":
        # A cookie may stand for the credential, and a foreign page may not use it to write.
        errors.append(Forbidden)
    return errors
