"""OpenAPI 3.1 from the operations: what the server does is what the document says."""

import re
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from server.kernel.errors import BadRequest, ContentTooLarge, DomainError, Forbidden, RateLimited
from server.kernel.http import Operation

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

Describe = Callable[[type[DomainError]], tuple[int, str]]


def document(
    operations: Iterable[Operation],
    schemes: dict[str, Any],
    describe: Describe,
    version: str,
) -> dict[str, Any]:
    """`describe` gives an error's status and title."""
    operations = list(operations)
    types = [
        shape
        for op in operations
        for shape in (op.body, *_answers(op), op.query)
        if shape and shape is not bytes
    ]
    schemas, components = msgspec.json.schema_components(
        types, ref_template="#/components/schemas/{name}"
    )
    by_type = dict(zip((id(shape) for shape in types), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for op in operations:
        entry = _operation(op, by_type, components, describe)
        paths.setdefault(op.path, {})[op.method.lower()] = entry
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Fullhouse",
            "version": version,
            "description": "Live seat maps, holds, checkout, tickets and check-in.",
        },
        "paths": paths,
        "components": {
            "schemas": components | {"Problem": PROBLEM},
            "securitySchemes": schemes,
        },
    }


def _operation(
    op: Operation,
    by_type: dict[int, Any],
    components: dict[str, Any],
    describe: Describe,
) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "operationId": op.name,
        "summary": op.summary,
        "tags": [op.tag],
        "parameters": [*_path_parameters(op.path), *_query_parameters(op, by_type, components)],
        "responses": _responses(op, by_type, describe),
        "security": [{op.realm.scheme: []}] if op.realm.scheme else [],
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
        entry["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": by_type[id(op.body)]}},
        }
    return entry


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
            "schema": {"type": "string"} | ({"format": "uuid"} if name.endswith("_id") else {}),
        }
        for name in re.findall(r"{(\w+)}", path)
    ]  # fmt: skip


def _query_parameters(
    op: Operation, by_type: dict[int, Any], components: dict[str, Any]
) -> list[dict[str, Any]]:
    if op.query is None:
        return []
    schema = components[by_type[id(op.query)]["$ref"].rpartition("/")[2]]
    required = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": shape}
        for name, shape in schema["properties"].items()
    ]


def _responses(op: Operation, by_type: dict[int, Any], describe: Describe) -> dict[str, Any]:
    status = 204 if op.returns is None and op.media_type == "application/json" else op.status
    success: dict[str, Any] = {"description": op.summary}
    answers = [by_type[id(shape)] for shape in _answers(op)]
    if answers:
        schema = answers[0] if len(answers) == 1 else {"oneOf": answers}
        success["content"] = {op.media_type: {"schema": schema}}
    elif status != 204:
        success["content"] = {op.media_type: {"schema": {"type": "string"}}}
    titles: dict[int, list[str]] = {}
    for error in (*op.errors, *_common_errors(op)):
        code, title = describe(error)
        titles.setdefault(code, []).append(title)
    problems = {
        str(code): {
            "description": " / ".join(dict.fromkeys(names)),
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            },
        }
        for code, names in sorted(titles.items())
    }
    return {str(status): success} | problems


def _common_errors(op: Operation) -> list[type[DomainError]]:
    """What follows from how an operation is called, whatever it does."""
    errors: list[type[DomainError]] = [RateLimited]
    if op.body is not None or op.query is not None or op.idempotent:
        errors.append(BadRequest)
    if op.body is not None:
        errors.append(ContentTooLarge)
    if op.realm.scheme is not None and op.method != "GET":
        # A cookie may stand for the credential, and a foreign page may not use it to write.
        errors.append(Forbidden)
    return errors
