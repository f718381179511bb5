"""What the radio process asks of a radio, in words that every adapter keeps and `tests/contract` checks.

Nothing here imports a Bluetooth library; only the adapters in `ble_scanner.devices` do.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple, Protocol

from ble_scanner.sighting import Sighting

Mode = Literal["passive", "active"]
Reason = Literal[
    "no_bluez",
    "no_adapter",
    "no_permission",
    "blocked",
    "not_ready",
    "in_progress",
    "no_answer",
    "failed",
]

# What a technician is told: what is wrong and what can be done about it (Vietnamese, English).
REASONS: dict[Reason, tuple[str, str]] = {
    "no_bluez": (
        "Dịch vụ Bluetooth của hệ điều hành không chạy. Hãy khởi động lại bluetooth.service.",
        "The Bluetooth service of the system is not running. Restart bluetooth.service.",
    ),
    "no_adapter": (
        "Không thấy bộ thu Bluetooth. Hãy cắm lại bộ thu USB, hoặc xem tên bộ thu ở radio.adapter.",
        "There is no such Bluetooth adapter. Plug the USB adapter in again, or look at radio.adapter.",
    ),
    "no_permission": (
        "Tiến trình không được phép dùng Bluetooth. Hãy cài lại đơn vị ble-scanner.service.",
        "The process may not use Bluetooth. Install the unit ble-scanner.service again.",
    ),
    "blocked": (
        "Bộ thu Bluetooth bị khoá (rfkill). Hãy chạy: rfkill unblock bluetooth",
        "The Bluetooth adapter is blocked (rfkill). Run: rfkill unblock bluetooth",
    ),
    "not_ready": (
        "Bộ thu Bluetooth đang tắt. Máy sẽ bật lại; nếu vẫn tắt hãy rút ra cắm lại.",
        "The Bluetooth adapter is switched off. The kiosk will switch it on; if it stays off, replug it.",
    ),
    "in_progress": (
        "Bluetooth đang bận việc cũ chưa xong. Máy sẽ tắt và bật lại bộ thu.",
        "Bluetooth is still busy with an earlier task. The kiosk will switch the adapter off and on.",
    ),
    "no_answer": (
        "Dịch vụ Bluetooth không trả lời. Máy sẽ khởi động lại dịch vụ.",
        "The Bluetooth service does not answer. The kiosk will restart the service.",
    ),
    "failed": (
        "Bluetooth báo lỗi. Xem chi tiết trong nhật ký của ble-scanner.",
        "Bluetooth reports an error. The journal of ble-scanner has the details.",
    ),
}


class RadioFailed(Exception):
    """The radio cannot do what was asked.

    reason  one of REASONS, whose sentences are for the technician
    detail  the error's own name, for the journal ("org.bluez.Error.InProgress"): never an address or an identifier
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason: Reason = reason
        self.detail = detail


class Heard(NamedTuple):
    """One report of the stack below: an advertisement, or several that it took for repetitions.

    address    the sender's address of the moment. It tells senders apart in memory; it is never kept and never logged
    rssi       signal strength, dBm, -126..20
    mono_ms    when it was handed over, milliseconds of the monotonic clock
    sightings  what it says; () when it is of no format that we know: the radio works, though it is nobody for us
    """

    address: str
    rssi: int
    mono_ms: int
    sightings: tuple[Sighting, ...]


Hear = Callable[[Heard], None]


class Radio(Protocol):
    """One receiver, used by one asyncio loop."""

    @property
    def mode(self) -> Mode:
        """How it listens now, or did last: "passive" (sends nothing) or "active" (asks each sender for more).

        A radio that was told to be passive may go over to active by itself, where passive is refused or stays silent.
        """
        ...

    @property
    def fault(self) -> RadioFailed | None:
        """Why nothing can be heard now; None while it listens or was stopped by `stop`. Silence alone is no fault."""
        ...

    async def start(self, hear: Hear) -> None:
        """Listen; from now on `hear` is called in this loop, at each report. Ends within 20 s.

        Raises RadioFailed, and then does not listen. May be called while it listens: that is a restart with `hear`.
        After a start that succeeded, a radio whose adapter or service went away listens again by itself within 15 s of
        its return; `fault` says meanwhile what is missing. `hear` must be quick and must not raise.
        """
        ...

    async def stop(self) -> None:
        """Listen no more; when it returns, `hear` is not called again. Never raises; may be repeated. Within 10 s."""
        ...

    async def power_cycle(self) -> None:
        """Switch the receiver off and on: the cure of a stuck scan. Stops listening; the caller starts again.

        Raises RadioFailed when it cannot be switched. Within 20 s.
        """
        ...


class PhoneReader(Protocol):
    """Asks a phone that only shows its presence for its identifier, over a short connection without pairing."""

    def offer(self, heard: Heard) -> None:
        """A phone was heard that can be asked. Remembers it, or not: it may be known, too many, or failed just now.

        Returns at once and never raises. What the phone answers is given to the `hear` that the reader was made with,
        as a Heard with the identifier, under the address, strength and time of the report that was offered.
        """
        ...

    async def stop(self) -> None:
        """Ask no more, end a connection that is open. Never raises; may be repeated. Within 15 s."""
        ...
