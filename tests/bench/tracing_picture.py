"""Draws docs/pictures/backward.svg: how many hidden infections forward tracing lists, and how many with sources too.

    python -m tests.bench.tracing_picture docs/pictures/backward.svg

Simulated over-dispersed outbreaks (tests/unit/central/tracing/outbreaks.py), the same from the same seeds; 30 % of
those who fell ill are known. Prints the figures that docs/tracing.md names.
"""

import sys
from pathlib import Path

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt

from tests.unit.central.tracing.found import Found, compare
from tests.unit.central.tracing.outbreaks import simulate

DISPERSIONS = (0.1, 0.2, 0.5)
SEEDS = range(40)
SMALLEST, LARGEST = 20, 400
# Okabe and Ito: told apart without red and green.
BLUE, ORANGE = "#0072B2", "#D55E00"


def outbreaks(k: float) -> list[Found]:
    """The comparisons of one dispersion; outbreaks that died out or took everybody tell nothing."""
    found = []
    for seed in SEEDS:
        made = simulate(seed, k)
        if SMALLEST <= len(made.infected_ms) <= LARGEST:
            told = compare(made, seed, runs=9)
            found += [] if told is None else [told]
    return found


def draw(target: Path) -> None:
    """Simulate and write it as SVG."""
    mpl.rcParams.update({"svg.hashsalt": "backward", "svg.fonttype": "none", "font.size": 9})
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.6, 3.2))
    for number, k in enumerate(DISPERSIONS):
        found = outbreaks(k)
        hidden = sum(one.hidden for one in found)
        forward, both = sum(one.forward for one in found), sum(one.both for one in found)
        called, more = (
            sum(one.forward_called for one in found),
            sum(one.both_called - one.forward_called for one in found),
        )
        print(f"k {k}: {len(found)} outbreaks, hidden {hidden}, forward {forward} of {called} called,", end=" ")
        print(f"sources add {both - forward} of {more} called")
        left.bar(number - 0.2, 100 * forward / hidden, 0.36, color=BLUE, label="forward" if not number else None)
        left.bar(number + 0.2, 100 * both / hidden, 0.36, color=ORANGE, label="with sources" if not number else None)
        right.bar(number - 0.2, 100 * forward / called, 0.36, color=BLUE)
        right.bar(number + 0.2, 100 * (both - forward) / max(1, more), 0.36, color=ORANGE, hatch="//")
    for axes, words in ((left, "hidden infections found, %"), (right, "infected among 100 people called")):
        axes.set_xticks(range(len(DISPERSIONS)), [f"k = {k}" for k in DISPERSIONS])
        axes.set_title(words, fontsize=9)
        axes.spines[["top", "right"]].set_visible(False)
    left.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(target, metadata={"Date": None})


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
