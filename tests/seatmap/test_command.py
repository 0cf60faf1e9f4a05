"""The command line: what is found is said, a draft mapping works as it is, formats convert."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import seatmap
from seatmap.__main__ import main
from seatmap.formats import pretix
from seatmap.mapping import loads
from seatmap.samples import make_club
from tests.seatmap.drawings import dots, svg

UNNAMED = "".join(
    dots(10, 40 + 20 * row, lambda _, r=row: f'class="dot" fill="#{r}{r}{r}"') for row in range(5)
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "house.svg"
    path.write_bytes(svg(UNNAMED))
    return path


def test_inspect_says_what_is_found_and_uncertain(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", str(file)]) == 0
    said = capsys.readouterr().out
    assert "50 seats" in said
    assert "uncertain: seats without a number: 50" in said
    assert "still to do by hand:\n  - name 5 rows\n  - name 50 seats\n" in said


def test_the_draft_of_a_mapping_is_a_mapping_that_finds_the_same(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["inspect", str(file)])
    draft = capsys.readouterr().out.split("a mapping to begin with:")[1]
    found = seatmap.parse(file.read_bytes(), loads(draft))
    assert len(found.seats) == 50
    assert not any("expected" in note.what for note in found.report.uncertain)
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(draft.replace("# rows", "rows").replace("# seats", "seats"))
    assert main(["inspect", str(file), "--mapping", str(mapping)]) == 0
    assert "rows A B C D E" in capsys.readouterr().out


def test_the_picture_shows_the_seats(file: Path, tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    out = tmp_path / "map.png"
    assert main(["inspect", str(file), "--png", str(out)]) == 0
    with image.open(out) as picture:
        colours = {colour for _, colour in picture.convert("RGB").getcolors(1 << 20)}
    assert len(colours) > 1


def test_convert_writes_a_seating_plan_and_our_own_model(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    out = tmp_path / "plan.json"
    assert main(["convert", str(make_club.OUT), "--to", "pretix", "-o", str(out)]) == 0
    found = seatmap.parse(make_club.OUT.read_bytes())
    assert len(pretix.read(out.read_bytes()).seats) == len(found.seats)
    assert main(["convert", str(out)]) == 0
    assert len(json.loads(capfdbinary.readouterr().out)["seats"]) == len(found.seats)


@pytest.mark.parametrize("content", [b"hello", b"{}", b""])
def test_what_cannot_be_read_is_an_error_that_says_why(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert main(["inspect", str(path)]) == 1
    assert str(path) in capsys.readouterr().err
