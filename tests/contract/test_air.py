"""What kiosk.ports.Air promises, kept by a file and by the SCD4x protocol over a bus that speaks it."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from kiosk.air_watch import AirWatch
from kiosk.devices.air_file import FILE, FileAir
from kiosk.devices.air_scd4x import REOPEN_S, Scd4xAir, SmBus
from kiosk.devices.scd4x import ADDRESS, READ, READY, START, STOP, crc8, encode
from kiosk.ports import Air, AirLost
from tests.needs import need_hardware
from tests.parts.waits import wait_for


class Sensor:
    """The far side of an I2C bus: an SCD4x that keeps its own state, as the datasheet describes it."""

    def __init__(self) -> None:
        self.present, self.measuring, self.spoils = True, True, False
        self.waiting: int | None = None
        self.wrong_byte: int | None = None  # of the next reading that is fetched
        self.opened = self.fetched = 0
        self._answer = b""

    def open(self) -> "Sensor":
        self.opened += 1
        return self

    def breathe(self, ppm: int) -> None:
        self.waiting = ppm

    def write(self, address: int, data: bytes) -> None:
        self._here(address)
        if data == encode(STOP):
            self.measuring = False
        elif data == encode(START):
            assert not self.measuring, "a start while it measures is not taken"
            self.measuring = True
        elif data == encode(READY):
            self._answer = _words(0x8000 | (6 if self.waiting else 0))
        elif data == encode(READ):
            assert self.waiting, "a sensor without a reading does not answer"
            answer = bytearray(_words(self.waiting, 0x6667, 0x5EB9))
            if self.wrong_byte is not None:
                answer[self.wrong_byte] ^= 0x01
            self._answer, self.waiting, self.wrong_byte = bytes(answer), None, None
            self.fetched += 1

    def read(self, address: int, count: int) -> bytes:
        self._here(address)
        assert len(self._answer) == count
        return bytes(count) if self.spoils else self._answer

    def close(self) -> None:
        self._answer = b""

    def _here(self, address: int) -> None:
        if not self.present or address != ADDRESS:
            raise OSError(121, "Remote I/O error")


def _words(*values: int) -> bytes:
    return b"".join(value.to_bytes(2, "big") + bytes([crc8(value.to_bytes(2, "big"))]) for value in values)


class Room:
    """A sensor, and air to put before it."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.sensor, self.folder, self.now = Sensor(), folder, 100.0
        self.air: Air = (
            FileAir(folder) if kind == "file" else Scd4xAir(self.sensor.open, lambda: self.now, lambda seconds: None)
        )

    def breathe(self, ppm: int) -> None:
        self.sensor.breathe(ppm)
        (self.folder / FILE).write_text(str(ppm))


@pytest.fixture(params=["file", "scd4x"])
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    made = Room(request.param, tmp_path)
    yield made
    made.air.close()


def test_each_reading_comes_once(room: Room) -> None:
    room.breathe(812)
    assert (room.air.read(), room.air.read()) == (812, None)
    room.breathe(1425)
    assert room.air.read() == 1425


def test_after_close_there_is_none(room: Room) -> None:
    room.breathe(812)
    room.air.close()
    room.air.close()
    with pytest.raises(AirLost):
        room.air.read()


def test_a_sensor_that_was_unplugged_is_lost_and_found_again(tmp_path: Path) -> None:
    room = Room("scd4x", tmp_path)
    room.breathe(640)
    assert room.air.read() == 640
    room.sensor.present = False
    with pytest.raises(AirLost, match="Remote I/O"):
        room.air.read()
    room.sensor.present = True
    room.breathe(655)
    with pytest.raises(AirLost, match="away"):
        room.air.read()  # its tries are spaced out
    room.now += REOPEN_S
    assert room.air.read() == 655
    assert room.sensor.opened == 2


def test_a_bad_contact_gives_no_reading_and_no_alarm(tmp_path: Path) -> None:
    room = Room("scd4x", tmp_path)
    room.sensor.spoils = True
    room.breathe(640)
    assert room.air.read() is None
    room.air.close()
    assert not room.sensor.measuring


@pytest.mark.parametrize("byte", [2, 5, 8])
def test_one_wrong_checksum_spoils_its_reading_and_no_other(tmp_path: Path, byte: int) -> None:
    room = Room("scd4x", tmp_path)
    room.sensor.wrong_byte = byte
    room.breathe(1_980)
    assert room.air.read() is None
    assert room.air.read() is None, "a reading can be fetched once"
    room.breathe(655)
    assert room.air.read() == 655
    assert (room.sensor.fetched, room.sensor.opened) == (2, 1)


def test_a_sensor_that_measures_nothing_new_is_asked_on_and_its_old_reading_is_not_told_again(tmp_path: Path) -> None:
    room = Room("scd4x", tmp_path)
    room.breathe(812)
    assert room.air.read() == 812
    for _ in range(200):
        room.now += 5.0
        assert room.air.read() is None
    assert (room.sensor.fetched, room.sensor.opened) == (1, 1)
    room.breathe(640)
    assert room.air.read() == 640


def test_a_file_without_a_number_is_no_reading_and_without_a_file_the_sensor_is_away(tmp_path: Path) -> None:
    air = FileAir(tmp_path)
    with pytest.raises(AirLost):
        air.read()
    (tmp_path / FILE).write_text("ppm")
    assert air.read() is None


def test_the_watch_gives_the_newest_reading_once_and_outlives_a_lost_sensor(tmp_path: Path) -> None:
    watch = AirWatch(FileAir(tmp_path), look_s=0.01)
    watch.start()
    try:
        (tmp_path / FILE).write_text("700")
        assert wait_for(watch.take, "a reading") == 700
        assert watch.take() is None
    finally:
        watch.close()


def test_a_sensor_on_this_machines_bus() -> None:
    need_hardware(Path("/dev/i2c-1").exists(), "an I2C bus")
    air = Scd4xAir(lambda: SmBus(1), lambda: 0.0, lambda seconds: None)
    with suppress(AirLost):
        air.read()
    air.close()
