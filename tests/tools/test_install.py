"""Installing honours how the machine is set up, and uses the Node that the lock names."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tools import install


@pytest.fixture
def pip_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("INDEX_URL", "EXTRA_INDEX_URL", "FIND_LINKS", "CERT", "DEFAULT_TIMEOUT"):
        monkeypatch.delenv(f"PIP_{name}", raising=False)
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_FIND_LINKS", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / "pip.conf"
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))
    return file


def test_uv_uses_the_index_that_pip_uses(pip_config: Path, monkeypatch: pytest.MonkeyPatch):
    pip_config.write_text(
        "[global]\nindex-url = https://one.test/simple\ncert = /etc/one.pem\n"
        "extra-index-url =\n    https://two.test/simple\n    https://three.test/simple\n"
        "[install]\nfind-links = wheels/a wheels/b\n"
    )
    environment = install.uv_environment()
    assert environment["UV_DEFAULT_INDEX"] == "https://one.test/simple"
    assert environment["UV_INDEX"] == "https://two.test/simple https://three.test/simple"
    assert environment["UV_FIND_LINKS"] == "wheels/a,wheels/b"
    assert environment["SSL_CERT_FILE"] == "/etc/one.pem"
    monkeypatch.setenv("PIP_INDEX_URL", "https://four.test/simple")
    assert install.uv_environment()["UV_DEFAULT_INDEX"] == "https://four.test/simple"
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://five.test/simple")
    assert install.uv_environment()["UV_DEFAULT_INDEX"] == "https://five.test/simple"


def test_a_plain_machine_leaves_uv_to_its_own_defaults(pip_config: Path):
    pip_config.write_text("")
    assert "UV_DEFAULT_INDEX" not in install.uv_environment()


def test_node_and_npm_are_the_locked_ones(tmp_path: Path):
    environment = install.node_environment()
    node = Path(shutil.which("node", path=environment["PATH"]) or "")
    assert node.is_relative_to(install.VENV)
    for program in ("node", "npm"):
        version = subprocess.run(
            [program, "--version"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert int(version.lstrip("v").partition(".")[0]) >= 11


def test_a_step_runs_again_only_when_what_it_reads_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "WEB", tmp_path / "web")
    monkeypatch.setattr(install, "STAMPS", tmp_path / "stamps")
    source = tmp_path / "web" / "src" / "main.ts"
    source.parent.mkdir(parents=True)
    source.write_text("1")
    builds: list[tuple[str, ...]] = []

    def npm(*arguments: str) -> None:
        builds.append(arguments)
        (tmp_path / "web" / "dist").mkdir(exist_ok=True)

    monkeypatch.setattr(install, "npm", npm)
    assert [install.build_web(), install.build_web()] == [True, False]
    source.write_text("2")
    assert [install.build_web(), install.build_web()] == [True, False]
    assert len(builds) == 2
