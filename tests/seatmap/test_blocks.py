"""Sections drawn as blocks: families of names and their kin, statements, umbrellas, categories."""

from __future__ import annotations

from tests.seatmap.drawings import box, dots, parse


def test_named_blocks_beside_a_family_and_painted_like_it_are_sections_too() -> None:
    body = "".join(box(i, f'id="2FBX{i}"') for i in range(6))
    body += box(0, 'id="TIERBL"', y=100) + box(1, 'id="WINGS"', y=100, fill="#888")
    found = parse(body)
    assert [section.name for section in found.sections] == [
        *(f"2FBX{i}" for i in range(6)), "TIERBL",
    ]  # fmt: skip


def test_a_group_of_box_and_outlined_digits_is_one_block_named_by_the_group() -> None:
    digits = "".join(f'<path id="{i}" d="M{i} 0h2v2z"/>' for i in range(9))
    body = "".join(
        f'<g id="gold{i}" class="btn">' + box(i, f'id="rectangle-gold{i}"') + digits + "</g>"
        for i in range(5)
    )
    body += '<g id="vip" class="btn">' + box(7, 'id="rectangle-vip"') + "</g>"
    assert [section.key for section in parse(body).sections] == [
        *(f"gold{i}" for i in range(5)), "vip",
    ]  # fmt: skip


def test_a_word_that_begins_many_names_is_no_pitch() -> None:
    body = "".join(box(i, f'id="field_{200 + i}"') for i in range(8)) + box(0, 'id="pitch"', y=200)
    body += box(1, 'id="field_PENA"', y=200)
    found = parse(body)
    assert [section.name for section in found.sections] == [str(200 + i) for i in range(8)]
    assert [area.name for area in found.areas] == ["PENA"]
    assert [mark.kind for mark in found.landmarks] == ["pitch"]


def test_one_field_is_a_pitch() -> None:
    assert [mark.kind for mark in parse(box(0, 'id="field_1"')).landmarks] == ["pitch"]


def test_a_group_around_several_sections_names_the_house_and_not_a_section() -> None:
    inside = "".join(
        f'<g data-section="{name}">' + dots(4, y, 'data-seat="{}"'.format) + "</g>"
        for name, y in (("North", 50), ("South", 90))
    )
    loose = dots(4, 200, lambda _: 'class="seat"')
    found = parse(f'<g id="Old_Opera">{inside}{loose}</g>')
    assert [section.name for section in found.sections] == ["North", "South"]
    assert sum(seat.section is None for seat in found.seats) == 4


def test_backdrops_of_stated_blocks_are_no_sections_and_the_category_is_the_zone() -> None:
    body = "".join(
        f'<g id="gold-{i}" data-seccion="Gold" data-nombre-bloque="Block {i}">{box(i)}</g>'
        for i in range(3)
    )
    found = parse(f'<g id="zona-gold"><path d="M0 0h300v90h-300z"/></g>{body}')
    assert [section.name for section in found.sections] == ["Block 0", "Block 1", "Block 2"]
    assert {found.zones[section.zone or 0].name for section in found.sections} == {"Gold"}


def test_tables_that_state_their_section_name_themselves_and_not_it() -> None:
    body = "".join(
        f'<g id="mesa-{i}" data-seccion="Terrace" data-nombre-bloque="#{i}">{box(i)}</g>'
        for i in (1, 2)
    )
    found = parse(body)
    assert [section.name for section in found.sections] == ["Terrace"]
    assert [table.name for table in found.tables] == ["1", "2"]


def test_areas_of_one_name_get_their_keys_from_their_ids() -> None:
    body = "".join(
        f'<g id="ga-{i}" data-tipo="general" data-seccion="Lawn">{box(i)}</g>' for i in (1, 2)
    )
    assert [area.key for area in parse(body).areas] == ["ga-1", "ga-2"]


def test_what_a_template_binds_says_what_is_a_seat_and_what_a_table() -> None:
    chairs = "".join(
        f'<g [attr.id]="table.seats[{i}].groupId"><circle [attr.id]="table.seats[{i}].id" '
        f'cx="{100 + 90 * i}" cy="40" r="20"/></g>'
        for i in range(2)
    )
    top = '<g [attr.id]="tableGroupId"><circle [attr.id]="table.id" cx="145" cy="40" r="30"/></g>'
    found = parse(f'<g [attr.id]="tableSeatGroupId">{top}{chairs}</g>')
    assert (len(found.tables), len(found.seats)) == (1, 2)
    assert found.tables[0].radius == 30
    assert {(seat.name, seat.table) for seat in found.seats} == {(None, 0)}


def test_handlers_written_with_spaces_are_dropped_like_any_template_syntax() -> None:
    body = dots(5, 40, lambda _: 'class="seat" onClick = {(e) => pick(e.id)}')
    assert len(parse(body).seats) == 5


def test_numbered_blocks_that_may_be_lands_are_told() -> None:
    body = "".join(box(i % 10, f'id="{101 + i}"', y=20 + 40 * (i // 10)) for i in range(20))
    lands = parse(body)
    notes = [note for note in lands.report.uncertain if "venue" in note.what]
    assert len(lands.sections) == 20
    assert [note.count for note in notes] == [20]
    arena = parse(f"{body}<text y='300'>STAGE</text>")
    assert len(arena.sections) == 20
    assert not [note for note in arena.report.uncertain if "venue" in note.what]


def test_blocks_of_a_database_have_keys_and_no_names() -> None:
    body = "".join(box(i, f'id="_{14948030 + 7 * i}"') for i in range(9))
    named = parse(f"<title>City Arena</title>{body}")
    assert [section.name for section in named.sections] == [None] * 9
    assert {section.key for section in named.sections} == {f"{14948030 + 7 * i}" for i in range(9)}
    assert not parse(f"<title>Departments</title>{body}").sections
