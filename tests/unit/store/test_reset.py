"""A factory reset: nothing that the centre has not confirmed is lost, and what is destroyed is gone."""

import io
from pathlib import Path

import pytest

from kiosk.commands import reset
from store import wipe
from store.db import FILE, open_store
from store.outbox import backlog
from tests.unit.store.desk import Desk, receive, write

EXAMPLE = Path(__file__).parents[3] / "firmware_cfg" / "kiosk.toml"


class Box:
    """A kiosk's folders with real sealed records in its database, and the command that resets it."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.folder, self.data = desk.folder, folder / "settings"
        self.settings = folder / "kiosk.toml"
        text = EXAMPLE.read_text("utf-8")
        self.settings.write_text(text.replace('"/var/lib/gatepost"', f'"{self.folder}"'), "utf-8")
        (self.folder / "identity").mkdir(parents=True)
        (self.folder / "identity" / "device.key").write_bytes(bytes(range(32)))
        self.data.mkdir()
        (self.data / "kiosk.toml.good").write_text("x", "utf-8")
        self.runtime = folder / "run"
        self.runtime.mkdir()

    def reset(self, *options: str) -> tuple[int, str]:
        out = io.StringIO()
        words = ["--settings", str(self.settings), "--runtime", str(self.runtime), *options]
        return reset.run(words, io.StringIO(), out, out, (self.data,)), out.getvalue()

    def left(self) -> list[str]:
        return sorted(p.name for top in (self.folder, self.data) for p in top.rglob("*"))


@pytest.fixture
def box(desk: Desk, tmp_path: Path) -> Box:
    return Box(desk, tmp_path)


def test_records_that_wait_stop_the_reset_and_after_their_receipt_it_goes_on(desk: Desk, box: Box) -> None:
    store = desk.open()
    epoch = write(desk.recorder(store), 7)[0].epoch
    receive(store, epoch, 4, 1)
    store.close()
    status, said = box.reset("--yes")
    assert status == reset.KEPT and said.count("3 ") >= 1 and "Còn 3 bản ghi" in said and "3 records" in said
    store = desk.open()
    assert backlog(store).rows == 3 and (box.folder / "identity" / "device.key").exists()
    receive(store, epoch, 7, 2)
    store.close()
    assert box.reset()[0] == reset.DONE and (box.folder / FILE).exists()  # without --yes it only says so
    assert box.reset("--yes")[0] == reset.DONE
    assert box.left() == []
    fresh = open_store(box.folder, now_ms=lambda: 0)
    assert backlog(fresh).rows == 0
    fresh.close()


def test_a_kiosk_that_is_at_work_is_not_reset(desk: Desk, box: Box) -> None:
    store = desk.open()
    write(desk.recorder(store), 1)
    store.execute("PRAGMA busy_timeout=0")
    with pytest.raises(wipe.InUse):
        other = desk.open()
        other.execute("PRAGMA busy_timeout=0")
        try:
            wipe.unsent(other, tries=1)
        finally:
            other.close()
    write(desk.recorder(store), 1)  # the gate goes on
    assert backlog(store).rows == 2
    store.close()


def test_a_reset_that_a_power_cut_interrupted_is_ended_at_the_next_start(desk: Desk, box: Box) -> None:
    desk.open().close()
    assert box.reset("--resume")[0] == reset.DONE and (box.folder / FILE).exists()  # nothing was begun
    (box.folder / "identity" / "device.key").unlink()
    (box.folder / wipe.MARK).touch()
    assert box.reset("--resume")[0] == reset.DONE
    assert box.left() == []


def test_keys_are_gone_even_when_the_card_refuses_the_rest(tmp_path: Path) -> None:
    identity, stuck = tmp_path / "store" / "identity", tmp_path / "store" / "aside"
    identity.mkdir(parents=True)
    (identity / "device.key").write_bytes(b"k" * 32)
    stuck.mkdir()
    (stuck / "old.db").symlink_to("/nonexistent")
    with pytest.raises(OSError):
        wipe.wipe(tmp_path / "store", ["identity"], [Path("/proc/self/net")])  # cannot be emptied
    assert not any(identity.parent.glob("identity/*")) and wipe.begun(tmp_path / "store")
    wipe.wipe(tmp_path / "store", ["identity"])
    assert not any((tmp_path / "store").iterdir())


def test_a_file_is_overwritten_and_a_link_is_not_followed(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "store"
    inside.mkdir()
    outside.write_bytes(b"not ours")
    secret = inside / "device.key"
    secret.write_bytes(b"s" * 100_000)
    twin = tmp_path / "same-cells"
    twin.hardlink_to(secret)
    (inside / "link").symlink_to(outside)
    wipe.wipe(inside, [])
    assert outside.read_bytes() == b"not ours"
    assert twin.read_bytes() == bytes(100_000)
