"""A sheet of A4 as a telephone's camera sees it from some metres: so many pixels, a tilt, a blur, a little noise.

A camera of 12 MP has 4,032 pixels across; its lens takes in 70 degrees of that side. At d metres it sees
2 d tan(35 degrees) metres across, so that a metre is 4032 / (2 d tan 35) pixels. Only the sheet and its surroundings
are drawn, not the whole picture: decoders are given what lies around it.
"""

import math

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]

ACROSS_PX, VIEW_DEGREES = 4032, 70.0
_WIDE_M, _HIGH_M = 0.210, 0.297


def pixels_a_metre(metres: float, across_px: int = ACROSS_PX) -> float:
    """How large a metre is in the picture, at that distance, for a camera of so many pixels across."""
    return across_px / (2 * metres * math.tan(math.radians(VIEW_DEGREES / 2)))


def seen(
    page: Picture,
    metres: float,
    *,
    tilt_degrees: float = 20.0,
    blur_px: float = 0.8,
    noise: float = 4.0,
    seed: int = 1,
    across_px: int = ACROSS_PX,
) -> Picture:
    """`page`: an A4 sheet in grey at any resolution above the camera's. Turned about its upright axis by the tilt.

    `blur_px` is the sigma of lens and sensor together, `noise` that of a grey value (0 to 255).
    """
    scale = pixels_a_metre(metres, across_px)
    wide, high = _WIDE_M * scale, _HIGH_M * scale
    corners = _tilted(wide, high, scale * metres, math.radians(tilt_degrees))
    margin = 0.25 * wide
    corners = corners - corners.min(axis=0) + margin
    size = (int(corners[:, 0].max() + margin), int(corners[:, 1].max() + margin))
    # A sensor's pixel takes the light of its whole square: shrunk by area first, then turned.
    shrunk = cv2.resize(page, (round(wide * 2), round(high * 2)), interpolation=cv2.INTER_AREA)
    flat = np.array(
        [(0, 0), (shrunk.shape[1], 0), (shrunk.shape[1], shrunk.shape[0]), (0, shrunk.shape[0])], np.float32
    )
    double = cv2.getPerspectiveTransform(flat, (corners * 2).astype(np.float32))
    turned = cv2.warpPerspective(shrunk, double, (size[0] * 2, size[1] * 2), borderValue=120.0)
    picture = cv2.resize(turned, size, interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(picture, (0, 0), blur_px).astype(np.float32)
    grains = np.random.default_rng(seed).normal(0.0, noise, blurred.shape)
    lit: Picture = np.clip(blurred * 0.8 + 25 + grains, 0, 255).astype(np.uint8)  # indoors paper is not white
    return lit


def _tilted(wide: float, high: float, away: float, tilt: float) -> npt.NDArray[np.float64]:
    """The four corners in the picture, in pixels: the sheet stands `away` pixels from the lens, turned by `tilt`."""
    corners = []
    for x, y in ((-wide / 2, -high / 2), (wide / 2, -high / 2), (wide / 2, high / 2), (-wide / 2, high / 2)):
        depth = away + x * math.sin(tilt)
        corners.append((x * math.cos(tilt) * away / depth, y * away / depth))
    return np.array(corners)
