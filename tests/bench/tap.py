"""Taps recognised, how soon, and people who only passed: the tap detector on traces of tests/parts/tap_traces.py.

`run(quick)` gives rows {"name", "value", "unit", "bound", "holds", "note"} on the seed of the proof, which no setting
was tuned on. `python -m tests.bench.tap [--quick] [--picture FILE]` prints them, or draws
the curve of docs/tap.md.
"""

import argparse
import sys
import timeit
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ble_scanner.tap import SETTINGS, Taps, TapSettings, calibrate
from firmware_cfg.radio import Radio
from tests.parts.tap_traces import PROOF_SEED, Trace, held, passers_by, taps

Row = dict[str, Any]
DEFAULT = Radio().tap
TAPS, PEOPLE = 3_000, 24_000
QUICK_TAPS, QUICK_PEOPLE = 300, 2_000
SOON_MS = 2_000
REACH_MS = 1_500  # an arm that is being stretched out may count before it is within 25 cm; a step earlier it is false
RECOGNISED, FALSE_IN_1000, COST_US = 0.97, 1.0, 2.0
MARKS = 1  # tags that a technician holds to the mark, one after the other
BANDS = ((1, 5), (5, 10), (10, 15), (15, 26))


@dataclass
class Outcome:
    """What a setting made of the traces. `waited` ms from within 25 cm to the tap, of those recognised within 2 s."""

    taps: int = 0
    people: int = 0
    waited: list[int] = field(default_factory=list)
    of_band: Counter[int] = field(default_factory=Counter)
    in_band: Counter[int] = field(default_factory=Counter)
    false_taps: int = 0
    false_in: Counter[str] = field(default_factory=Counter)
    wrong_tag: int = 0
    twice: int = 0

    @property
    def recognised(self) -> float:
        """The share of taps, 0..1."""
        return len(self.waited) / max(self.taps, 1)

    @property
    def false_in_1000(self) -> float:
        """Taps of those who passed at 1 m and more, for 1,000 of them."""
        return self.false_taps / max(self.people, 1) * 1000

    def wait(self, share: float) -> int:
        """The time within which `share` of those recognised were."""
        return sorted(self.waited)[min(int(len(self.waited) * share), len(self.waited) - 1)] if self.waited else 0


def bands(outcome: Outcome) -> str:
    """The share recognised by where the tag was held."""
    parts = []
    for low, high in BANDS:
        of, found = (sum(counted[cm] for cm in range(low, high)) for counted in (outcome.in_band, outcome.of_band))
        parts.append(f"{low}-{high} cm {found / max(of, 1):.1%}")
    return ", ".join(parts)


def judge(outcome: Outcome, trace: Trace, settings: TapSettings, correction_db: float) -> None:
    """Give a trace to a detector of its own, and add what it said."""
    detector = Taps(settings, correction_db)
    waited: int | None = None
    for at_ms, rssi, person in trace.rows:
        if detector.report(bytes([person]) * 16, rssi, at_ms, trace.powers[person]) is None:
            continue
        if trace.near_ms is None or (not person and at_ms < trace.near_ms - REACH_MS):
            outcome.false_taps += 1
            outcome.false_in[trace.scene] += 1
        elif person:
            outcome.wrong_tag += 1
        elif waited is None:
            waited = at_ms - trace.near_ms
        else:
            outcome.twice += 1
    if trace.near_ms is None:
        outcome.people += trace.people
        return
    outcome.taps += 1
    outcome.in_band[trace.held_cm] += 1
    if waited is not None and waited <= SOON_MS:
        outcome.waited.append(max(waited, 0))
        outcome.of_band[trace.held_cm] += 1


def correction(trace: Trace, seed: int, number: int, marks: int = MARKS) -> float:
    """What a technician's calibration at the venue of this trace gives; without a mark there was none."""
    reports = [report for mark in range(marks) for report in held(seed + number * 10 + mark, trace.venue)]
    return calibrate(reports).correction_db


def prove(seed: int, settings: Sequence[TapSettings], tap_count: int, people: int, marks: int = MARKS) -> list[Outcome]:
    """What each of the settings makes of the same traces."""
    outcomes = [Outcome() for _ in settings]
    for number, trace in enumerate(_traces(seed, tap_count, people)):
        corrected = correction(trace, seed, number, marks)
        for setting, outcome in zip(settings, outcomes, strict=True):
            judge(outcome, trace, setting, corrected)
    return outcomes


def _traces(seed: int, tap_count: int, people: int) -> Iterable[Trace]:
    yield from taps(seed, tap_count)
    yield from passers_by(seed, people)


def run(quick: bool = False, marks: int = MARKS) -> list[Row]:
    """The rows for `make bench`; calibrated with `marks` tags at each venue."""
    tap_count, people = (QUICK_TAPS, QUICK_PEOPLE) if quick else (TAPS, PEOPLE)
    outcomes = prove(PROOF_SEED, list(SETTINGS.values()), tap_count, people, marks)
    cost = cost_us()
    return [
        *(row for name, outcome in zip(SETTINGS, outcomes, strict=True) for row in _rows_of(name, outcome)),
        {
            "name": "tap: one report",
            "value": round(cost, 2),
            "unit": "us",
            "bound": f"<= {COST_US:g}",
            "holds": cost <= COST_US,
            "note": "the mean over the traces of 500 people",
        },
    ]


def _rows_of(name: str, outcome: Outcome) -> list[Row]:
    """Recognised and false; only the setting that is on by default has bounds to hold."""
    bound = name == DEFAULT
    return [
        {
            "name": f"tap, {name}: recognised within 2 s",
            "value": round(outcome.recognised * 100, 2),
            "unit": f"% of {outcome.taps}",
            "bound": f">= {RECOGNISED:.0%}" if bound else "",
            "holds": outcome.recognised >= RECOGNISED if bound else None,
            "note": f"half within {outcome.wait(0.5)} ms, 95 % within {outcome.wait(0.95)} ms; of another's tag: "
            f"{outcome.wrong_tag}; counted twice: {outcome.twice}; {bands(outcome)}",
        },
        {
            "name": f"tap, {name}: taps of people at 1 m and more",
            "value": round(outcome.false_in_1000, 3),
            "unit": "in 1,000",
            "bound": f"<= {FALSE_IN_1000:g}" if bound else "",
            "holds": outcome.false_in_1000 <= FALSE_IN_1000 if bound else None,
            "note": f"{outcome.false_taps} of {outcome.people}: {dict(outcome.false_in)}",
        },
    ]


def cost_us() -> float:
    """us a report, over everybody of a crowd of scenes; the best of five rounds."""
    traces = list(passers_by(PROOF_SEED + 1, 500))
    reports = [
        (bytes([person]) * 16, rssi, at_ms, trace.powers[person])
        for trace in traces
        for at_ms, rssi, person in trace.rows
    ]

    def hear() -> None:
        detector = Taps(SETTINGS["balanced"])
        report = detector.report
        for pass_id, rssi, at_ms, power in reports:
            report(pass_id, rssi, at_ms, power)

    return min(timeit.repeat(hear, number=1, repeat=5)) / len(reports) * 1e6


def main(argv: list[str]) -> int:
    """Print the rows; 1 when a bound does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.tap")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--marks", type=int, default=MARKS, help="tags that each venue was calibrated with (0: none)")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw docs/pictures/tap-curve.svg")
    arguments = parser.parse_args(argv)
    if arguments.picture:
        from tests.bench.tap_picture import draw

        draw(arguments.picture, arguments.quick)
        return 0
    rows = run(arguments.quick, arguments.marks)
    for row in rows:
        verdict = {True: "ok", False: "MISSED", None: ""}[row["holds"]]
        print(f"{row['name']:<46} {row['value']:>8} {row['unit']:<12} {row['bound']:<8} {verdict}\n    {row['note']}")
    return 1 if any(row["holds"] is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
