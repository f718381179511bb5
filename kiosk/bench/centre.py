"""The demo's centre: its commands, and what is set up once: where the market lies, who looks after it, the officers."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from kiosk.bench.processes import die_with_parent

WARD, PROVINCE = "26740", "79"
VENUE, STATION = "cho-mau", "tram-mau"
# (login, role, area, name). Two for a case, because no case and no release is one person's.
OFFICERS = (
    ("can-bo-1", "case_officer", "all", "Cán bộ Thử"),
    ("truong-2", "head", "all", "Trưởng phòng Thử"),
    ("quan-ly-3", "venue_owner", f"venue-{VENUE}", "Quản lý Thử"),
    ("thanh-tra-4", "inspector", "all", "Thanh tra Thử"),
    ("phuong-5", "ward_office", "all", "Cán bộ Phường Thử"),
)


class CommandFailed(Exception):
    """A command without which the demo cannot go on; says which one, and why."""


def run_central(*arguments: str | Path) -> str:
    """The output of `python -m central ...`. Raises CommandFailed."""
    return _output(["-m", "central", *map(str, arguments)], str(arguments[0]))


def run_each(commands: Sequence[Sequence[str]]) -> str:
    """The output of several commands, one after the other in one process: most of a command is its imports.

    Raises CommandFailed for the first one that fails; the others are not run.
    """
    return _output(["-c", _EACH, json.dumps(commands)], "set-up")


_EACH = "import json, sys; from central.__main__ import main; sys.exit(any(map(main, json.loads(sys.argv[1]))))"


def _output(arguments: Sequence[str], name: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONUTF8": "1"},
        preexec_fn=die_with_parent,
        check=False,
    )
    if done.returncode:
        raise CommandFailed(f"central {name}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def set_up_officers(store: Sequence[str], kept: Path) -> list[tuple[str, str]]:
    """(login, first code) of the demo's officers, made at the first start and read from `kept` afterwards.

    `store` names the demo's own database and keys. Raises CommandFailed.
    """
    lies = ("--ward", WARD, "--province", PROVINCE)
    codes: dict[str, str] = dict(json.loads(kept.read_text("utf-8"))) if kept.exists() else {}
    commands = [
        ("account", "add", login, "--name", name, "--role", role, "--area", area, "--alone", *store)
        for login, role, area, name in OFFICERS
        if login not in codes
    ]
    if not codes:
        here = ("--address", "Số 1 đường Mẫu", "--lat", "10.776", "--lon", "106.701", "--capacity", "400", "--list")
        place = ("place", "describe", VENUE, "--name", "Chợ Mẫu", "--kind", "market", *lies, *here, *store)
        station = ("station", "put", STATION, "--name", "Trạm y tế Mẫu", *lies, "--phone", "0280000000", *store)
        commands = [place, station, *commands]
    if commands:
        said = [json.loads(line) for line in run_each(commands).splitlines()]
        codes |= {str(one["login"]): str(one["first_code"]) for one in said if "first_code" in one}
        kept.write_text(json.dumps(list(codes.items())), "utf-8")
        kept.chmod(0o600)
    return [(login, codes[login]) for login, *_ in OFFICERS]


def poster_code(central: Callable[..., str], kept: Path) -> str:
    """What the market's poster says behind /GPV1/. Raises CommandFailed."""
    if not kept.exists():
        text = central("venue-code", VENUE, "--name", "Chợ Mẫu").strip()
        kept.write_text(text.removeprefix("GPV1:"), "ascii")
    return kept.read_text("ascii")


def nats_server() -> str:
    """The broker that pip put beside this Python, or one on the PATH."""
    beside = Path(sys.executable).parent / "nats-server"
    return str(beside) if beside.exists() else shutil.which("nats-server") or str(beside)
