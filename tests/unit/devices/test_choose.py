"""The composition helpers: what an installed kiosk may not choose, and what each choice gives."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.devices.camera_files import FilesCamera
from kiosk.devices.choose import DeviceRefused, open_camera, open_decoder, open_lamps, open_sound
from kiosk.devices.config import CameraConfig, DecoderConfig, LightsConfig, SoundConfig
from kiosk.devices.decoder_stream import StreamDecoder
from kiosk.devices.decoder_thorough import ThoroughDecoder
from kiosk.devices.sound_file import FileSound

SIMULATED: dict[str, Callable[[Path], object]] = {
    "camera": lambda folder: open_camera(CameraConfig("files", folder)),
    "lights": lambda folder: open_lamps(LightsConfig("file", folder / "lock", folder)),
    "mock pins": lambda folder: open_lamps(LightsConfig("gpiozero", folder / "lock", factory="mock")),
    "sound": lambda folder: open_sound(SoundConfig("file", folder)),
}


@pytest.mark.parametrize("name", SIMULATED)
def test_an_installed_kiosk_refuses_simulated_devices(name: str, tmp_path: Path) -> None:
    with pytest.raises(DeviceRefused, match="installed kiosk"):
        SIMULATED[name](tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_bench_gets_them(tmp_path: Path) -> None:
    camera = open_camera(CameraConfig("files", tmp_path / "new"), bench=True)
    assert isinstance(camera, FilesCamera)
    assert camera.read().gray.shape == (480, 640)
    sound = open_sound(SoundConfig("file", tmp_path), bench=True)
    assert isinstance(sound, FileSound)
    sound.play("ok")
    sound.play("no such sound")
    assert sound.failed == 1
    sound.close()
    assert '"sound": "ok"' in (tmp_path / "sound.jsonl").read_text()


def test_a_simulated_device_without_a_folder_is_refused() -> None:
    with pytest.raises(DeviceRefused, match="folder"):
        open_camera(CameraConfig("files"), bench=True)


@pytest.mark.parametrize(
    "choose",
    [
        lambda: open_camera(CameraConfig("webcam")),
        lambda: open_decoder(DecoderConfig("fast")),
        lambda: open_lamps(LightsConfig("neon", Path("lock"))),
        lambda: open_sound(SoundConfig("gramophone")),
    ],
    ids=["camera", "decoder", "lights", "sound"],
)
def test_an_unknown_kind_names_the_known_ones(choose: Callable[[], object]) -> None:
    with pytest.raises(DeviceRefused, match=r"no such kind .* \("):
        choose()


def test_decoders_by_purpose() -> None:
    stream, thorough = open_decoder(DecoderConfig()), open_decoder(DecoderConfig("thorough", zbar=False))
    assert isinstance(stream, StreamDecoder)
    assert isinstance(thorough, ThoroughDecoder)
    stream.close()
    thorough.close()
