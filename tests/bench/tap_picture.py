"""Draws docs/pictures/tap-curve.svg: how many taps are recognised, and how many passers-by are taken for one, as a
setting asks for more or less. The same picture from the same seeds.

    python -m tests.bench.tap --picture docs/pictures/tap-curve.svg
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from ble_scanner.tap import SETTINGS
from tests.bench.tap import RECOGNISED, SOON_MS, Outcome, prove
from tests.parts.tap_traces import PROOF_SEED

ENOUGH = (12.0, 14.0, 16.0, 17.0, 18.0, 19.0, 20.0, 21.0, 22.0, 23.0, 24.0, 26.0)
MOMENTS_MS = range(0, SOON_MS + 1, 20)
TAPS, PEOPLE = 1_500, 12_000
QUICK_TAPS, QUICK_PEOPLE = 100, 500
# What is shown on a scale of tens for none at all: half of one in all who passed.
NONE_OF = 0.5
# Colours that people who see no red or green tell apart (Okabe and Ito).
ORANGE, BLUE, GREEN, BLACK = "#D55E00", "#0072B2", "#009E73", "#000000"


def draw(target: Path, quick: bool = False) -> None:
    """Prove the curve and write it as SVG."""
    tap_count, people = (QUICK_TAPS, QUICK_PEOPLE) if quick else (TAPS, PEOPLE)
    curve = [replace(SETTINGS["balanced"], enough=enough) for enough in ENOUGH]
    kinds = [*curve, *SETTINGS.values()]
    calibrated = prove(PROOF_SEED, kinds, tap_count, people)
    bare = prove(PROOF_SEED, kinds, tap_count, people, marks=0)
    mpl.rcParams.update(
        {"svg.hashsalt": "tap-curve", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9}
    )
    figure, (curves, times) = plt.subplots(1, 2, figsize=(9.6, 4.2), layout="constrained")
    floor = NONE_OF / people * 1000
    _line(curves, bare[: len(ENOUGH)], floor, ORANGE, "not calibrated\nchưa chỉnh")
    _line(curves, calibrated[: len(ENOUGH)], floor, BLUE, "calibrated with one tag\nđã chỉnh bằng một thẻ")
    for name, outcome in zip(SETTINGS, calibrated[len(ENOUGH) :], strict=True):
        spot = max(outcome.false_in_1000, floor), outcome.recognised * 100
        curves.plot(*spot, "o", color=GREEN, markersize=7, zorder=3)
        curves.annotate(name, spot, textcoords="offset points", xytext=(8, -12))
    curves.axhline(RECOGNISED * 100, color=BLACK, linewidth=0.6, linestyle=":")
    curves.axvline(1.0, color=BLACK, linewidth=0.6, linestyle=":")
    curves.set(
        xscale="log",
        xlabel="false taps in 1,000 passers-by at 1 m and more\nchạm nhầm trên 1.000 người đi qua\n"
        f"(far left: none in all / ngoài cùng bên trái: không lần nào; {people:,})",
        ylabel="taps recognised within 2 s, % / nhận ra trong 2 giây",
    )
    curves.xaxis.set_major_formatter("{x:g}")
    curves.legend(loc="lower right", frameon=False)
    for (name, outcome), colour in zip(
        zip(SETTINGS, calibrated[len(ENOUGH) :], strict=True), (ORANGE, BLUE, GREEN), strict=True
    ):
        shares = [sum(waited <= at_ms for waited in outcome.waited) / outcome.taps * 100 for at_ms in MOMENTS_MS]
        times.plot(MOMENTS_MS, shares, color=colour, label=name)
    times.axhline(RECOGNISED * 100, color=BLACK, linewidth=0.6, linestyle=":")
    times.set(
        xlim=(0, 2000),
        ylim=(0, 100),
        xlabel="ms from within 25 cm / ms từ lúc thẻ ở trong 25 cm",
        ylabel="% of all taps / % số lần chạm",
    )
    times.legend(loc="lower right", frameon=False)
    figure.savefig(target, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)


def _line(axes: Axes, outcomes: Sequence[Outcome], floor: float, colour: str, label: str) -> None:
    spots = [(max(outcome.false_in_1000, floor), outcome.recognised * 100) for outcome in outcomes]
    axes.plot([x for x, _ in spots], [y for _, y in spots], ".-", color=colour, label=label, linewidth=1)
