"""What goes wrong at the gate: killed, stopped, unplugged, full, without a clock, with a damaged database.

Real processes, real decoders; the lamp's file is what a guard sees, the centre's database is what counts.
"""

import contextlib
import io
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from kiosk.bench.drawing import draw_code
from store import reserve
from store.db import FILE
from tests.fault.conftest import AddGates
from tests.needs import need
from tests.parts.checker import account
from tests.parts.site import Gate, Site, card
from tests.parts.waits import wait_for
from tests.parts.warm import together

FULL = os.environ.get("GATEPOST_FULL") == "1"
TRUE_WITHIN_MS = 10_000


def visits(gate: Gate, first: int, count: int) -> None:
    """Cards first .. first + count - 1, and all of them green."""
    before = len(gate.greens())
    for number in range(first, first + count):
        gate.type(card(number))
    gate.wait_green(before + count, 30 + count / 50)


def hold_up(gate: Gate, text: str, **style: object) -> None:
    """A picture of a code before the simulated camera."""
    put_picture(gate, draw_code(text, style))


def hold_up_blotted(gate: Gate, tilt: int) -> None:
    """A code with a blot that is too large for its error correction: seen, never read, so that both decoders look."""
    words = "no code of a visitor, only a long line of words that nobody needs"
    picture = Image.open(io.BytesIO(draw_code(words, {"size": 6, "tilt": tilt})))
    middle, radius = (picture.width // 2, picture.height // 2), 60
    box = (middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius)
    ImageDraw.Draw(picture).ellipse(box, fill=128)
    out = io.BytesIO()
    picture.save(out, "PNG")
    put_picture(gate, out.getvalue())


def put_picture(gate: Gate, data: bytes) -> None:
    """Atomically, since the camera is looking."""
    half = gate.sim / "camera" / ".half"
    half.parent.mkdir(parents=True, exist_ok=True)
    half.write_bytes(data)
    half.rename(gate.sim / "camera" / "frame.png")


@pytest.mark.timeout(300)
def test_kiosk_killed_at_random_points_in_200_visits(site: Site, add_gates: AddGates) -> None:
    gates, kills = add_gates(2), []

    def rush(gate: Gate) -> None:
        number = 0
        while len(gate.greens()) < 100:
            for _ in range(random.randint(1, 12)):
                number += 1
                gate.type(card(number))
            wait_for(lambda: len(list((gate.sim / "reader").glob("*.txt"))) <= random.randint(0, 12), "codes are taken")
            time.sleep(random.uniform(0, 0.01))  # somewhere in the middle of a visit
            gate.kiosk.kill()
            kills.append(number)
            gate.kiosk.start()
        before = len(gate.greens())
        gate.type(card(number + 1))
        gate.wait_green(before + 1)

    together(*(lambda g=gate: rush(g) for gate in gates))
    greens = [account(site, gate) for gate in gates]
    assert sum(map(len, greens)) >= 200
    print(f"\nkiosk killed {len(kills)} times at random, {sum(map(len, greens))} greens, all at the centre once")


@pytest.mark.timeout(1200 if FULL else 180)
def test_nothing_lost_when_kiosk_agent_broker_and_ingest_are_killed_in_turn(site: Site, add_gates: AddGates) -> None:
    wanted, gates, kills = (10_000 if FULL else 300), add_gates(2), dict.fromkeys(("kiosk", "agent", "ingest"), 0)
    number = dict.fromkeys(gates, 0)
    share = wanted // len(gates)
    brokers = 0
    while min(len(gate.greens()) for gate in gates) < share:
        for gate in gates:
            wait_for(lambda g=gate: waiting(g) < 50, "codes are taken", seconds=60)
            for _ in range(100 if FULL else 5):
                number[gate] += 1
                gate.type(card(number[gate]))
        for child in (gates[0].kiosk, gates[1].kiosk, gates[0].agent, gates[1].agent, site.ingest):
            time.sleep(random.uniform(0, 0.1))  # the kill falls anywhere into the work
            child.kill()
            kills[child.name] += 1
            child.start()
        if brokers * 10 <= kills["ingest"]:
            brokers += 1
            site.broker.kill()
            site.broker.start()
    for gate in gates:
        before = len(gate.greens())
        gate.type(card(number[gate] + 1))
        gate.wait_green(before + 1, 60)
    greens = sum(len(account(site, gate, timeout_s=150)) for gate in gates)
    assert greens >= wanted
    print(f"\n{greens} greens, 0 lost; kill -9: {kills}, broker {brokers}")


def waiting(gate: Gate) -> int:
    """Codes that lie before the reader."""
    return len(list((gate.sim / "reader").glob("*.txt")))


def test_camera_unplugged_and_plugged_again(site: Site, add_gates: AddGates) -> None:
    (gate,) = add_gates(changes="")
    (gate.sim / "camera" / "unplugged").touch()
    gate.wait_lamp("fault")
    (gate.sim / "camera" / "unplugged").unlink()
    gate.wait_lamp("idle")
    hold_up(gate, card(1))
    gate.wait_green(1)
    account(site, gate)


def zbar_child_of(gate: Gate) -> int | None:
    """The process id of the kiosk's second decoder."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            words = (stat.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == gate.kiosk.pid and b"zbar_child" in words:
            return int(stat.parent.name)
    return None


def test_zbar_child_killed(site: Site, add_gates: AddGates) -> None:
    (gate,) = add_gates(changes="")

    def tease() -> int | None:
        """A code that is seen and cannot be read earns a look of the second decoder."""
        hold_up_blotted(gate, random.randint(-10, 10))
        return zbar_child_of(gate)

    first = wait_for(tease, "the kiosk starts its second decoder", every=0.3)
    assert first is not None
    os.kill(first, signal.SIGKILL)
    hold_up(gate, card(1))
    gate.wait_green(1)
    wait_for(lambda: tease() not in (None, first), "it is started anew", every=0.3)
    account(site, gate)


def set_clock(gate: Gate, synchronised: bool, offset_ms: int) -> None:
    """Bend the simulated clock."""
    half = gate.sim / ".clock"
    half.write_text(json.dumps({"synchronised": synchronised, "offset_ms": offset_ms}))
    half.rename(gate.sim / "clock.json")


def test_clock_unset_jumping_back_and_learned(site: Site, add_gates: AddGates) -> None:
    (gate,) = add_gates()
    gate.kiosk.stop()
    set_clock(gate, False, -10 * 365 * 86_400_000)
    gate.kiosk.start()
    gate.wait_lamp("idle")
    began_ms = time.time_ns() // 1_000_000
    visits(gate, 1, 3)
    set_clock(gate, False, -11 * 365 * 86_400_000)  # jumps back by a year, and still nobody vouches for it
    visits(gate, 4, 2)
    unset = account(site, gate)
    stamps = "SELECT v.seq, v.at_ms, v.clock, v.offset_ms FROM visit v JOIN stream s ON s.id = v.stream"
    rows = lambda: site.ask(f"{stamps} WHERE s.device = ? ORDER BY v.seq", gate.device)  # noqa: E731
    assert all(clock == 2 and at_ms < began_ms - 9 * 365 * 86_400_000 for _, at_ms, clock, _ in rows())
    set_clock(gate, True, 0)
    wait_for(lambda: all(offset for *_, offset in rows()), "the centre learns how wrong the stamps were")
    visits(gate, 6, 2)
    set_clock(gate, False, -3_600_000)  # a jump back that nobody vouches for moves no stamp
    visits(gate, 8, 2)
    assert unset < account(site, gate)
    found = [at_ms for _, at_ms, _, _ in rows()]
    assert len(found) == 9 and found == sorted(found)
    assert all(began_ms - TRUE_WITHIN_MS <= at_ms <= time.time_ns() // 1_000_000 + TRUE_WITHIN_MS for at_ms in found)


def test_database_damaged_on_disk_while_stopped(site: Site, add_gates: AddGates) -> None:
    (gate,) = add_gates()
    visits(gate, 1, 20)
    account(site, gate)
    gate.cable.set("cut")
    visits(gate, 21, 20)
    gate.agent.stop()
    gate.kiosk.stop()
    database = gate.data / FILE
    damage(database, "visit")
    gate.cable.set("up")
    gate.kiosk.start()
    gate.agent.start()
    gate.wait_lamp("idle", 40)
    visits(gate, 41, 5)
    assert len(account(site, gate, frozenset({"records_lost"}))) == 45
    assert site.alarms(gate.device) == []
    assert len(list((gate.data / "aside").glob("*.db"))) == 1, "moved aside, not deleted"
    assert len({ref.split(":")[0] for ref in gate.greens()}) == 2, "new records begin a new epoch"


def damage(database: Path, table: str) -> None:
    """Overwrite the root page of a table with nonsense, as a worn card does."""
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    connection.close()
    with database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(bytes(random.Random(1).randbytes(size)))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 12 MB."""
    need(os.geteuid() == 0 and shutil.which("mount") is not None, "root, to mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", disk], capture_output=True, check=False)
    need(done.returncode == 0, "the right to mount a small disk")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def fill(disk: Path, leave: int) -> Path:
    """A file that leaves `leave` bytes free, or none when the gate's own writing took the last of them meanwhile."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while (room := shutil.disk_usage(disk).free - leave) > 0:
            file.write(bytes(min(room, 65_536)))
    return filler


def test_disk_full_of_a_sudden_and_room_again(site: Site, add_gates: AddGates, small_disk: Path) -> None:
    (gate,) = add_gates(data=small_disk / "data")
    visits(gate, 1, 10)
    filler = fill(small_disk, 0)
    said = len(gate.lights())
    for number in range(11, 400):
        gate.type(card(number))
    gate.wait_lamp("fault")
    wait_for(lambda: not any((gate.sim / "reader").glob("*.txt")), "every code was answered")
    green = gate.greens()
    last = [line["lamps"] for line in gate.lights()[said:]]
    assert "fault" in last and len(green) < 399
    filler.unlink()
    gate.wait_lamp("idle", 30)
    visits(gate, 500, 10)
    assert green < account(site, gate)


def test_disk_that_fills_slowly_closes_the_gate_before_anything_is_lost(
    site: Site, add_gates: AddGates, small_disk: Path
) -> None:
    (gate,) = add_gates(data=small_disk / "data")
    visits(gate, 1, 5)
    filler = fill(small_disk, 700_000)  # under minimum_free_mb = 1, and room for hundreds of visits
    gate.wait_lamp("fault", 10)
    gate.type(card(6))
    wait_for(lambda: not any((gate.sim / "reader").glob("*.txt")), "the code was answered")
    assert len(gate.greens()) == 5
    assert (gate.data / reserve.FILE).exists(), "the reserve is for the worst case, which did not come"
    filler.unlink()
    gate.wait_lamp("idle", 30)
    visits(gate, 7, 5)
    assert len(account(site, gate)) == 10
