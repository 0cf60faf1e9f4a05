"""Loaded by Schemathesis: what of its own it is told to check, and what of ours besides."""

import msgspec
import schemathesis
from schemathesis.core.failures import Failure

WHOLE_NUMBER = "Expected `int`, got `float`"
"""JSON Schema has 130.0 for an integer, and JSON as programs write it has 130: we insist."""


@schemathesis.check
def what_the_schema_allows_is_decoded(ctx, response, case) -> None:  # type: ignore[no-untyped-def]
    """A value may be refused for what it means, with a status and a kind of problem for that; but
    a request that does not even decode is one that the document does not allow."""
    is_good = case.meta is not None and case.meta.generation.mode.is_positive
    if not is_good or response.status_code != 400:
        return
    detail = msgspec.json.decode(response.content)["detail"]
    if detail.startswith(("request body: ", "query parameters: ")) and WHOLE_NUMBER not in detail:
        raise Failure(
            operation=case.operation.label,
            title="What the document allows is not decoded",
            message=detail,
        )
