"""make bench: every speed line of the product in one run, against the bare library or the physical limit beside it.

    python -m tests.bench [NAME ...] [--quick] [--quota PERCENT]

Prints a table and writes tests/bench/out/<name>.json. The exit status is 1 when a ratio or a count with a bound does
not hold. `--quota 25` runs everything under a quarter of a core (control groups, root), as a rough estimate of a small
board; such rows are marked, and their bounds are not asserted: an estimate is not a measurement.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

BENCHES = (
    "record",
    "gate",
    "forms",
    "rules",
    "decode",
    "sync",
    "ingest",
    "processes",
    "guard",
    "beacon",
    "radio",
    "matching",
    "tap",
    "tracing",
    "release",
    "console",
    "night",
    "posters",
    "visitor",
    "map",
    "fleet",
)
OUT = Path(__file__).parent / "out"
GROUPS, NAME = Path("/sys/fs/cgroup"), "gatepost-bench"
PERIOD_US = 100_000


def main(argv: list[str]) -> int:
    """Run the benches that were named, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("names", nargs="*", choices=[*BENCHES, []], metavar="NAME", help=" ".join(BENCHES))
    parser.add_argument("--quick", action="store_true", help="smaller counts, for a first look")
    parser.add_argument("--quota", type=int, metavar="PERCENT", help="of one core; marks the rows as an estimate")
    parser.add_argument("--visits", type=int, metavar="N", help="how many visits tracing is tried with")
    keep = "PostgreSQL's data for tracing and console: made there once (--visits), used again"
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help=keep)
    arguments = parser.parse_args(argv)
    rows: list[dict[str, Any]] = []
    with quota(arguments.quota):
        for name in arguments.names or BENCHES:
            print(f"... {name}", file=sys.stderr, flush=True)
            large = {"visits": arguments.visits, "keep": arguments.keep}
            sizes = large if name in ("tracing", "console") else {}
            found = import_module(f"tests.bench.{name}").run(arguments.quick, **sizes)
            rows += [{"bench": name, **row} for row in found]
    report = {"machine": machine(), "quota_percent": arguments.quota, "at": time.strftime("%Y-%m-%d"), "rows": rows}
    OUT.mkdir(exist_ok=True)
    target = OUT / f"bench{'-quick' if arguments.quick else ''}{'-estimate' if arguments.quota else ''}.json"
    target.write_text(json.dumps(report, indent=1, ensure_ascii=False))
    print(table(report))
    failed = [row for row in rows if row.get("holds") is False]
    return 1 if failed and not arguments.quota else 0


def table(report: dict[str, Any]) -> str:
    """The rows for people."""
    mark = f" under a quota of {report['quota_percent']} % of a core (estimate)" if report["quota_percent"] else ""
    lines = [f"{report['machine']}{mark}", ""]
    width = max((len(row["name"]) for row in report["rows"]), default=0)
    for row in report["rows"]:
        value = f"{row['value']:.4g}" if isinstance(row["value"], float) else str(row["value"])
        verdict = {True: "ok", False: "MISSED", None: ""}[row.get("holds")]
        lines.append(f"{row['name']:<{width}}  {value:>10} {row['unit']:<12} {row.get('bound') or '':<12} {verdict}")
        if row.get("note"):
            lines.append(f"{'':<{width}}  {row['note']}")
    return "\n".join(lines)


def machine() -> str:
    """What the figures were taken on."""
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.machine(),
    )
    return f"{model}, {os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}"


@contextmanager
def quota(percent: int | None) -> Iterator[None]:
    """Hold this process and its children to `percent` of one core, by control groups of either version."""
    if percent is None:
        yield
        return
    group, home = _group()
    group.mkdir(exist_ok=True)
    allowed = PERIOD_US * percent // 100
    if (group / "cpu.max").exists():
        (group / "cpu.max").write_text(f"{allowed} {PERIOD_US}")
    else:
        (group / "cpu.cfs_period_us").write_text(str(PERIOD_US))
        (group / "cpu.cfs_quota_us").write_text(str(allowed))
    (group / "cgroup.procs").write_text(str(os.getpid()))
    try:
        yield
    finally:
        for pid in (group / "cgroup.procs").read_text().split():  # this process, and what multiprocessing leaves behind
            with suppress(ProcessLookupError):
                (home / "cgroup.procs").write_text(pid)
        group.rmdir()


def _group() -> tuple[Path, Path]:
    """(a new group for the bench, the group this process is in)."""
    lines = Path("/proc/self/cgroup").read_text().splitlines()
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if "cpu" in controllers.split(","):  # version 1
            return GROUPS / "cpu" / NAME, GROUPS / "cpu" / path.lstrip("/")
    home = GROUPS / lines[0].split("::")[1].lstrip("/")
    return home / NAME, home


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
