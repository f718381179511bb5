"""Where the modules of a code lie, though its paper is folded, bent or torn. PURE numpy.

The edges between modules repeat once a module: their strength is a wave whose local phase tells how far the modules
are from where a flat sheet would have them (demodulation of fringes: Takeda, JOSA 72, 156, 1982; windows that try
several slopes: Kemao, Applied Optics 43, 2695, 2004). A fold changes the slope of that distance, a slip adds a step, a
bend curves it; each is read off, nothing of the fold's place or kind has to be known. The phase gives the distance but
for whole modules. These come by walking from a finder pattern, where the distance is nought, surest steps first.

Distances are in modules; arrays are [row, column] of the code, dim x dim modules or every second one of them (a node).
"""

import heapq
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kiosk.devices.finders import FINDER, Corners, Gray

Real = NDArray[np.float32]
Complex = NDArray[np.complex64]
# Samples a module along each side, and modules of surroundings (the window's reach beyond the outermost module).
SAMPLES, MARGIN = 4, 4
# Every second module is a node. Its window is a raised cosine that reaches 4 modules.
STEP, REACH = 2, 4
# Slopes that a window tries, in modules a module: halves that lean by 35 degrees differ by about 0.2.
SLOPES = (-0.2, -0.12, -0.06, 0.0, 0.06, 0.12, 0.2)


@dataclass(frozen=True, slots=True)
class Waves:
    """At each node: distance but for whole modules, trust 0..1, slopes along columns' and rows' numbers."""

    distance: Real
    trust: Real
    right: Real
    down: Real

    def turned(self) -> "Waves":
        """Rows for columns."""
        return Waves(self.distance.T, self.trust.T, self.down.T, self.right.T)


def flat(gray: Gray, corners: Corners, dim: int) -> Gray:
    """The code as if its paper were flat: SAMPLES a module, MARGIN around."""
    side = (dim + 2 * MARGIN) * SAMPLES
    right, down = corners.module(dim)
    origin = corners.origin(dim) - MARGIN * (right + down)
    right, down = right / SAMPLES, down / SAMPLES
    # Pillow's places are corners of pixels, ours their middles; it adds half a pixel at both ends.
    sheet = (right[0], down[0], origin[0] + 0.5, right[1], down[1], origin[1] + 0.5)
    image = Image.fromarray(np.ascontiguousarray(gray))
    return np.asarray(image.transform((side, side), Image.Transform.AFFINE, sheet, Image.Resampling.BILINEAR))


def waves(sheet: Gray) -> tuple[Waves, Waves]:
    """The waves along the rows and along the columns of a picture by `flat`."""
    values = sheet.astype(np.float32)
    return _waves_along(values), _waves_along(values.T).turned()


def _cells(values: Real) -> tuple[Complex, Real]:
    """For each module square: strength of the edges across rows as a wave, and as a plain sum."""
    side = len(values)
    edges = np.zeros((side, side), np.float32)
    edges[:, 1:] = (values[:, 1:] - values[:, :-1]) ** 2
    # The edge before sample k lies at k / SAMPLES modules.
    wave = np.exp(-2j * np.pi * np.arange(side) / SAMPLES).astype(np.complex64)
    count = side // SAMPLES
    squares = (count, SAMPLES, count, SAMPLES)
    return (edges * wave).reshape(squares).sum(axis=(1, 3)), edges.reshape(squares).sum(axis=(1, 3))


@lru_cache(maxsize=8)
def _windows(count: int) -> tuple[Complex, Real]:
    """(slopes, cells, nodes) and (cells, nodes): a window around each node, as it sees each slope, and plain."""
    at = np.arange(count)
    nodes = np.arange(MARGIN, count - MARGIN, STEP)
    away = at[:, None] - nodes
    plain = np.where(np.abs(away) <= REACH, 0.5 + 0.5 * np.cos(np.pi * away / (REACH + 1)), 0)
    seen = np.stack([plain * np.exp(2j * np.pi * slope * away) for slope in SLOPES])
    return seen.astype(np.complex64), plain.astype(np.float32)


def _waves_along(values: Real) -> Waves:
    wave, strength = _cells(values)
    seen, plain = _windows(len(wave))
    slopes, count, nodes = seen.shape
    across = wave @ seen.transpose(1, 0, 2).reshape(count, slopes * nodes)
    both = seen.transpose(0, 2, 1).reshape(slopes * nodes, count) @ across
    sums = both.reshape(slopes, nodes, slopes, nodes).transpose(0, 2, 1, 3).reshape(-1, nodes, nodes)
    power = sums.real**2 + sums.imag**2
    best = power.argmax(axis=0)[None]
    chosen = np.take_along_axis(sums, best, axis=0)[0]
    # A tenth of the mean strength as a floor: bare paper is not trusted.
    floor = float(strength.mean()) / 10 * plain.sum(axis=0)[nodes // 2] ** 2 + 1e-6
    trust = np.abs(chosen) / (plain.T @ strength @ plain + floor)
    slope = np.array(SLOPES, dtype=np.float32)
    distance = -np.angle(chosen) / (2 * np.pi)
    return Waves(distance.astype(np.float32), trust, slope[best[0] % slopes], slope[best[0] // slopes])


def walk(waves: Waves, finders: tuple[tuple[int, int], ...]) -> Real:
    """Distances with their whole modules, walking from these finders (0 or 1 right, 0 or 1 down); at each node."""
    nodes = len(waves.distance)
    # A rim that counts as walked already keeps the walk inside; a node is one number.
    wide = nodes + 2
    rimmed = [np.pad(part, 1) for part in (waves.distance, waves.trust, waves.right, waves.down)]
    distance, trust, right, down = (part.ravel().tolist() for part in rimmed)
    done = np.pad(np.zeros((nodes, nodes), np.bool_), 1, constant_values=True).ravel().tolist()
    heap = [(-9.0, row * wide + column, 0.0) for at in finders for row, column in _inside(nodes, *at)]
    heapq.heapify(heap)
    ways = ((-1, right), (1, right), (-wide, down), (wide, down))
    push, pop = heapq.heappush, heapq.heappop
    while heap:
        _, node, expected = pop(heap)
        if done[node]:
            continue
        done[node] = True
        sure = trust[node]
        distance[node] += round(expected - distance[node])
        for step, slopes in ways:
            beside = node + step
            if not done[beside]:
                slope = (slopes[node] + slopes[beside]) / 2 * (STEP if step > 0 else -STEP)
                push(heap, (-min(sure, trust[beside]), beside, distance[node] + slope))
    return np.array(distance, dtype=np.float32).reshape(wide, wide)[1:-1, 1:-1]


def _inside(nodes: int, across: int, below: int) -> list[tuple[int, int]]:
    """Nodes within a finder's dark heart, counted from 1."""
    heart = range(2, FINDER - 2)
    far = 2 * nodes - 1 - FINDER
    rows, columns = ([k + far * there for k in heart if (k + far * there) % STEP == 0] for there in (below, across))
    return [(row // STEP + 1, column // STEP + 1) for row in rows for column in columns]


def to_modules(nodes: Real) -> Real:
    """From every second module to each."""
    count = len(nodes) * STEP - 1
    out = np.zeros((count, count), np.float32)
    out[::2, ::2] = nodes
    out[1::2, ::2] = (nodes[:-1] + nodes[1:]) / 2
    out[:, 1::2] = (out[:, :-1:2] + out[:, 2::2]) / 2
    return out
