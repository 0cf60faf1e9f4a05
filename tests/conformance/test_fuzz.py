"""Schemathesis drives the running server by its document: boundaries, nonsense, chains.

No 5xx, no answer that the document does not tell of, nothing decoded that it forbids or refused
that it allows, no route that works without its credential. SCHEMATHESIS_SECONDS=600 looks longer,
SCHEMATHESIS_SEED elsewhere.
"""

import asyncio
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conformance.credentials import REALMS
from tests.conformance.scene import Scene, house_in
from tests.fixtures.product import ORG_ID, Product
from tests.fixtures.services import ROOT, Services
from tests.server.orgs.names import answering

CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance",
    "response_headers_conformance", "response_schema_conformance", "negative_data_rejection",
    "missing_required_header", "unsupported_method", "allow_header_conformance", "ignored_auth",
    "what_the_schema_allows_is_decoded",
)  # fmt: skip
SECONDS = int(os.environ.get("SCHEMATHESIS_SECONDS", "12"))
SEED = os.environ.get("SCHEMATHESIS_SEED", "1")
UNNAMED = ("revision", "provider", "to", "entry", "name")
"""Parameters that are drawn at random: another value says more than the real one."""


@pytest.fixture(scope="module")
def house(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One to itself: what is sent here switches sales off for the whole platform, say."""
    folder = tmp_path_factory.mktemp("fuzzed")
    with services.database() as url, house_in(folder, url, services.redis_url(3)) as running:
        yield running


@pytest.mark.timeout(SECONDS * 3 + 120)
def test_the_server_does_what_its_document_says(scene: Scene, tmp_path: Path) -> None:
    url = f"{scene.house.base_url}/openapi.json"
    schemes = httpx.get(url).json()["components"]["securitySchemes"]
    settings = tmp_path / "schemathesis.toml"
    settings.write_text(_settings(scene, schemes))
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "--no-color",
        "--config-file", str(settings), "run", url, "--seed", SEED, "--max-time", str(SECONDS),
        "--phases", "coverage,fuzzing,stateful",  # the examples are sent in test_openapi.py
    ]  # fmt: skip
    status, told = asyncio.run(_run(command, scene.house.dns_port, tmp_path))
    assert status == 0, told[-20_000:]
    print(told[-2_000:])


async def _run(command: list[str], dns_port: int, folder: Path) -> tuple[int | None, str]:
    """Its status and what it told. It keeps what it found in `folder`; the DNS knows no name."""
    async with answering(dns_port, {}):
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        told, _ = await process.communicate()
    return process.returncode, told.decode(errors="replace")


def _settings(scene: Scene, schemes: dict[str, dict[str, str]]) -> str:
    lines = [
        'hooks = "tests.conformance.schemathesis_hooks"',
        "max-stream-events = 1",
        "request-timeout = 20.0",
        "continue-on-failure = true",
        "warnings = false",
        f'headers = {{ X-Org = "{ORG_ID}" }}',
        "[checks]",
        "enabled = false",
        *(f"{name}.enabled = true" for name in CHECKS),
        "[auth.openapi]",
    ]
    assert set(schemes) == set(REALMS)
    for realm, scheme in schemes.items():
        kind = "api_key" if scheme["type"] == "apiKey" else "bearer"
        value = scene.strongest(realm).headers[0][1].decode().removeprefix("Bearer ")
        lines.append(f'{realm} = {{ {kind} = "{value}" }}')
    lines.append("[parameters]")
    lines += [
        f'"path.{name}" = "{value}"'
        for name, value in scene.things.items() if "/" not in name and name not in UNNAMED
    ]  # fmt: skip
    lines += [
        "[[operations]]",
        'include-path-regex = "^/v1/directory/"',  # whatever the directory says
        "checks.content_type_conformance.enabled = false",
        "checks.response_schema_conformance.enabled = false",
        "checks.status_code_conformance.enabled = false",
    ]
    for template, value in scene.things.items():
        if "/" in template:
            name = re.findall(r"{(\w+)}", template)[-1]
            lines += [
                "[[operations]]",
                f'include-path = "{template}"',
                f'parameters = {{ "path.{name}" = "{value}" }}',
            ]
    return "\n".join(lines)
