"""PURE. How well one number tells two classes apart: area under the curve, best F1."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple


class BestF1(NamedTuple):
    """Calling `near` whatever is `at_dbm` or stronger. All shares 0..1."""

    f1: float
    at_dbm: float
    precision: float
    recall: float


def area(near: Iterable[float], far: Iterable[float]) -> float | None:
    """The chance that one of `near` is stronger than one of `far`, ties counted half (Mann and Whitney); 0.5 is a coin.

    None where either is empty.
    """
    of_near, of_far = Counter(near), Counter(far)
    pairs = of_near.total() * of_far.total()
    if not pairs:
        return None
    below, won = 0, 0.0
    for level in sorted(of_near.keys() | of_far.keys()):
        won += of_near[level] * (below + of_far[level] / 2)
        below += of_far[level]
    return won / pairs


def best_f1(near: Iterable[float], far: Iterable[float]) -> BestF1 | None:
    """The threshold with the greatest F1 for finding `near`; None where either is empty."""
    of_near, of_far = Counter(near), Counter(far)
    if not of_near or not of_far:
        return None
    found, called, best = 0, 0, BestF1(0.0, 0.0, 0.0, 0.0)
    for level in sorted(of_near.keys() | of_far.keys(), reverse=True):
        found += of_near[level]
        called += of_near[level] + of_far[level]
        f1 = 2 * found / (called + of_near.total())
        if f1 > best.f1:
            best = BestF1(f1, level, found / called, found / of_near.total())
    return best
