"""Sounds through `aplay` (Debian's alsa-utils), one short process a sound; silence, counted, where there is none.

The sound goes through a pipe (all are smaller than the 64 KB that a pipe holds, so the write never waits). A new sound
ends the one that still plays: it belongs to the visitor who stands there now.
"""

import shutil
import subprocess

from kiosk.devices.children import end_child
from kiosk.devices.tones import NOTES, wav


class AlsaSound:
    """`player`: a command that plays the WAV file at its stdin; None looks for aplay. `failed` counts silences."""

    def __init__(self, device: str | None = None, volume: float = 0.6, player: list[str] | None = None) -> None:
        self._player = player or _aplay(device)
        self._sounds = {name: wav(name, volume) for name in NOTES}
        self._playing: subprocess.Popen[bytes] | None = None
        self._closed = False
        self.failed = 0

    def play(self, name: str) -> None:
        """Start the sound; about 2 ms for the new process."""
        if self._closed:
            return
        self._stop()
        sound = self._sounds.get(name)
        if sound is None or self._player is None:
            self.failed += 1
            return
        try:
            self._playing = subprocess.Popen(
                self._player,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                bufsize=0,
            )
            assert self._playing.stdin is not None
            self._playing.stdin.write(sound)
            self._playing.stdin.close()
        except OSError:
            self.failed += 1

    def _stop(self) -> None:
        playing, self._playing = self._playing, None
        if playing is None:
            return
        if playing.poll() is None:
            playing.kill()
        elif playing.returncode:
            self.failed += 1  # aplay ended with an error: no sound card, or it is in use
        end_child(playing, grace_s=0.5)

    def close(self) -> None:
        """Stop what plays."""
        self._closed = True
        self._stop()


def _aplay(device: str | None) -> list[str] | None:
    path = shutil.which("aplay")
    if path is None:
        return None
    return [path, "-q", *(["-D", device] if device else []), "-"]
