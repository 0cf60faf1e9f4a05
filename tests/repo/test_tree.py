"""Laws of the files themselves."""

import json
import re
import subprocess

from tests.conftest import LONGEST
from tests.fixtures.services import ROOT
from tests.fixtures.tree import name_of, project_files, python_files

LINES_MAX = 450
LOCKS = [path for path in project_files() if "lock" in path.name and path.name != "lock.py"]

# A class of one letter keeps these patterns from matching themselves.
FORBIDDEN = {
    "a path of one machine": r"/wor[k]/|/roo[t]/|/home/[a-z]+/|/tmp/[a-z]+/",
    "unfinished work": r"\b(TOD[O]|FIXM[E])\b",
    "a merge left over": r"^(<<<<<<[<]|>>>>>>[>]) ",
    "a private key": r"BEGIN [A-Z ]*PRIVATE KE[Y]",
}
TEXT_MAX_BYTES = 400_000


def test_the_tree_has_locks():
    assert {name_of(path) for path in LOCKS} >= {
        "requirements.lock",
        "requirements-demo.lock",
        "requirements-dev.lock",
        "web/package-lock.json",
    }


def test_a_python_lock_names_no_address():
    for lock in LOCKS:
        if lock.suffix == ".lock":
            assert re.findall(r"\S*://\S*|\S*index\S*|\S*find-links\S*", lock.read_text()) == []


def test_the_web_lock_says_of_no_package_where_it_was_downloaded():
    packages = json.loads((ROOT / "web" / "package-lock.json").read_text())["packages"]
    assert packages
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []


def test_every_python_requirement_is_pinned_with_hashes_and_the_same_in_each_lock():
    pins = {path.name: _pins(path.read_text()) for path in LOCKS if path.suffix == ".lock"}
    dev = pins["requirements-dev.lock"]
    assert pins["requirements.lock"] < pins["requirements-demo.lock"] < dev


def _pins(lock: str) -> set[str]:
    entries = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", lock, flags=re.MULTILINE).strip())
    for entry in entries:
        assert re.match(r"[a-z0-9.-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry
    return {entry.splitlines()[0].rstrip(" \\") for entry in entries}


def test_no_python_file_is_longer_than_a_person_reads():
    long = {
        name_of(path): lines
        for path in python_files()
        if "versions" not in path.parts
        and (lines := path.read_bytes().count(b"\n")) > LINES_MAX
    }  # fmt: skip
    assert long == {}, f"split by noun: more than {LINES_MAX} lines"


def test_every_module_says_what_it_is():
    silent = [
        name_of(path)
        for path in python_files("server", "realtime", "seatmap", "loadtests", "tools")
        if not path.read_text().lstrip().startswith(('"""', 'r"""'))
    ]
    assert silent == []


def test_no_file_holds_what_does_not_belong_in_it():
    found = []
    for path in project_files():
        if path.stat().st_size > TEXT_MAX_BYTES:
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        for what, pattern in FORBIDDEN.items():
            hit = re.search(pattern, text, re.MULTILINE)
            if hit:
                line = text.count("\n", 0, hit.start()) + 1
                found.append(f"{name_of(path)}:{line}: {what}: {hit[0]!r}")
    assert found == []


def test_the_readme_names_only_what_exists():
    readme = (ROOT / "README.md").read_text()
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)", readme)) <= targets | {"sure"}
    folders = {path.relative_to(ROOT).parts[0] for path in project_files()}
    for token in re.findall(r"`([^`\s]+)`|\]\(([^)\s#]+)\)", readme):
        name = (token[0] or token[1]).rstrip("/")
        if name.split("/")[0] in folders and "*" not in name:
            assert (ROOT / name).exists(), f"README.md names {name}"


def test_make_lists_every_target():
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    assert set(re.findall(r"^  make (\S+)", listed, re.MULTILINE)) == set(phony[1].split())


def test_the_modules_that_begin_first_are_there():
    assert [name for name in LONGEST if not (ROOT / "tests" / name).is_file()] == []
