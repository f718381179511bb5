"""What the keeper of the keys reads when `keys destroy` says no, Vietnamese and English side by side."""

from wire.refusal import Refused

_DESTROY: dict[str, tuple[str, str]] = {
    "key_unknown": (
        "Không có đúng một khóa của ca mang tên hoặc tháng này. Xem tên và tháng bằng: keys list",
        "Not exactly one case key has this name or month. For names and months: keys list",
    ),
    "key_in_use": (
        "Khóa này đang dùng, kiosk còn niêm phong bằng nó. Hãy đổi khóa trước: keys rotate-case",
        "This key is in use, kiosks still seal to it. Change it first: keys rotate-case",
    ),
    "key_destroyed": ("Khóa này đã bị hủy rồi.", "This key was destroyed already."),
    "within_limit": (
        "Còn bản ghi niêm phong bằng khóa này chưa hết hạn lưu. Chưa hủy gì.",
        "A record sealed to this key may still be kept. Nothing was destroyed.",
    ),
    "held": (
        "Đang có yêu cầu giữ lại theo luật và còn bản ghi của khóa này. Chưa hủy gì.",
        "A legal hold runs and records of this key are there. Nothing was destroyed.",
    ),
    "place_unknown": (
        "Khóa không được ghi là nằm ở nơi nêu trong --gone. Xem các nơi bằng: keys list",
        "The key is not written down as lying at the place named by --gone. For the places: keys list",
    ),
    "places": (
        "Khóa còn nằm ở những nơi sau; xử lý từng nơi rồi nêu bằng --gone. Chưa hủy gì.",
        "The key still lies at these places; deal with each, then name it with --gone. Nothing was destroyed.",
    ),
}


def why_not_destroyed(refusal: Refused) -> tuple[str, str] | None:
    """(vi, en), with what it is about behind it; None for a refusal of something else."""
    said = _DESTROY.get(refusal.reason)
    about = f" ({refusal.detail})" if refusal.reason in ("places", "place_unknown") else ""
    return None if said is None else (said[0] + about, said[1] + about)
