"""What the gate asks of its devices, in words that every adapter keeps and `tests/contract` checks.

An adapter may be slow, may lose its device and may be killed; what it may do then is written at each method. Nothing
here imports a device library, and nothing else in the gate process does either, but the adapters in `kiosk.devices`.
"""

from dataclasses import dataclass
from typing import Protocol

from numpy import uint8
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture.

    gray: luma, 0..255, shape (height, width); a crop of a larger buffer, so it need not be contiguous. It stays valid
        until the next `read` of the same camera; copy what must live longer. Never write into it.
    mono_ms: when it was taken, milliseconds of the monotonic clock.
    """

    gray: NDArray[uint8]
    mono_ms: int


class CameraLost(Exception):
    """No picture can come now (unplugged, stalled, busy). The text says which device, and is fit for a technician."""


class Camera(Protocol):
    """A source of gray pictures, read by one thread."""

    def read(self) -> Frame:
        """Wait for the next picture, at most about one frame interval, and give it.

        Raises CameraLost, within a bound named by the adapter, when none can come. `read` may be called again after
        that, as often as wished: the adapter itself tries to reopen the device, and spaces the tries out.
        """
        ...

    def set_illuminator(self, on: bool) -> None:
        """Turn the lamp beside the lens on or off. No-op where there is none. Never raises; may be repeated."""
        ...

    def close(self) -> None:
        """Give the device back. May be repeated. `read` afterwards raises CameraLost."""
        ...


@dataclass(frozen=True, slots=True)
class Symbol:
    """One code found in a picture.

    text: its payload as text. UTF-8 where the bytes are UTF-8, exactly as they are in the code (not normalised).
    format: name of the symbology, "QRCode" and the like.
    decoder: "zxing" or "zbar", who found it.
    """

    text: str
    format: str
    decoder: str


class Decoder(Protocol):
    """Finds codes in pictures. Only codes whose error correction holds: a decoder never guesses."""

    def decode(self, gray: NDArray[uint8]) -> list[Symbol]:
        """Give every different code text found in `gray` (any 2-D uint8 array, contiguous or not, any size).

        Never raises, whatever the picture; [] when nothing is found or a part of the decoder is away. Takes a bounded
        time, which the adapter names. Keeps no reference to `gray`.
        """
        ...

    def close(self) -> None:
        """End what was started (child processes). May be repeated. `decode` afterwards gives []."""
        ...


class Lights(Protocol):
    """Three lamps and a buzzer. The adapter lives inside the lights child, which alone owns the pins."""

    def show(self, pattern: str, buzzer: str, ref: str | None) -> None:
        """Show `pattern` from now on, and sound `buzzer` once.

        pattern: green yellow red fault idle stalled starting off. buzzer: none ok ask stop fault.
        ref: "<epoch hex>:<seq>" of the record that this light stands for, or None; only the simulated lights keep it.
        Returns at once: blinking goes on by itself. Unknown names raise ValueError and leave the lamps as they were.
        """
        ...

    def close(self) -> None:
        """Lamps off, pins given back. May be repeated. `show` afterwards does nothing."""
        ...


class Sound(Protocol):
    """Short sounds that say the result to whoever does not look."""

    def play(self, name: str) -> None:
        """Start the sound ok, ask, stop, fault or scan and return at once; it ends by itself.

        Never raises. An unknown name, a dead device or a sound refused because one is still playing is counted.
        """
        ...

    def close(self) -> None:
        """Stop what plays. May be repeated. `play` afterwards does nothing."""
        ...


class Reader(Protocol):
    """A hand scanner or a passport line reader: gives texts, never keystrokes."""

    def poll(self) -> str | None:
        """The next whole text, or None; never waits. Never raises: a lost device is opened again by the adapter."""
        ...

    def close(self) -> None:
        """Give the device back. May be repeated. `poll` afterwards gives None."""
        ...


class Printer(Protocol):
    """A receipt printer. Paper runs out and cables come off: nobody waits for it."""

    def print(self, png: bytes) -> bool:
        """Print one picture (PNG, black on white) and cut. True once it is handed to the printer, within 5 s.

        False, never an exception, when the printer is away, out of paper or still busy with the last one.
        """
        ...

    def close(self) -> None:
        """Give the device back. May be repeated. `print` afterwards gives False."""
        ...


class AirLost(Exception):
    """No reading can come now (unplugged, another address). The text is fit for a technician."""


class Air(Protocol):
    """A sensor of the air in the room, read by one thread."""

    def read(self) -> int | None:
        """The newest reading of CO2 in ppm, 1 to 40,000; None when there is none since the last call, or a broken one.

        Waits for the device, never for the next reading: up to a second. Raises AirLost when it does not answer; may be
        called again after that, as often as wished: the adapter spaces its tries out.
        """
        ...

    def close(self) -> None:
        """Give the device back. May be repeated. `read` afterwards raises AirLost."""
        ...
