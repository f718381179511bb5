"""Fuzz the CertLogic evaluator: python -m tests.fuzz.certlogic [--seconds N] [--corpus FOLDER].

A rule and its data are read as JSON, or built from the bytes when they are none. Any exception but CertLogicError
fails, and so does any call that takes more than 50 ms of this thread's own time. Counting the coverage makes a call
some ten times slower, so a slow one is asked again of a copy that is not counted. Seeds lie in
tests/fuzz/corpus/certlogic; what is found goes to `--corpus` (else to a temporary folder), and an input that fails to
the working folder.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import atheris

from rules.certlogic import CertLogicError as PlainError
from rules.certlogic import prepare as plainly_prepare

for _name in [name for name in sys.modules if name.split(".")[0] == "rules"]:
    del sys.modules[_name]  # so that the next import makes the copy whose coverage is counted
with atheris.instrument_imports(include=["rules"]):
    from rules.certlogic import CertLogicError, prepare
    from rules.certlogic_operations import FORMS

SEEDS = Path(__file__).parent / "corpus" / "certlogic"
MAX_S = 0.050
MAX_BYTES = 8192
NAMES = (*sorted(FORMS), "var", "or")
TEXTS = (
    *("", "a", "a.0", "b.a", "current", "accumulator", "accumulator.0", "..", "0", "x" * 9000),
    *(
        "2026",
        "2026-02",
        "2026-02-29",
        "2026-02-01T06:42:00.5+7",
        "URN:UVCI:01:VN:GP/7#X",
        "year",
        "month",
        "day",
        "hour",
    ),
)


def main() -> None:
    """Run until the time is over; the exit status is libFuzzer's."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.certlogic")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--corpus", type=Path)
    arguments = parser.parse_args()
    found = arguments.corpus or Path(tempfile.mkdtemp(prefix="certlogic-"))
    limits = [f"-max_total_time={arguments.seconds}", f"-max_len={MAX_BYTES}", "-timeout=10", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *limits, str(found), str(SEEDS)], one_input)
    atheris.Fuzz()


def one_input(data: bytes) -> None:
    """Evaluate what these bytes stand for."""
    logic, context = _question(data)
    if _seconds(logic, context, prepare) > MAX_S:
        spent = min(_seconds(logic, context, plainly_prepare) for _ in range(3))
        if spent > MAX_S:
            raise AssertionError(f"{spent * 1000:.0f} ms")


def _seconds(logic: Any, context: Any, prepare_it: Callable[[Any], Any]) -> float:
    began = time.thread_time()
    try:
        prepare_it(logic).evaluate(context)
    except (CertLogicError, PlainError) as error:
        assert error.text
    return time.thread_time() - began


def _question(data: bytes) -> tuple[Any, Any]:
    if data.startswith(b"{"):
        try:
            asked = json.loads(data)
            return asked["logic"], asked.get("data")
        except (ValueError, KeyError, RecursionError):
            pass
    source = atheris.FuzzedDataProvider(data)
    return _build(source, 0, 3), _build(source, 0, 500)


def _build(source: Any, depth: int, copies: int) -> Any:
    kind = source.ConsumeIntInRange(0, 11) if depth < 70 else 0
    if kind >= 6:
        name = NAMES[source.ConsumeIntInRange(0, len(NAMES) - 1)]
        if name == "var":
            return {name: TEXTS[source.ConsumeIntInRange(0, len(TEXTS) - 1)]}
        return {name: [_build(source, depth + 1, copies) for _ in range(source.ConsumeIntInRange(0, 4))]}
    if kind >= 4:
        items = [_build(source, depth + 1, copies) for _ in range(source.ConsumeIntInRange(0, 4))]
        if kind == 5:
            return {TEXTS[source.ConsumeIntInRange(0, 5)]: item for item in items}
        return items * source.PickValueInList([1, 1, 1, copies])
    if kind == 3:
        return TEXTS[source.ConsumeIntInRange(0, len(TEXTS) - 1)]
    if kind == 2:
        return source.PickValueInList([None, True, False, 0.5, 1e300, float("nan"), "\ud800"])
    return source.ConsumeIntInRange(-(1 << 54), 1 << 54) if kind == 1 else source.ConsumeIntInRange(-3, 3)


if __name__ == "__main__":
    main()
