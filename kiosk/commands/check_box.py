"""The box around the gate: card, heat, power, sound, touch, software and whom it trusts. Sentences as in `check`."""

from pathlib import Path

from firmware_cfg.settings import Settings
from kiosk.commands.check_finding import Finding
from machine import health
from store import bulletins
from store.db import FILE, open_store
from wire.bulletin import Rejected, accept
from wire.refusal import Refused
from wire.root import Root

HOT_C, TOO_HOT_C = 70.0, 80.0  # a Pi 3 or 4 slows itself down at 80
WORN_PCT = 80
SLOTS = ("a", "b")


def card_finding(root: Path = Path("/")) -> Finding:
    """Wear, and the errors that the file system found in itself."""
    wear, errors = health.wear_pct(root), health.disk_errors(root)
    figure: dict[str, object] = {"wear_pct": wear, "errors": errors}
    if errors:
        return Finding("card", "fail", "Thẻ nhớ có lỗi: thay thẻ", f"The card has {errors} errors: change it", figure)
    if wear is not None and wear >= WORN_PCT:
        return Finding("card", "warn", "Thẻ nhớ sắp mòn: đặt thẻ mới", "The card is nearly worn out", figure)
    if wear is None and errors is None:
        return Finding("card", "ok", "Thẻ nhớ không cho biết độ mòn", "This card tells nothing of its wear", figure)
    return Finding("card", "ok", "Thẻ nhớ tốt", "The card is well", figure)


def heat_finding(root: Path = Path("/")) -> Finding:
    """The hottest sensor."""
    degrees = health.temperature_c(root)
    if degrees is None:
        return Finding("heat", "ok", "Máy không có cảm biến nhiệt", "No sensor of heat here")
    figure: dict[str, object] = {"temp_c": degrees}
    if degrees >= TOO_HOT_C:
        return Finding("heat", "fail", "Máy quá nóng: che nắng, thông gió", "Too hot: shade it, let air in", figure)
    if degrees >= HOT_C:
        return Finding("heat", "warn", "Máy nóng: tìm chỗ mát hơn", "Hot: find a cooler place", figure)
    return Finding("heat", "ok", f"{degrees} °C", f"{degrees} degrees Celsius", figure)


def power_finding(root: Path = Path("/")) -> Finding:
    """The firmware's own measure of the supply."""
    low, seen = health.volts_low(root), health.volts_low_seen(root)
    figure: dict[str, object] = {"low": low, "seen": seen}
    if low is None:
        return Finding("power", "ok", "Máy không đo điện áp", "No measure of the voltage here", figure)
    if low:
        return Finding(
            "power", "fail", "Điện yếu: thay bộ nguồn, dây ngắn hơn", "Voltage is low: change supply", figure
        )
    if seen:
        return Finding("power", "warn", "Điện đã yếu lúc trước: xem bộ nguồn", "Voltage was low earlier", figure)
    return Finding("power", "ok", "Điện đủ", "The voltage is well", figure)


def sound_finding(settings: Settings, bench: bool) -> Finding:
    """Plays the sound of ALLOW; a person hears whether it came."""
    from kiosk.devices.choose import open_sound
    from kiosk.devices.config import SoundConfig

    sound = settings.devices.sound
    if sound.kind == "none":
        return Finding("sound", "ok", "Cửa này không có loa", "This gate has no loudspeaker")
    folder = Path(settings.devices.folder) if settings.devices.folder else None
    player = open_sound(SoundConfig(sound.kind, folder, sound.device), bench=bench)
    try:
        player.play("ok")
    finally:
        player.close()
    return Finding("sound", "ok", "Đã phát một tiếng: hãy nghe", "One sound was played: listen")


def touch_finding(root: Path = Path("/")) -> Finding:
    """Whether the kernel sees a touch panel: INPUT_PROP_DIRECT is bit 1 (linux/input-event-codes.h)."""
    inputs = sorted((root / "sys/class/input").glob("input*/properties"))
    direct = [path for path in inputs if _property(path) & 0b10]
    if direct:
        return Finding("touch", "ok", "Thấy màn hình cảm ứng", "A touch screen is there", {"panels": len(direct)})
    vi, en = "Không thấy màn hình cảm ứng. Kiểm tra dây USB, dây DSI.", "No touch screen is seen. Check its cable."
    return Finding("touch", "warn", vi, en, {"panels": 0})


def software_finding(folder: Path, root: Path = Path("/")) -> Finding:
    """Which release runs, from which half of the card, and how the newest update ended."""
    said, slot = health.release(root), health.slot(root)
    update = health.facts(folder, root).get("update")
    figure: dict[str, object] = {**said, "slot": slot, "update": update}
    if not said:
        return Finding("software", "warn", "Chạy từ mã nguồn, chưa lắp đặt", "Runs from source, not installed", figure)
    if slot not in SLOTS:
        return Finding("software", "fail", "Không biết chạy từ nửa thẻ nào", "The slot is not known", figure)
    if isinstance(update, dict) and update.get("outcome") in ("rolled_back", "refused", "failed"):
        vi, en = "Bản cập nhật mới không dùng được, máy giữ bản cũ", "The newest update did not hold: the old one runs"
        return Finding("software", "warn", vi, en, figure)
    return Finding("software", "ok", f"Bản {said.get('version')}", f"Release {said.get('version')}", figure)


def roots_finding(settings: Settings, bench: bool) -> Finding:
    """Whether the roots lead back to the fingerprint in kiosk.toml, and what was signed since still verifies."""
    from kiosk.chosen import open_clock

    folder = Path(settings.storage.folder)
    unknown = Finding("roots", "warn", "Chưa có gốc tin cậy: máy chưa được cấp", "No roots yet: not enrolled")
    if not (folder / FILE).exists():
        return unknown
    store = open_store(folder, now_ms=open_clock(settings, bench).now_ms)
    try:
        root, messages = bulletins.root(store, settings.centre.root_fingerprint), bulletins.messages(store)
    except Refused as refusal:
        vi = f"Gốc tin cậy không khớp kiosk.toml: báo trung tâm ({refusal.reason})"
        return Finding("roots", "fail", vi, f"The roots do not lead back to kiosk.toml ({refusal.reason})")
    finally:
        store.close()
    if root is None:
        return unknown
    doubted = sum(_is_doubtful(root, message) for message in messages)
    figure: dict[str, object] = {"root": root.version, "bulletins": len(messages), "doubted": doubted}
    if doubted:
        vi = f"Bản tin có chữ ký không khớp: {doubted}. Nối mạng để lấy lại."
        return Finding("roots", "warn", vi, f"{doubted} bulletins do not verify: connect the network", figure)
    return Finding("roots", "ok", "Gốc tin cậy và chữ ký khớp", "Roots and signatures hold", figure)


def _is_doubtful(root: Root, message: bytes) -> bool:
    """A signature that no key of its role made. What else may speak against a bulletin was judged when it came."""
    judged = accept(None, message, root, None, frozenset())
    return isinstance(judged, Rejected) and judged.reason not in ("foreign", "wrong_base")


def _property(path: Path) -> int:
    try:
        return int(path.read_text("ascii").split()[-1], 16)
    except (OSError, ValueError, IndexError):
        return 0
