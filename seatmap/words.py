"""The vocabulary of venue drawings: which words mark a seat, a row, a stage, a legend.

Only words, in the languages real drawings use; how they are applied is in `names`.
"""

from __future__ import annotations

SEAT = frozenset(
    "seat place asiento butaca localidad chair silla stuhl sitz sitzplatz platz stoel zitplaats "
    "siege siège poltrona posto assento cadeira plads plass plats miejsce sedadlo koltuk desk "
    "workstation место кресло стул стілець fotel krzesło židle místo miesto hely szék paikka "
    "istuin כיסא מושב مقعد θέση sæde scaun stol lugar sjedalo ghế ที่นั่ง kursi ადგილი տեղ място "
    "صندلی सीट koht sedež sedište vieta 席 座席 座位 座 석 좌석".split()
)
STOOLS = SEAT | frozenset("spot stool barstool hocker barhocker taburete sgabello".split())
"""Words that make a place of what they stand with: "bar stool"."""
STATES = frozenset(
    "available free open taken sold reserved booked occupied unavailable disabled selected blocked "
    "active held hold frei belegt verkauft reserviert gesperrt libre ocupado ocupada disponible "
    "vendido vendida reservado reservada occupé réservé vendu libero occupato venduto disponibile "
    "свободно занято продано свободен занят wolne zajęte".split()
)
"""What names say of a seat's sale: "B_7_sold"."""
SEAT_STATES = STATES | frozenset("standard regular premium vip".split())
"""What classes say of a seat beside that it is one ("seat-available", "seat_vip")."""
CURRENCY_SIGNS = "[€$£¥₽₴₺₩₹]"
CURRENCIES = frozenset(
    "eur usd gbp chf czk kč zł pln руб грн huf ft sek nok dkk lei 円 元 원".split()
)
SEAT_LAYERS = frozenset(
    "seats chairs asientos butacas sillas sitze sitzplätze stühle sièges fauteuils poltrone "
    "posti места кресла стулья plätze plaatsen stoelen miejsca sedadla koltuklar paikat platser "
    "pladser".split()
)
"""Names of layers that hold nothing but seats."""
SECTION_LAYERS = frozenset(
    "sections sectors blocks secciones sectores bloques sektoren blöcke секции секторы".split()
)
"""Names of layers whose named shapes are sections."""
ROW = frozenset(
    "row fila reihe rangee rangée ряд riga rij rang rad række rząd řada fileira hilera sıra "
    "排 列 열 שורה صف σειρά sira rivi rekke rzad rada řádek sor rând hàng แถว baris რიგი շարք ред "
    "ردیف पंक्ति eilė rinda rida vrsta".split()
)
TABLE = frozenset(
    "table mesa tisch tavolo стол столик tafel bord stolik periquera stůl stół asztal "
    "pöytä masa".split()
)
SECTION = frozenset(
    "section sec sector seccion sección sektor block bloque blok tribune tribuna tribüne grada "
    "gradin tendido andanada curva kurve palco box loge lodge ложа сектор секция блок bloc stand "
    "zona vak settore sektör szektor sektion sekcja lohko felt "
    "블럭 블록 구역 区 區 ブロック".split()
)
HOUSE = frozenset(
    "stalls parterre parkett parket balcony balcon balkon circle gallery galerie galería galleria "
    "mezzanine orchestra rang tribune tribuna tribüne grandstand platea palco anfiteatro loge "
    "партер балкон бельэтаж амфитеатр ложа".split()
)
"""What the parts of a house are called: a shape with such a word on it is one."""
SIDES = frozenset(
    "north south east west left right centre center middle upper lower norte sur este oeste "
    "oriente poniente izquierda derecha centro nord süd sud ost est ouest links rechts mitte "
    "gauche droite sinistra destra север юг восток запад левая правая".split()
)
"""Where a section is: "Grada Sur", "Tribune west"."""
TIERS = frozenset(
    "tier level ring deck bowl floor oberrang mittelrang unterrang anillo bandeja étage etage "
    "nivel curva ярус".split()
).union(SIDES, HOUSE)
"""What layers are called in which blocks count from 1."""
VENUES = frozenset(
    "stadium stadion stade estadio estádio stadio arena theatre theater théâtre teatro teatr театр "
    "стадион арена auditorium auditorio concert opera amphitheatre ballpark coliseum coliseo "
    "velodrome hippodrome sports cinema kino".split()
)
"""Words of a title by which a drawing is of a venue."""
VENUE_SIGNS = (
    "体育", "剧院", "剧场", "劇場", "音乐厅", "球场",
    "ホール", "スタジアム", "경기장", "극장", "체육관",
)  # fmt: skip
"""The same, of languages that write words without spaces."""
STANDING = frozenset(
    "standing ga genadm sro pit pen stehplatz stehplätze stehplaetze stehtribüne general танцпол "
    "dancefloor tanzfläche moshpit фанзона fosse pista steh debout ståplass ståplats stojące "
    "stojąca stojący stání ayakta staanplaats staanplaatsen seisomapaikat állóhely płyta "
    "ståplatser".split()
)
STANDING_PHRASES = (
    "dance floor", "golden circle", "general admission", "standing room", "de pie", "stå plass",
)  # fmt: skip
STATED_STANDING = frozenset("ga genadm sro standing".split())
"""Words that mean standing also beside a word for a section ("block is-ga")."""
AREA = frozenset("area areas bereich área zone".split())
"""Last words of classes ("crew-area") of what is an area, but not said to be for standing."""
BOOTH = frozenset("booth messestand стенд".split())
BENCH = frozenset("pew bench banco banc kirchenbank".split())
"""Long seats that are sold by the place, without the places being drawn."""
ROOM = frozenset(
    "vip lounge terrace terrasse terraza deck patio lawn garden suite skybox cabana sofa couch "
    "booth platform concourse wing camping bleacher bleachers vvip premium standard economy "
    "diamond platinum gold silver bronze oro plata bronce silber platin золото серебро".split()
)
"""Words on a shape, or alone, that say a part of the ground in a drawing known to be a venue."""
NOT_A_SEAT = frozenset("spacer hidden row rows label text legend number icon".split())
LEGEND = frozenset("legend legends leyenda legende légende легенда colorkey swatches key".split())
LEGEND_PHRASES = ("tabla colores", "tabla de colores", "color key", "colour key")

LANDMARKS = {
    "stage": "stage",
    "buehne": "stage",
    "escenario": "stage",
    "scene": "stage",
    "scène": "stage",
    "сцена": "stage",
    "bühne": "stage",
    "palcoscenico": "stage",
    "podium": "stage",
    "catwalk": "stage",
    "runway": "stage",
    "ramp": "other",
    "jeviště": "stage",
    "pódium": "stage",
    "színpad": "stage",
    "näyttämö": "stage",
    "estrada": "stage",
    "toneel": "stage",
    "scen": "stage",
    "scena": "stage",
    "sahne": "stage",
    "altar": "stage",
    "altare": "stage",
    "舞台": "stage",
    "ステージ": "stage",
    "σκηνή": "stage",
    "σκηνη": "stage",
    "เวที": "stage",
    "სცენა": "stage",
    "բեմ": "stage",
    "صحنه": "stage",
    "무대": "stage",
    "المسرح": "stage",
    "במה": "stage",
    "pitch": "pitch",
    "field": "pitch",
    "court": "pitch",
    "rink": "pitch",
    "cancha": "pitch",
    "campo": "pitch",
    "spielfeld": "pitch",
    "terrain": "pitch",
    "поле": "pitch",
    "그라운드": "pitch",
    "グラウンド": "pitch",
    "フィールド": "pitch",
    "球场": "pitch",
    "球場": "pitch",
    "γήπεδο": "pitch",
    "screen": "screen",
    "pantalla": "screen",
    "leinwand": "screen",
    "экран": "screen",
    "屏幕": "screen",
    "银幕": "screen",
    "スクリーン": "screen",
    "스크린": "screen",
    "الشاشة": "screen",
    "bar": "bar",
    "buvette": "bar",
    "mix": "other",
    "mixer": "other",
    "foh": "other",
    "regie": "other",
    "régie": "other",
    "technik": "other",
    "kitchen": "other",
    "küche": "other",
    "kjøkken": "other",
    "cocina": "other",
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
    "ingresso": "exit",
    "uscita": "exit",
    "entrée": "exit",
    "sortie": "exit",
    "saída": "exit",
    "wejście": "exit",
    "wyjście": "exit",
    "inngang": "exit",
    "utgang": "exit",
    "indgang": "exit",
    "udgang": "exit",
    "ingång": "exit",
    "utgång": "exit",
    "ingang": "exit",
    "uitgang": "exit",
    "wc": "toilet",
    "toilet": "toilet",
    "toilets": "toilet",
    "restroom": "toilet",
    "restrooms": "toilet",
    "toilette": "toilet",
    "toiletten": "toilet",
    "toilettes": "toilet",
    "toaletter": "toilet",
    "туалет": "toilet",
    "baños": "toilet",
    "východ": "exit",
    "vchod": "exit",
    "çıkış": "exit",
    "출구": "exit",
    "입구": "exit",
    "出口": "exit",
    "入口": "exit",
    "έξοδος": "exit",
    "είσοδος": "exit",
    "화장실": "toilet",
    "洗手间": "toilet",
    "卫生间": "toilet",
    "トイレ": "toilet",
    "τουαλέτες": "toilet",
    "giriş": "exit",
    "kijárat": "exit",
    "bejárat": "exit",
    "uloskäynti": "exit",
    "sisäänkäynti": "exit",
    "cloakroom": "cloakroom",
    "wardrobe": "cloakroom",
    "garderobe": "cloakroom",
    "vestiaire": "cloakroom",
    "guardaroba": "cloakroom",
    "гардероб": "cloakroom",
}

LANDMARK_ENDS = (
    "bühne", "eingang", "ausgang", "inngang", "utgang", "garderobe", "toilette", "toiletten",
)  # fmt: skip
"""Compound words end with what they are: "Haupteingang", "Nødutgang"."""

ACCESSIBLE = frozenset(
    "wheelchair wheelchairs accessible handicap handicapped ada pmr rollstuhl rollstuhlplatz "
    "rolli minusválidos cadeirante cadeirantes roulant ruedas rotelle rodas rolstoel rullstol "
    "rullestol kørestol wózek vozíčkář tekerlekli инвалид колясочник "
    "휠체어 轮椅 輪椅 車椅子 車いす".split()
)
COMPANION = frozenset(
    "companion carer begleitperson begleitung begleiter acompañante accompagnateur accompagnatore "
    "acompanhante ledsager ledsagare сопровождающий opiekun".split()
)
RESTRICTED = frozenset("restricted obstructed sichtbehindert".split())
SIGHT = frozenset(
    "view visibility visibilité vue visibilidad vista visión visibilità sicht zicht sikt обзор "
    "видимость widoczność výhled".split()
)
MOVING = frozenset("mobilité movilidad mobilità mobilidade mobility".split())
LESS = frozenset(
    "limited partial reduced impaired réduite reduite reducida limitada limitata ridotta reduzida "
    "eingeschränkt eingeschränkte beschränkte beperkt begrenset begränsad ограниченный ограничена "
    "ograniczona omezený".split()
)
"""What is less for a person: a view, or how they move."""

GENERIC = frozenset(
    "seats places chairs rows tables sections seatmap map venue hall plan layer layers group "
    "groups root container id all main svg frame page content drawing background bg canvas "
    "overlay overlays labels outline outlines floor floorplan base exits boxes areas asientos "
    "seating chart bestuhlung furn furniture möbel mobilier mobiliario objects objekte artwork "
    "butacas places".split()
)
"""Words of which the names of groups consist that name no part of the house."""

DRAWING = frozenset(
    "plan map seatmap layer capa ebene calque слой réteg schema scheme artboard zeichenfläche page "
    "web desktop mobile iphone ipad android macbook tablet".split()
)
"""A name with any of these is about the drawing."""

PICTURES = frozenset("icon icons logo logos symbol pictogram".split())
"""Names of groups that hold a picture, whatever it looks like."""

HELPERS = frozenset(
    "background poche tray vom mask inactive details detail contour border shadow wall walls "
    "aisle aisles stairs steps escaleras pasillos symbol icon seatmap svg text label "
    "window windows door doors column columns pillar pillars".split()
)
"""Names of shapes that only help the picture."""

DATA = {
    "seat": ("seat", "seatnumber", "seatno", "seatnum", "seatnr", "seatname", "seatlabel",
             "asiento", "butaca", "platz", "place", "placenumber", "seatseat"),
    "row": ("row", "rowname", "rowlabel", "rownumber", "rowno", "rownum", "seatrow", "fila",
            "reihe", "ряд"),
    "section": ("section", "sectionid", "sectionkey", "seatsection", "seccion", "sector",
                "sectorid", "block", "blockid", "tribune", "seatarea", "areaname", "seatgroup"),
    "section_name": ("sectionname", "sectionlabel", "nombrebloque", "sectorname", "blockname",
                     "tribunename"),
    "table": ("table", "tablename", "tablenumber", "tableno", "mesa", "tisch"),
    "zone": ("zone", "pricezone", "pricecategory", "seatcategory", "pricelevel", "pricetier",
             "priceclass", "priceband", "pricegroup", "pricearea", "category", "categoria",
             "seattype", "seatclass", "seattier"),
    "capacity": ("capacity", "capacidad", "maxcapacity"),
    "kind": ("type", "tipo", "kind", "component", "objecttype"),
    "name": ("name", "label", "title"),
    "booth": ("booth", "boothid", "boothnumber", "stand", "standid", "standnumber"),
    "access": ("access", "accessibility"),
    "number": ("number", "num", "no", "nr", "numero"),
    "column": ("seatcolumn", "seatcol", "column", "col"),
    "seat_id": ("seatid", "seatguid", "seatuuid", "seatkey", "seatlocation", "seatcode", "placeid"),
}  # fmt: skip
"""Field -> `data-` attributes that state it, without "-" and "_". "number" is a seat's only where
something else says that there is a seat, and so is "column" where that is the class; a "seat_id"
says that there is a seat, and no name."""

DATED = "data-date"
"""What has a date is a day of a calendar or a mark of a chart, and no place."""

BARE_DATA = frozenset(
    "seat seatnumber seatno seatkey seatid place row rowname rownumber section sectionname sector "
    "block".split()
)
"""Of these, what generators also write without "data-"."""
