"""The radio's line of `python -m kiosk check`: does it listen, how, since when silent, what was done in the last day.

Read from what the radio process says of itself; the process is not disturbed and need not run.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from firmware_cfg.settings import Settings
from machine.clock import Clock
from store.db import StoreError
from store.radio_log import KEPT_STEPS, Plain, Step, status, steps
from store.sightings import FILE, open_sightings

CALIBRATED = "radio.json"  # what `python -m ble_scanner run --calibrate` leaves beside the databases
STALE_MS = 15_000  # the process speaks each 5 s
DAY_MS = 86_400_000
_STEPS = {
    "restart_scanner": ("bật lại máy quét", "scanner restarted"),
    "power_cycle": ("tắt bật bộ thu", "receiver off and on"),
    "restart_bluetooth": ("khởi động lại Bluetooth", "Bluetooth restarted"),
    "reboot": ("khởi động lại máy", "whole box rebooted"),
    "heard": ("nghe lại được", "heard again"),
}
_MODES = {"passive": ("chỉ nghe", "passive"), "active": ("có hỏi", "active")}


@dataclass(frozen=True, slots=True)
class Told:
    """Whether the radio is well, and the sentences for the technician."""

    ok: bool
    vi: str
    en: str
    figure: dict[str, object]


def look_at_radio(settings: Settings, clock: Clock) -> Told:
    """What the radio process said last."""
    folder = Path(settings.storage.folder)
    if not (folder / FILE).exists():
        return Told(False, "Tiến trình Bluetooth chưa chạy lần nào", "The radio process has never run", {})
    try:
        sightings = open_sightings(folder, now_ms=clock.now_ms)
    except StoreError as error:
        return Told(False, "Không đọc được ble.db", f"ble.db cannot be read: {error.reason}", {})
    try:
        said, taken = status(sightings), steps(sightings, KEPT_STEPS)
    finally:
        sightings.close()
    told = judge(said, taken, clock.boot, clock.mono_ms())
    if settings.radio.tap == "off" or (folder / CALIBRATED).exists():
        return told
    vi = f"{told.vi}; chưa chỉnh theo bộ thu nên thẻ chạm kém chắc: chạy python -m ble_scanner run --calibrate"
    en = f"{told.en}; not calibrated, so taps are less sure: run python -m ble_scanner run --calibrate"
    return replace(told, vi=vi, en=en, figure=told.figure | {"calibrated": False})


def judge(said: Mapping[str, Plain], taken: Sequence[Step], boot: bytes, mono_ms: int) -> Told:
    """PURE. The sentences for a status and the newest steps, at `mono_ms` of this boot."""
    told_ms = said.get("mono_ms")
    now_ms, fresh = None, False
    if said.get("boot") == boot.hex() and isinstance(told_ms, int):
        fresh = mono_ms - told_ms <= STALE_MS
        now_ms = int(said["at_ms"] or 0) + mono_ms - told_ms
    done = _of_last_day(taken, now_ms)
    names = ("state", "reason", "mode", "silent_s", "per_minute", "senders", "tags", "taps", "kept", "problem")
    figure: dict[str, object] = {name: said.get(name) for name in names} | {"steps": dict(done)}
    ending_vi = f"24 giờ qua: {_words(done, 0)}" if done else "24 giờ qua không có sự cố"
    ending_en = f"in the last day: {_words(done, 1)}" if done else "no trouble in the last day"
    state = said.get("state") if fresh else "stopped"
    if state == "failed":
        return Told(False, f"{said.get('vi')} ({ending_vi})", f"{said.get('en')} ({ending_en})", figure)
    if state != "listening":
        vi, en = "Tiến trình Bluetooth không chạy", "The radio process does not run"
        return Told(False, f"{vi} ({ending_vi})", f"{en} ({ending_en})", figure)
    mode = _MODES.get(str(said.get("mode")), ("", ""))
    heard = said.get("silent_s")
    ago_vi = "chưa nghe được gì" if heard is None else f"nghe lần cuối {heard} giây trước"
    ago_en = "nothing heard yet" if heard is None else f"last report {heard} s ago"
    ok = said.get("problem") is None
    trouble = ("", "") if ok else _trouble(str(said["problem"]))
    vi = f"Đang nghe ({mode[0]}), {ago_vi}; {ending_vi}{trouble[0]}"
    return Told(ok, vi, f"Listening ({mode[1]}), {ago_en}; {ending_en}{trouble[1]}", figure)


def _of_last_day(taken: Sequence[Step], now_ms: int | None) -> Counter[str]:
    """Steps by name. Without a word of this boot nobody knows what time it is: the last ones, however old."""
    since_ms = None if now_ms is None else now_ms - DAY_MS
    return Counter(step.name for step in taken if since_ms is None or step.at_ms >= since_ms)


def _words(done: Counter[str], language: int) -> str:
    return ", ".join(f"{_STEPS.get(name, (name, name))[language]} x{count}" for name, count in done.items())


def _trouble(problem: str) -> tuple[str, str]:
    if problem == "disk_full":
        return ". Thẻ nhớ gần đầy: không giữ lượt nghe, chạm thẻ vẫn chạy", ". The card is nearly full: taps work"
    return ". Không ghi được ble.db", ". ble.db cannot be written"
