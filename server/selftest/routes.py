"""POST /v1/self-test."""

from server.kernel.errors import (
    DatabaseUnavailable,
    Forbidden,
    IdempotencyKeyReused,
    NotConfigured,
    Unauthenticated,
)
from server.kernel.http import Call, Operation, Realm
from server.payments.models import ProviderNotOffered
from server.selftest.models import SelfTest
from server.selftest.service import SelfTests


def routes(self_tests: SelfTests, manager: Realm) -> list[Operation]:
    """`manager`: who may set events up."""

    async def run_self_test(call: Call) -> SelfTest:
        return await self_tests.run(call.actor.org_id, call.key)

    return [
        Operation(
            "POST", "/v1/self-test", run_self_test, manager,
            "Simulate a whole order in the sandbox, and say how each step went",
            returns=SelfTest, idempotent=True,
            errors=(Unauthenticated, Forbidden, NotConfigured, ProviderNotOffered,
                    IdempotencyKeyReused, DatabaseUnavailable),
            description="On an event of its own that is in no list and counts nowhere, cancelled "
            "when it ends. It answers after the last step, a second or two, or after one that "
            "failed, which has five seconds. A step that fails is no problem of the request.",
        ),
    ]  # fmt: skip
