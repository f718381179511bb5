"""Posters as phones see them: how many of many looks are read, by distance and decoder, and how long a PDF takes.

    python -m tests.bench posters

Each look is another one: tilt up to 20 degrees, blur up to 1 px, noise up to 8 grey values, drawn by a seed.
"""

import time
from typing import Any

import numpy as np
import zxingcpp
from pyzbar.pyzbar import ZBarSymbol
from pyzbar.pyzbar import decode as zbar

from central.venues.poster_pdf import Sheet, posters_pdf
from credentials.venue_qr import Venue, encode_venue
from tests.parts.poster_camera import Picture, seen
from tests.parts.seen import pages_of
from wire.crypto import SigningKey

HOST, NAME = "gatepost.soyte.example.vn", "Trường Tiểu học và Trung học cơ sở Mẫu Thử"
ENDS_S = 1_900_000_000
LOOKS, LEAST, PDF_S = 40, 0.95, 2.0
METRES = (1.0, 2.0, 3.0)


def run(quick: bool) -> list[dict[str, Any]]:
    """Rows for the table; see tests.bench."""
    text = encode_venue(Venue("v-26740-7k3m", NAME, "Cổng chính", ENDS_S), SigningKey(bytes(32)), HOST)
    sheet = Sheet(NAME, "Cổng chính", text, HOST, ENDS_S, "km")
    posters_pdf([sheet])  # the fonts are loaded once
    began = time.perf_counter()
    pdf = posters_pdf([sheet] * 4)
    took = time.perf_counter() - began
    page = pages_of(pdf, 300)[0]
    looks = LOOKS // 8 if quick else LOOKS
    rows = [_row("a PDF of four doors", took, "s", took <= PDF_S, f"<= {PDF_S:g}", f"{len(pdf) / 1000:.0f} kB")]
    for metres in METRES:
        for name, read in (("zxing-cpp", _zxing), ("pyzbar", _zbar)):
            share = sum(read(_look(page, metres, seed)) == text for seed in range(looks)) / looks
            holds = share >= LEAST
            rows.append(_row(f"posters read at {metres:g} m by {name}", share, "share", holds, f">= {LEAST:g}"))
    return rows


def _look(page: Picture, metres: float, seed: int) -> Picture:
    tilt, blur, noise = np.random.default_rng(seed).uniform((-20, 0.4, 0), (20, 1.0, 8))
    return seen(page, metres, tilt_degrees=float(tilt), blur_px=float(blur), noise=float(noise), seed=seed)


def _zxing(picture: Picture) -> str:
    return next((str(code.text) for code in zxingcpp.read_barcodes(picture)), "")


def _zbar(picture: Picture) -> str:
    return next((str(code.data.decode()) for code in zbar(picture, symbols=[ZBarSymbol.QRCODE])), "")


def _row(name: str, value: float, unit: str, holds: bool, bound: str, note: str = "") -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "bound": bound, "holds": holds, "note": note}
