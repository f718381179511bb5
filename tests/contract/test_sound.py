"""What kiosk.ports.Sound promises, kept by the simulated loudspeaker, by ALSA and by a kiosk without one."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.devices.sound_alsa import AlsaSound
from kiosk.devices.sound_file import FileSound
from kiosk.devices.sound_none import NoSound
from kiosk.devices.tones import NOTES
from kiosk.ports import Sound

# Players that behave as aplay can: it plays, it has no card, it hangs.
PLAYS = [sys.executable, "-c", "import sys; sys.stdin.buffer.read()"]
NO_CARD = [sys.executable, "-c", "import sys; sys.exit(1)"]
HANGS = [sys.executable, "-c", "import signal; signal.pause()"]

MAKERS: dict[str, Callable[[Path], Sound]] = {
    "file": lambda folder: FileSound(folder, time.time),
    "none": lambda folder: NoSound(),
    "alsa": lambda folder: AlsaSound(),
    "alsa, a player that plays": lambda folder: AlsaSound(player=PLAYS),
    "alsa, no card": lambda folder: AlsaSound(player=NO_CARD),
    "alsa, hanging": lambda folder: AlsaSound(player=HANGS),
    "alsa, missing": lambda folder: AlsaSound(player=["/nonexistent/aplay"]),
}


@pytest.fixture(params=MAKERS)
def sound(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sound]:
    made = MAKERS[request.param](tmp_path)
    yield made
    made.close()


def test_no_sound_waits_or_raises(sound: Sound) -> None:
    begun = time.monotonic()
    for name in (*NOTES, "no such sound", ""):
        sound.play(name)
    assert time.monotonic() - begun < 2


def test_close_may_be_repeated_and_silences(sound: Sound) -> None:
    sound.play("ok")
    sound.close()
    sound.close()
    sound.play("ok")
