"""Batches that come on a USB stick: the same rules, no broker."""

from pathlib import Path

from central.carried import take_from
from tests.parts.centre import NOW_MS, Centre
from wire.receipt import decode_receipt


def test_a_stick_is_taken_and_carries_a_receipt_back(centre: Centre, tmp_path: Path) -> None:
    device = centre.device()
    for number, message in enumerate(device.batches(450)):
        (tmp_path / f"{number:04d}.batch").write_bytes(message)
    lines = list(take_from(centre.engine, centre.ingest, tmp_path, NOW_MS))
    assert sum(int(str(line.get("new", 0))) for line in lines) == 450
    (path,) = tmp_path.glob("*.receipt")
    receipt = decode_receipt(path.read_bytes(), centre.ring.root().keys("receipt"))
    assert (receipt.device, receipt.through_seq) == (device.device, 450)


def test_a_stick_that_is_read_twice_adds_nothing(centre: Centre, tmp_path: Path) -> None:
    (tmp_path / "a.batch").write_bytes(centre.device().batch(1, 20))
    list(take_from(centre.engine, centre.ingest, tmp_path, NOW_MS))
    again = list(take_from(centre.engine, centre.ingest, tmp_path, NOW_MS))
    assert again[0]["duplicates"] == 20
    assert centre.one("SELECT count(*) FROM visit") == 20


def test_a_foreign_file_on_the_stick_stops_nothing(centre: Centre, tmp_path: Path) -> None:
    (tmp_path / "a.batch").write_bytes(b"holiday pictures")
    (tmp_path / "b.batch").write_bytes(centre.device().batch(1, 5))
    lines = list(take_from(centre.engine, centre.ingest, tmp_path, NOW_MS))
    assert lines[0]["refused"] == "malformed"
    assert lines[1]["new"] == 5


def test_the_folder_that_a_kiosk_made_on_the_stick_is_found(centre: Centre, tmp_path: Path) -> None:
    made = tmp_path / "gatepost"
    made.mkdir()
    (made / "bad.batch").write_bytes(b"no batch")
    (made / "linked.batch").symlink_to(made / "bad.batch")
    (tmp_path / "elsewhere.batch").write_bytes(b"not on the stick's own folder")
    lines = list(take_from(centre.engine, centre.ingest, tmp_path, NOW_MS))
    assert [line["file"] for line in lines] == ["bad.batch"]


def test_one_file_is_taken_alone(centre: Centre, tmp_path: Path) -> None:
    for name in ("a.batch", "b.batch"):
        (tmp_path / name).write_bytes(b"no batch")
    lines = list(take_from(centre.engine, centre.ingest, tmp_path / "b.batch", NOW_MS))
    assert [line["file"] for line in lines] == ["b.batch"]
