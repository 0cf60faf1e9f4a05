"""Whole drawings of our own that are no venue, though much in them stands in rows."""

from __future__ import annotations

from math import cos, pi, sin

from tests.seatmap.drawings import svg
from tests.seatmap.styles import (
    Drawing,
    Want,
    around,
    circle,
    el,
    middle,
    rect,
    style,
    text,
)
from tests.seatmap.trades import said

SYMBOLS = (
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se "
    "Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy "
    "Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf "
    "Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og"
).split()


@style
def not_a_venue_city() -> Drawing:
    """Streets, blocks of houses with numbers, a park and a station."""
    body = ""
    for k in range(48):
        x, y = 30 + 95 * (k % 8), 30 + 95 * (k // 8)
        for h in range(4):
            u, v = x + 38 * (h % 2), y + 38 * (h // 2)
            body += rect(u, v, 30 + (k * 7 + h) % 6, 28 + (k * 5 + h) % 8, fill="#ddd")
            body += middle(u + 15, v + 18, 2 * (k % 8) + h + 1, 7)
    for k in range(7):
        body += el("path", d=f"M0 {20 + 95 * k}H800", stroke="#fff")
        body += text(10, 18 + 95 * k, f"{k + 1}th Street", 8)
    return svg(body + said(220, 220, 180, 180, "City Park"), "0 0 800 620"), Want(rows=0)


@style
def not_a_venue_bar_chart() -> Drawing:
    body = "".join(
        rect(60 + 40 * i, 400 - 9 * (i * 5 % 17 + 2), 28, 9 * (i * 5 % 17 + 2))
        + middle(74 + 40 * i, 420, f"Q{i % 4 + 1}")
        for i in range(16)
    )
    body += "".join(text(20, 400 - 50 * k, 50 * k) for k in range(8))
    return svg(body + text(300, 30, "Revenue by quarter", 16), "0 0 720 440"), Want(rows=0)


@style
def not_a_venue_scatter_chart() -> Drawing:
    body = "".join(
        circle(60 + (i * 7919) % 640, 40 + (i * i * 31) % 360, 4, class_="point")
        for i in range(150)
    )
    body += "".join(middle(60 + 80 * k, 440, 10 * k) for k in range(9))
    return svg(body, "0 0 760 460"), Want(rows=0)


@style
def not_a_venue_keyboard() -> Drawing:
    keys = ("1234567890", "QWERTYUIOP", "ASDFGHJKL;", "ZXCVBNM,./")
    body = "".join(
        el("g", rect(30 + 50 * i + 14 * r, 30 + 50 * r, 44, 44, rx=6)
           + middle(52 + 50 * i + 14 * r, 58 + 50 * r, key))
        for r, row in enumerate(keys)
        for i, key in enumerate(row)
    )  # fmt: skip
    return svg(body, "0 0 620 260"), Want(rows=0)


@style
def not_a_venue_periodic_table() -> Drawing:
    body = ""
    for i in range(118):
        x, y, name = 42 * (i % 18), 42 * (i // 18), SYMBOLS[i]
        words = text(24 + x, 32 + y, i + 1, 8) + middle(40 + x, 48 + y, name)
        body += el("g", rect(20 + x, 20 + y, 40, 40) + words)
    return svg(body, "0 0 800 330"), Want(rows=0)


@style
def not_a_venue_year_of_days() -> Drawing:
    """The calendar of contributions: many equal squares in lines."""
    body = "".join(
        rect(30 + 13 * (i // 7), 30 + 13 * (i % 7), 10, 10, class_="day", data_date=f"2024-{i}",
             data_count=i % 5, fill=("#ebedf0", "#9be9a8", "#40c463")[i % 3])
        for i in range(371)
    )  # fmt: skip
    body += "".join(text(30 + 56 * k, 22, m, 9) for k, m in enumerate(("Jan", "Feb", "Mar", "Apr")))
    return svg(body, "0 0 730 140"), Want(rows=0)


@style
def not_a_venue_office() -> Drawing:
    rooms = (
        "Meeting 1",
        "Meeting 2",
        "Reception",
        "Server",
        "Storage",
        "Kitchen",
        "WC",
        "Open space",
    )
    body = "".join(
        said(30 + 190 * (i % 4), 40 + 220 * (i // 4), 180, 200, room)
        for i, room in enumerate(rooms)
    )
    body += "".join(el("path", d=f"M{60 + 190 * k} 240a30 30 0 0 1 30 30") for k in range(4))
    return svg(body + text(380, 500, "Entrance"), "0 0 800 520"), Want(rows=0)


@style
def not_a_venue_network() -> Drawing:
    """A graph: nodes on a ring with numbers, joined by lines."""
    spots = around(400, 300, 240, 24)
    body = "".join(
        el("line", x1=f"{x:.1f}", y1=f"{y:.1f}", x2=f"{u:.1f}", y2=f"{v:.1f}", stroke="#999")
        for i, (x, y) in enumerate(spots)
        for u, v in (spots[(i * 7 + 5) % 24],)
    )
    body += "".join(
        circle(x, y, 16, class_="node") + middle(x, y + 4, f"n{i}")
        for i, (x, y) in enumerate(spots)
    )
    return svg(body, "0 0 800 600"), Want(rows=0)


@style
def not_a_venue_logo() -> Drawing:
    """A mark of dots in rings, as brands draw them."""
    body = "".join(
        circle(200 + 24 * ring * cos(2 * pi * k / (6 * ring)),
               200 + 24 * ring * sin(2 * pi * k / (6 * ring)), 10 - 1.4 * ring)
        for ring in range(1, 6)
        for k in range(6 * ring)
    )  # fmt: skip
    return svg(el("g", body, id="logo"), "0 0 400 400"), Want(rows=0)
