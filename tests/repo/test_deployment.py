"""The deployment files agree with the program, with each other, and with their specification."""

import json
import os
import re
from importlib.resources import files

import jsonschema
import msgspec
import yaml

from server.app import KEEP_ALIVE_S
from server.settings import Settings
from tests.fixtures.services import ROOT, server_command

COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(COMPOSE_TEXT)
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
INTERPOLATED = r"\$\{([A-Z_]+)"


def test_the_compose_file_follows_the_compose_specification():
    schema = files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    jsonschema.Draft7Validator(json.loads(schema.read_text())).validate(COMPOSE)


def test_every_dependency_and_volume_of_a_service_is_there():
    for name, service in SERVICES.items():
        for other, wish in service.get("depends_on", {}).items():
            assert other in SERVICES, f"{name} depends on {other}"
            if wish["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other], f"{other} has no healthcheck"
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            known = (ROOT / source).exists() if "/" in source else source in COMPOSE["volumes"]
            assert known, f"{name} mounts {source}"


def test_two_web_instances_stand_behind_the_proxy():
    assert SERVICES["web"]["deploy"]["replicas"] >= 2
    assert "ports" not in SERVICES["web"], "two instances cannot share a port of the host"
    proxy = (ROOT / "deploy" / "Caddyfile").read_text()
    assert re.search(r"dynamic a \{\s*name web\s*port (\d+)", proxy)
    assert f"port {SERVICES['web']['environment']['PORT']}" in proxy
    kept_s = re.search(r"transport http \{\s*keepalive (\d+)s\s*\}", proxy)
    assert kept_s, "and it lets go of a connection before they do"
    assert int(kept_s[1]) < KEEP_ALIVE_S


def test_the_services_run_commands_that_the_program_has():
    usage = server_command("--help", environment=os.environ)
    commands = {
        service["command"][0]
        for service in SERVICES.values()
        if service.get("build") and "entrypoint" not in service
    }
    assert commands == {"migrate", "serve", "worker"}
    for command in commands:
        assert re.search(rf"\b{command}\b", usage), f"no `python -m server {command}`"


def test_the_example_environment_names_every_setting_and_nothing_unknown():
    example = _example()
    settings = {field.encode_name for field in msgspec.structs.fields(Settings)}
    of_compose = set(re.findall(INTERPOLATED, COMPOSE_TEXT))
    assert set(example) == settings | of_compose


def test_the_example_environment_holds_defaults_and_no_secret():
    fields = {field.encode_name: field for field in msgspec.structs.fields(Settings)}
    for name, value in _example().items():
        assert not (value and re.search("SECRET|KEY|PASSWORD", name)), f"{name} has a value"
        if name in fields and not fields[name].required:
            assert value == str(fields[name].default), f"{name} is not its default"


def _example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    pairs = (line.partition("=") for line in lines if re.match("[A-Z]", line))
    return {name: value for name, _, value in pairs}


def test_the_image_is_made_of_files_that_exist_and_are_let_in():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored[0] == "*"
    let_in = {line[1:] for line in ignored if line.startswith("!")}
    sources = [
        source.rstrip("/")
        for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    for source in sources:
        assert (ROOT / source).exists(), source
        assert source.split("/")[0] in let_in, source
    assert let_in <= {source.split("/")[0] for source in sources}


def test_the_image_installs_only_what_the_lock_pins():
    installs = re.findall(r"^RUN pip install (.*)$", DOCKERFILE, re.MULTILINE)
    assert installs == ["--require-hashes --requirement requirements.lock"]
