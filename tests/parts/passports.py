"""Passport pages and cards as a gate's camera sees them, drawn by code: tint, guilloche, portrait, fields, zone.

Every picture follows from its seed. The people in them are invented; the issuer is Utopia (UTO, ICAO Doc 9303). Sizes
on paper in millimetres (Doc 9303 parts 4 to 6): ten signs an inch, lines a quarter of an inch apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Gray = NDArray[np.uint8]
Real = NDArray[np.float32]
VGA, HD = (480, 640), (720, 1280)
PITCH, LINES_APART, SIGN_HIGH = 2.54, 6.35, 2.4
# (width, height) of the page or card by the number of its zone's lines and their length.
_PAGES = {44: (125.0, 88.0), 36: (105.0, 74.0), 30: (85.6, 54.0)}
_DRAWN = 20  # pixels a millimetre on the drawing, finer than any camera here sees it
OCR_B = Path("/usr/share/fonts/opentype/ocr-b/OCRB.otf")  # Debian's fonts-ocr-b, in main
PLAIN = Path("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf")  # Debian's fonts-noto-core: another typeface


@dataclass(frozen=True, slots=True)
class Held:
    """How the page is held and seen.

    fill: width of the page in widths of the frame. turned: degrees. leaning: how much narrower the far edge is than
    the near one, 0 flat. blur, noise: sigma in pixels of the frame and in gray values. light: gray value of the paper.
    """

    fill: float = 0.92
    turned: float = 0.0
    leaning: float = 0.0
    blur: float = 0.6
    noise: float = 2.0
    light: float = 205.0


def page(lines: Sequence[str], rng: np.random.Generator, font: Path = OCR_B) -> Real:
    """The page with `lines` at its foot (none: a page without a zone); gray values around 0..1 of the paper's."""
    width, height = _PAGES[len(lines[0]) if lines else 44]
    wide, high = round(width * _DRAWN), round(height * _DRAWN)
    image = Image.fromarray(_tint(rng, wide, high))
    draw = ImageDraw.Draw(image)
    if width == _PAGES[44][0]:  # the zone of a card is on its back, without a portrait
        _portrait(draw, rng, height)
        _fields(draw, rng, height)
    face = _face(font, SIGN_HIGH)
    left = (width - PITCH * (len(lines[0]) - 1)) / 2 if lines else 0
    for row, line in enumerate(reversed(lines)):
        base = height - 7.0 - LINES_APART * row
        for place, sign in enumerate(line):
            draw.text((_px(left + PITCH * place), _px(base)), sign, fill=28, font=face, anchor="ms")
    return np.asarray(np.asarray(image) / 235, dtype=np.float32)


def seen(paper: Real, held: Held, rng: np.random.Generator, size: tuple[int, int] = VGA) -> Gray:
    """The camera's picture of `paper`, before a dark and restless room."""
    height, width = size
    fine = 2  # sampled finer than the camera and averaged down, as a lens does
    scale = held.fill * width * fine / paper.shape[1]
    turn = np.deg2rad(held.turned)
    middle = np.array([width, height]) * fine / 2 + rng.uniform(-3, 3, 2)
    half = np.array(paper.shape[::-1]) * scale / 2
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    corners[:2, 0] *= 1 - held.leaning
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    there = (corners @ rotation.T + middle).astype(np.float32)
    here = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32) * np.array(paper.shape[::-1], np.float32)
    drawn = cv2.resize(paper, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    matrix = cv2.getPerspectiveTransform(here * np.float32(scale), there)
    picture = cv2.resize(rng.uniform(30, 120, (5, 7)).astype(np.float32), (width * fine, height * fine))
    cv2.warpPerspective(
        drawn * held.light, matrix, (width * fine, height * fine), picture, cv2.INTER_CUBIC, cv2.BORDER_TRANSPARENT
    )
    picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    if held.blur:
        picture = cv2.GaussianBlur(picture, (0, 0), held.blur)
    picture = picture * np.linspace(1, rng.uniform(0.8, 1), width, dtype=np.float32)
    picture = picture + rng.normal(0, held.noise, picture.shape)
    return np.asarray(np.clip(picture, 0, 255), dtype=np.uint8)


def _px(millimetres: float) -> float:
    return millimetres * _DRAWN


def _face(font: Path, high: float) -> ImageFont.FreeTypeFont:
    """The font in the size at which its capitals are `high` millimetres."""
    trial = ImageFont.truetype(str(font), 1000)
    _, top, _, bottom = trial.getbbox("H")
    return ImageFont.truetype(str(font), round(_px(high) * 1000 / (bottom - top)))


def _tint(rng: np.random.Generator, wide: int, high: int) -> Gray:
    """Paper with the fine waves that security printing lays below everything."""
    image = np.full((high, wide), 235, np.float32)
    across = np.arange(wide)
    for row in range(int(rng.integers(10, 30)), high, 34):
        wave = row + 16 * np.sin(across / rng.uniform(60, 140) + rng.uniform(0, 6))
        points = np.column_stack([across, wave])[::8].astype(np.int32)
        cv2.polylines(image, [points], False, float(rng.uniform(200, 222)), 3)
    return np.asarray(image, dtype=np.uint8)


def _portrait(draw: ImageDraw.ImageDraw, rng: np.random.Generator, height: float) -> None:
    """A face made of an ellipse, above shoulders."""
    top, wide, high = height * 0.14, height * 0.36, height * 0.46
    draw.rectangle([_px(5), _px(top), _px(5 + wide), _px(top + high)], fill=int(rng.integers(150, 190)))
    draw.ellipse([_px(5 + wide * 0.25), _px(top + 4), _px(5 + wide * 0.75), _px(top + high * 0.65)], fill=110)
    draw.pieslice([_px(7), _px(top + high * 0.7), _px(3 + wide), _px(top + high * 1.3)], 180, 360, fill=60)


def _fields(draw: ImageDraw.ImageDraw, rng: np.random.Generator, height: float) -> None:
    """Labels and values in the upper part, as dense as on a page that is full."""
    small, large = _face(PLAIN, 1.1), _face(PLAIN, 1.9)
    for row in range(6):
        y = height * (0.12 + row * 0.085)
        draw.text((_px(height * 0.45), _px(y)), f"Trường mẫu / Sample field {row}", fill=90, font=small)
        draw.text((_px(height * 0.45), _px(y + 1.8)), f"SPECIMEN {rng.integers(10**7)} UTOPIA", fill=40, font=large)


def held_somehow(rng: np.random.Generator, lines: Sequence[str], size: tuple[int, int] = VGA) -> Held:
    """As hands hold it: a few degrees turned, leaning a little, not quite in focus, in poor light."""
    whole = (0.85, 0.97) if size == VGA else (0.55, 0.68)  # a page that is all in the picture
    low, high = (0.6, 0.95) if len(lines) == 3 and size == VGA else (0.5, 0.7) if len(lines) == 3 else whole
    return Held(
        fill=rng.uniform(low, high),
        turned=rng.uniform(-6, 6),
        leaning=rng.uniform(0, 0.05),
        blur=rng.uniform(0.4, 1.4),
        noise=rng.uniform(1, 6),
        light=rng.uniform(120, 220),
    )
