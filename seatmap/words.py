"""The vocabulary of venue drawings: which words mark a seat, a row, a stage, a legend.

Only words, in the languages real drawings use; how they are applied is in `names`.
"""

from __future__ import annotations

SEAT = frozenset(
    "seat place asiento butaca chair silla stuhl sitz sitzplatz stoel siege siège poltrona posto "
    "место кресло стул стілець".split()
)
SEAT_LAYERS = frozenset(
    "seats chairs asientos butacas sillas sitze sitzplätze stühle sièges fauteuils poltrone posti "
    "места кресла стулья".split()
)
"""Names of layers that hold nothing but seats."""
SECTION_LAYERS = frozenset(
    "sections sectors blocks secciones sectores bloques sektoren blöcke секции секторы".split()
)
"""Names of layers whose named shapes are sections."""
ROW = frozenset("row fila reihe rangee rangée ряд riga rij rang".split())
TABLE = frozenset("table mesa tisch tavolo стол столик tafel periquera".split())
SECTION = frozenset(
    "section sec sector seccion sección block bloque tribune tribuna grada box loge lodge ложа "
    "сектор секция блок bloc stand zona".split()
)
STANDING = frozenset(
    "standing ga sro pit pen stehplatz stehplätze general танцпол dancefloor moshpit "
    "фанзона fosse pista steh".split()
)
STANDING_PHRASES = ("dance floor", "golden circle", "general admission", "standing room")
AREA = frozenset("area areas bereich área zone".split())
"""Last words of classes ("crew-area") of what is an area, but not said to be for standing."""
NOT_A_SEAT = frozenset("spacer hidden row rows label text legend number icon".split())
LEGEND = frozenset("legend legends leyenda legende légende легенда colorkey swatches key".split())
LEGEND_PHRASES = ("tabla colores", "tabla de colores", "color key", "colour key")

LANDMARKS = {
    "stage": "stage",
    "escenario": "stage",
    "scene": "stage",
    "scène": "stage",
    "сцена": "stage",
    "bühne": "stage",
    "palcoscenico": "stage",
    "podium": "stage",
    "pitch": "pitch",
    "field": "pitch",
    "court": "pitch",
    "cancha": "pitch",
    "campo": "pitch",
    "screen": "screen",
    "pantalla": "screen",
    "leinwand": "screen",
    "экран": "screen",
    "bar": "bar",
    "exit": "exit",
    "entrance": "exit",
    "entry": "exit",
    "gate": "exit",
    "salida": "exit",
    "entrada": "exit",
    "ausgang": "exit",
    "eingang": "exit",
    "выход": "exit",
    "вход": "exit",
    "wc": "toilet",
    "toilet": "toilet",
    "toilets": "toilet",
    "restroom": "toilet",
    "baños": "toilet",
    "cloakroom": "cloakroom",
    "wardrobe": "cloakroom",
    "garderobe": "cloakroom",
    "гардероб": "cloakroom",
}

ACCESSIBLE = frozenset(
    "wheelchair accessible handicap handicapped ada pmr rollstuhl minusválidos".split()
)
COMPANION = frozenset("companion carer begleitperson acompañante".split())
RESTRICTED = frozenset("restricted obstructed sichtbehindert".split())

GENERIC = frozenset(
    "seats places chairs rows tables sections seatmap map venue hall plan layer layers group "
    "groups root all main svg frame page content drawing background bg canvas overlay overlays "
    "labels outline outlines floor floorplan base exits boxes areas asientos butacas places".split()
)
"""Words of which the names of groups consist that name no part of the house."""

DRAWING = frozenset("plan map seatmap layer capa ebene calque слой réteg schema scheme".split())
"""A name with any of these is about the drawing."""

HELPERS = frozenset(
    "background poche tray vom mask inactive details detail contour border shadow wall walls "
    "aisle aisles stairs steps escaleras pasillos symbol icon seatmap svg text label".split()
)
"""Names of shapes that only help the picture."""

DATA = {
    "seat": ("seat", "seat-number", "seat-no", "seat-name", "seat-label", "asiento", "place"),
    "row": ("row", "row-name", "row-label", "row-number", "fila"),
    "section": ("section", "section-id", "section-key", "seccion", "sector", "block", "tribune"),
    "section_name": ("section-name", "nombre-bloque", "sector-name", "block-name"),
    "table": ("table", "table-name", "table-number", "mesa"),
    "zone": ("zone", "price-zone", "price-category", "seat-category", "price-level"),
    "capacity": ("capacity", "capacidad"),
    "kind": ("type", "tipo", "kind", "component"),
    "name": ("name", "label", "title"),
    "access": ("access", "accessibility"),
}
"""Field -> `data-` attributes that state it."""
