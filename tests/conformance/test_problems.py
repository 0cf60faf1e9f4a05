"""Every error that the program can raise has a status, a title and a name of its own."""

import importlib
import pkgutil
import re

import server
from server import problems
from server.kernel.errors import DomainError


def _all_errors() -> set[type[DomainError]]:
    for module in pkgutil.walk_packages(server.__path__, "server."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found: set[type[DomainError]] = set()
    new = {DomainError}
    while new:
        new = {child for kind in new for child in kind.__subclasses__()} - found
        found |= new
    return found


def test_the_table_of_problems_is_total() -> None:
    assert set(problems.STATUS) == _all_errors()


def test_every_problem_is_an_error_with_a_name_of_its_own() -> None:
    slugs = [problems.slug_of(error) for error in problems.STATUS]
    assert len(set(slugs)) == len(slugs)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", slug) for slug in slugs)
    for error, status in problems.STATUS.items():
        assert 400 <= status < 600
        assert error.__doc__, f"{error.__name__} says when it is raised"


def test_unavailable_says_when_to_come_back_and_unauthenticated_how() -> None:
    for error, status in problems.STATUS.items():
        if status in (429, 503):
            assert int(problems.respond(error("x", retry_after_s=1.5)).headers["retry-after"]) == 2
            assert int(problems.respond(error("x")).headers["retry-after"]) >= 1
        if status == 401:
            assert problems.respond(error("x")).headers["www-authenticate"]
