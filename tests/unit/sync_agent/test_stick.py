"""A USB stick from anybody's pocket: everything in, everything out, and nothing of the machine leaves by a link."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.outbox import backlog
from sync_agent.events import Send
from sync_agent.stick import FOLDER, NoStick, visit
from sync_agent.strange import plain_files, read_plain
from tests.parts.devices import START_MS
from tests.unit.sync_agent.both_ends import DEVICE, Centre, Kiosk
from wire.bulletin import scopes_of

SCOPES = scopes_of(DEVICE, "cho-thu-1")


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    made = Kiosk(tmp_path / "kiosk")
    yield made
    made.store.close()


@pytest.fixture
def mounted(tmp_path: Path) -> Path:
    folder = tmp_path / "mounted"
    folder.mkdir()
    return folder


def put_in(kiosk: Kiosk, mounted: Path) -> list[dict[str, object]]:
    outbox = kiosk.outbox()
    with closing(outbox.store):
        return list(visit(outbox, DEVICE, SCOPES, mounted, lambda: START_MS + 1))


def batches(mounted: Path) -> list[Path]:
    return sorted((mounted / FOLDER).glob("*.batch"))


def answer(centre: Centre, mounted: Path) -> None:
    """What `central import` does with the stick: each batch taken, a receipt beside it."""
    for number, path in enumerate(batches(mounted)):
        receipt = centre.take(path.read_bytes())
        assert receipt is not None
        (mounted / FOLDER / f"{number}.receipt").write_bytes(receipt)


def test_to_the_centre_and_back_the_outbox_is_empty_and_the_stick_too(kiosk: Kiosk, mounted: Path) -> None:
    centre = Centre(kiosk.device, kiosk.key.public)
    kiosk.record_at_once(450)
    assert put_in(kiosk, mounted)[-1] == {"done": True, "received": 0, "taken": 0, "carried": 450}
    answer(centre, mounted)
    kiosk.record(1)
    lines = put_in(kiosk, mounted)
    assert lines[-1] == {"done": True, "received": 450, "taken": 0, "carried": 1}
    left = batches(mounted)
    assert len(left) == 1, "what the centre has is taken off the stick"
    assert len([line for line in lines if line.get("removed")]) >= 3


def test_batches_of_another_kiosk_stay_on_the_stick(kiosk: Kiosk, mounted: Path) -> None:
    kiosk.record_at_once(3)
    (mounted / FOLDER).mkdir()
    other = mounted / FOLDER / "gatepost-other-gate-0011223344556677-000000000001-000000000003.batch"
    other.write_bytes(b"theirs")
    put_in(kiosk, mounted)
    assert other.read_bytes() == b"theirs"


def test_a_stick_that_was_pulled_is_put_in_again(kiosk: Kiosk, mounted: Path) -> None:
    kiosk.record_at_once(450)
    outbox = kiosk.outbox()
    with closing(outbox.store):
        next(visit(outbox, DEVICE, SCOPES, mounted, lambda: START_MS + 1))  # and out it goes, in the middle
    assert put_in(kiosk, mounted)[-1]["carried"] == 450
    assert sum(path.stat().st_size > 0 for path in batches(mounted)) == len(batches(mounted))


def test_nothing_of_the_machine_is_read_through_a_link(kiosk: Kiosk, mounted: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.receipt"
    secret.write_bytes(b"s" * 64)
    (mounted / FOLDER).mkdir()
    (mounted / FOLDER / "a.receipt").symlink_to(secret)
    os.mkfifo(mounted / FOLDER / "b.bulletin")
    assert [line for line in put_in(kiosk, mounted) if line.get("file")] == []
    with pytest.raises(OSError, match=r"a\.receipt"):
        read_plain(mounted / FOLDER / "a.receipt", 100)
    assert read_plain(mounted / FOLDER / "b.bulletin", 100) == b""


def test_nothing_is_written_through_a_linked_folder(kiosk: Kiosk, mounted: Path, tmp_path: Path) -> None:
    kiosk.record_at_once(3)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (mounted / FOLDER).symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(NoStick) as refused:
        put_in(kiosk, mounted)
    assert FOLDER in refused.value.vi
    assert not list(elsewhere.iterdir())


def test_a_file_in_place_of_the_folder_is_said(kiosk: Kiosk, mounted: Path) -> None:
    (mounted / FOLDER).write_text("x")
    with pytest.raises(NoStick):
        put_in(kiosk, mounted)


def test_a_huge_file_costs_no_memory(kiosk: Kiosk, mounted: Path) -> None:
    (mounted / FOLDER).mkdir()
    with (mounted / FOLDER / "big.receipt").open("wb") as file:
        file.truncate(1 << 40)  # sparse: a terabyte that was never written
    lines = put_in(kiosk, mounted)
    assert next(line for line in lines if line.get("file") == "big.receipt")["refused"]
    assert lines[-1]["done"] is True


def test_only_so_many_names_are_looked_at(mounted: Path) -> None:
    for number in range(30):
        (mounted / f"{number:02d}.receipt").touch()
    assert [path.name for path in plain_files(mounted, ".receipt", 2)] == ["00.receipt", "01.receipt"]


STEPS = st.lists(st.sampled_from(("record", "send", "lose", "carry", "take", "read")), min_size=4, max_size=14)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_stick_and_network_in_any_order_bring_every_record_once(steps: list[str]) -> None:
    """send: by network, and its receipt comes; lose: the receipt is lost; carry, take, read: the stick."""
    with TemporaryDirectory() as home, closing(Way(Path(home))) as way:
        for step in steps:
            getattr(way, step)()
        for step in ("carry", "take", "read", "send"):  # in the end somebody comes by
            getattr(way, step)()
        assert way.centre.count == way.recorded
        assert way.waiting() == 0


class Way:
    """A kiosk, a centre, a stick that goes between them and a network that is there now and then."""

    def __init__(self, home: Path) -> None:
        self.kiosk = Kiosk(home / "kiosk")
        self.centre = Centre(self.kiosk.device, self.kiosk.key.public)
        self.mounted = home / "mounted"
        self.mounted.mkdir()
        self.recorded = 0
        self._clock = 0

    def close(self) -> None:
        self.kiosk.store.close()

    def record(self) -> None:
        self.kiosk.record_at_once(70)
        self.recorded += 70

    def send(self) -> None:
        for receipt in self._sent():
            outbox = self.kiosk.outbox()
            with closing(outbox.store):
                self._clock += 60_000
                outbox.apply(receipt, START_MS, self._clock)

    def lose(self) -> None:
        self._sent()

    def carry(self) -> None:
        put_in(self.kiosk, self.mounted)

    def take(self) -> None:
        answer(self.centre, self.mounted)

    def read(self) -> None:
        put_in(self.kiosk, self.mounted)

    def waiting(self) -> int:
        return backlog(self.kiosk.store).rows

    def _sent(self) -> list[bytes]:
        outbox = self.kiosk.outbox()
        receipts = []
        with closing(outbox.store):
            for seen in outbox.epochs():
                cut = outbox.cut(Send(0, seen.epoch, seen.through_seq, 50, 65_536))
                if cut is not None:
                    receipts.append(self.centre.take(cut.message))
        return [one for one in receipts if one is not None]
