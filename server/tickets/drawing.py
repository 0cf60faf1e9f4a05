"""What a door scans, as pictures."""

import io

import segno

PIXELS = 8
"""Of a module of the PNG, a side: about 500 pixels in all."""


def qr_svg(scan_token: str) -> bytes:
    """The token as a QR code: SVG that scales to its box, dark on white with a quiet zone."""
    out = io.BytesIO()
    _code(scan_token).save(
        out, kind="svg", border=4, dark="#000", light="#fff", xmldecl=False, omitsize=True
    )
    return out.getvalue()


def qr_png(scan_token: str) -> bytes:
    """The same as pixels, black and white, for whoever shows no SVG."""
    out = io.BytesIO()
    _code(scan_token).save(out, kind="png", border=4, scale=PIXELS)
    return out.getvalue()


def _code(scan_token: str) -> segno.QRCode:
    return segno.make_qr(scan_token, error="m")
