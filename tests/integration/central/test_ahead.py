"""The child that opens ahead: the same result with it, without it, and when it dies."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from central.ahead import Ahead, Job
from central.ingest import Delivery
from central.opening import Opener
from tests.parts.centre import NOW_MS, ROOT, Centre
from tests.parts.devices import INGEST, INGEST_SECRET, SyntheticDevice
from tests.parts.waits import wait_for

PEPPER = b"p" * 32


@pytest.fixture
def ahead() -> Iterator[Ahead]:
    """A child with the test keys."""
    made = Ahead(INGEST_SECRET, PEPPER)
    yield made
    made.close()


def jobs_of(device: SyntheticDevice) -> list[Job]:
    """Good and bad messages."""
    messages = [*device.batches(60, 20), b"noise", device.batch(1, 3)[:-1]]
    return [Job(message, device.kid, device.public) for message in messages]


def test_the_child_opens_as_this_process_does(ahead: Ahead) -> None:
    jobs = jobs_of(SyntheticDevice())
    ahead.start(jobs)
    assert ahead.busy
    assert ahead.results() == {job: Opener(INGEST, PEPPER).open(*job) for job in jobs}
    assert not ahead.busy
    assert ahead.results() == {}


def test_a_dead_child_is_no_loss(centre: Centre) -> None:
    device = centre.device()
    child = Ahead(centre.ring.secret("ingest"), centre.ring.secret("pepper"))
    centre.ingest._start_ahead = lambda: child
    groups = [[Delivery(m, None) for m in device.batches(80, 10)[i : i + 4]] for i in (0, 4)]
    centre.ingest.look_ahead(centre.engine, groups[0])
    child._process.kill()
    child._process.join()
    for group in groups:
        centre.ingest.collect()
        centre.ingest.look_ahead(centre.engine, groups[1])
        outcomes, _ = centre.ingest.take_all(centre.engine, group, NOW_MS)
        assert [outcome.new for outcome in outcomes] == [10] * 4
    assert centre.one("SELECT count(*) FROM visit") == 80
    centre.ingest.close()


def test_a_device_revoked_meanwhile_is_kept_apart(centre: Centre) -> None:
    device = centre.device()
    child = Ahead(centre.ring.secret("ingest"), centre.ring.secret("pepper"))
    centre.ingest._start_ahead = lambda: child
    group = [Delivery(device.batch(1, 10), None)]
    centre.ingest.look_ahead(centre.engine, group)
    centre.ingest.collect()
    centre.register(device, "revoked")
    outcomes, answers = centre.ingest.take_all(centre.engine, group, NOW_MS)
    assert ([outcome.refused for outcome in outcomes], answers) == (["revoked_device"], [])
    centre.ingest.close()


def test_the_child_ends_with_its_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import os, signal, sys\n"
        "from central.ahead import Ahead\n"
        "if __name__ == '__main__':\n"
        "    child = Ahead(b'i' * 32, b'p' * 32)\n"
        "    child.start([])\n"
        "    print(child._process.pid, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    command = [sys.executable, str(script)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert Path(f"/proc/{pid}").exists()
        parent.kill()
    wait_for(lambda: not _runs(pid), "the child has ended")


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
