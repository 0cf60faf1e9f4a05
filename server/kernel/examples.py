"""An example of each schema: of what a caller sends, and of what comes back."""

from collections.abc import Mapping
from typing import Any, NamedTuple

NESTING_MAX = 8
_BY_FORMAT = {
    "uuid": "019b2f6a-7c1e-7d52-9a41-6e0f3b8c2d10",
    "date-time": "2027-05-01T18:30:00Z",
    "date": "2027-05-01",
}
_BY_TYPE = {"boolean": False, "null": None, "string": "text"}

Schema = Mapping[str, Any]


class Examples:
    """`components`: the document's schemas; `values`: an example by a member's name, alone
    (`email`) or with its struct's before it (`HoldRequest.seats`).

    What a schema says itself (`examples`, `const`, `enum`) goes before `values`, and these before
    what its type and bounds allow.
    """

    def __init__(self, components: Mapping[str, Schema], values: Mapping[str, Any]) -> None:
        self._components, self._values = components, values

    def sent(self, schema: Schema) -> Any:
        """Of a request: what may be left out is left out, but for values given by struct."""
        return self._of(schema, _Place(is_whole=False))

    def answered(self, schema: Schema) -> Any:
        """Of an answer: with all that can be in it."""
        return self._of(schema, _Place(is_whole=True))

    def _of(self, schema: Schema, at: "_Place") -> Any:
        kind = schema.get("type")
        for name in (f"{at.struct}.{at.name}", at.name):
            if _is_of(self._values.get(name), schema, with_lists="." in name):
                return self._values[name]
        if "examples" in schema:
            return schema["examples"][0]
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema.get("default", schema["enum"][0])
        if "$ref" in schema:
            target = schema["$ref"].rpartition("/")[2]
            return self._of(self._components[target], at._replace(struct=target))
        for choices in (schema.get("anyOf"), schema.get("oneOf")):
            if choices:
                return self._of(choices[0], at)
        if kind == "object":
            return self._object(schema, at)
        if kind == "array":
            return self._array(schema, at)
        if kind in ("integer", "number"):
            return _number(schema)
        if schema.get("format") in _BY_FORMAT:
            return _BY_FORMAT[schema["format"]]
        return _BY_TYPE.get(str(kind))

    def _object(self, schema: Schema, at: "_Place") -> dict[str, Any]:
        if at.depth > NESTING_MAX:
            return {}
        required = schema.get("required", ())
        found = {
            name: self._of(shape, at.member(name))
            for name, shape in schema.get("properties", {}).items()
            if at.is_whole or name in required or f"{at.struct}.{name}" in self._values
        }
        others = schema.get("additionalProperties")
        if isinstance(others, Mapping):
            found["key"] = self._of(others, at.member(at.name))
        return found

    def _array(self, schema: Schema, at: "_Place") -> list[Any]:
        shapes = schema.get("prefixItems")
        if shapes is None:
            of_each = schema.get("items")
            shapes = [of_each] * max(1, schema.get("minItems", 1)) if of_each else []
        return [self._of(shape, at.member(at.name.removesuffix("s"))) for shape in shapes]


class _Place(NamedTuple):
    """Where in a value an example is wanted: of which struct, by which name."""

    is_whole: bool
    struct: str = ""
    name: str = ""
    depth: int = 0

    def member(self, name: str) -> "_Place":
        return self._replace(name=name, depth=self.depth + 1)


def _is_of(value: Any, schema: Schema, *, with_lists: bool) -> bool:
    """Is it a value of this type? Lists and objects are given with their struct's name only."""
    kinds: dict[Any, tuple[type, ...]] = {
        "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,),
    }  # fmt: skip
    if with_lists:
        kinds |= {"array": (list,), "object": (dict,)}
        if value is not None and "type" not in schema:
            return True
    right = isinstance(value, kinds.get(schema.get("type"), ()))
    return right and isinstance(value, bool) == (schema.get("type") == "boolean")


def _number(schema: Schema) -> int:
    if "exclusiveMinimum" in schema:
        return int(schema["exclusiveMinimum"]) + 1
    return int(schema.get("minimum", 1))
