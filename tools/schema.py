"""The API's types for the web: `python -m tools.schema [--check]`.

Writes `web/src/lib/schema.ts` from the OpenAPI document, or says that the file is stale. Kept
generators need a TypeScript with a compiler in JavaScript, which the one that checks `web/` is not.
"""

import inspect
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

from server import app, problems
from server.examples import EXAMPLES
from server.identity.realms import SCHEMES, BuyerRealm
from server.kernel import openapi
from server.operations import operations
from server.orgs.realm import OperatorRealm

TARGET = Path(__file__).resolve().parent.parent / "web" / "src" / "lib" / "schema.ts"
HEADER = """\
// Written from the API's OpenAPI document by `make types`. Not to be edited.
// Money is integer minor units of its currency; moments are RFC 3339.
"""
_PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}

Schema = Mapping[str, Any]


def main(arguments: list[str]) -> int:
    wanted = typescript(document())
    if "--check" not in arguments:
        TARGET.write_text(wanted)
        return 0
    if TARGET.exists() and TARGET.read_text() == wanted:
        return 0
    print(f"{TARGET.name} is not what the API's document says: run `make types`")
    return 1


def document() -> dict[str, Any]:
    """What /openapi.json says. Routes ask their services nothing before a request comes, so
    stand-ins do for all of them but realms, which the document asks who they are."""
    parts: dict[str, Any] = {name: MagicMock() for name in inspect.signature(operations).parameters}
    parts["parts"].buyer = BuyerRealm(MagicMock())
    parts["doors"].sales = OperatorRealm(MagicMock(), MagicMock(), "sales:read")
    return openapi.document(operations(**parts), SCHEMES, problems.describe, app.VERSION, EXAMPLES)


def typescript(document: Schema) -> str:
    schemas: Schema = document["components"]["schemas"]
    blocks = [HEADER]
    for name, schema in sorted(schemas.items()):
        told = f"/** {_words(schema['description'])} */\n" if "description" in schema else ""
        if "properties" in schema:
            members = _members(schema)
            blocks.append(f"{told}export interface {name} {{\n{members}}}\n")
        else:
            blocks.append(f"{told}export type {name} = {_type(schema)};\n")
    return "\n".join(blocks)


def _members(schema: Schema) -> str:
    required = schema.get("required", ())
    lines = ""
    for name, shape in schema["properties"].items():
        mark = "" if name in required else "?"
        told = f"  /** {_words(shape['description'])} */\n" if "description" in shape else ""
        lines += f"{told}  {name}{mark}: {_type(shape)};\n"
    return lines


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        return " | ".join(dict.fromkeys(_type(choice) for choice in choices))
    kind = schema.get("type")
    if kind == "array" and "prefixItems" in schema:
        return f"[{', '.join(_type(item) for item in schema['prefixItems'])}]"
    if kind == "array":
        item = _type(schema.get("items", {}))
        return f"({item})[]" if " | " in item else f"{item}[]"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"Record<string, {_type(values) if isinstance(values, Mapping) else 'unknown'}>"
    return "null" if kind == "null" else _PLAIN.get(str(kind), "unknown")


def _words(text: str) -> str:
    return " ".join(text.split()).replace("*/", "* /")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
