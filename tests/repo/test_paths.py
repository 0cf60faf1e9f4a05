"""What the docs say of the API's paths is what the API has."""

import re

from tests.fixtures.services import ROOT
from tools.schema import document


def test_every_path_that_the_docs_name_is_the_apis() -> None:
    paths = document()["paths"]
    ours = {f"{method.upper()} {path}" for path, entry in paths.items() for method in entry}
    told = set(re.findall(r"`([A-Z]+ /v1/[^`?\s]*)", (ROOT / "docs" / "paths.md").read_text()))
    assert len(told) > 20
    assert told - ours == set()
