"""One site for all fault tests of whole processes; each test brings its own gates, all forked from one nursery."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.needs import need
from tests.parts.site import Gate, Site
from tests.parts.warm import Nursery, together

# What a fault test does not look at costs CPU that its kills need: the second decoder, and 15 full frames a second.
LEAN = "[devices.decoder]\nzbar = false\n"
AddGates = Callable[..., list[Gate]]


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with Nursery() as made:
        yield made


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("site"), nursery=nursery) as made:
        yield made


@pytest.fixture
def add_gates(site: Site, request: pytest.FixtureRequest) -> Iterator[AddGates]:
    """Enrolled gates that rest on idle, named after the test; they end with it."""
    made: list[Gate] = []
    word = "".join(c for c in request.node.name.removeprefix("test_") if c.isalnum())[:20]

    def add(count: int = 1, changes: str = LEAN, data: Path | None = None) -> list[Gate]:
        names = [f"t-{word}-{n}" for n in range(len(made) + 1, len(made) + 1 + count)]
        new = [site.add_kiosk(name, "in", changes, start=False, data=data) for name in names]
        made.extend(new)
        together(*(gate.start for gate in new))
        return new

    yield add
    for gate in made:
        site.gates.remove(gate)
    if made:
        together(*(gate.stop for gate in made))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 2 MB."""
    need(os.geteuid() == 0, "root, to mount a small file system")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "gatepost-test", str(disk)], capture_output=True)
    need(mounted.returncode == 0, "the right to mount a small file system")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)
