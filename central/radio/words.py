"""What an operator reads after a command on tags or cases, Vietnamese and English side by side."""

from central import declaring_words
from wire.refusal import Refused

_AS_ELSEWHERE = ("order_unknown", "too_large", "expired", "bad_name", "bad_file")
# Reason of a refusal -> (Vietnamese, English).
REFUSALS: dict[str, tuple[str, str]] = {
    **{reason: declaring_words.REFUSALS[reason] for reason in _AS_ELSEWHERE},
    "misheard": (
        "Số thẻ không khớp số kiểm tra cuối; xin hỏi lại số.",
        "The number does not fit its last digit; ask for it again.",
    ),
    "unknown_tag": ("Không có thẻ nào mang số này.", "There is no tag of that number."),
    "tag_ended": ("Thẻ này đã thu hồi hoặc đã thay.", "This tag was revoked or replaced before."),
    "key_in_use": ("Đã có thẻ khác dùng khóa này.", "Another tag has this key."),
    "bad_epoch": (
        "Thời điểm bắt đầu đếm không thể ở tương lai.",
        "The tag's counter cannot have started in the future.",
    ),
    "order_not_running": (
        "Lệnh này chưa chạy hoặc đã kết thúc: không được công bố khóa, không được xem kết quả theo lệnh.",
        "This order does not run now: no keys go out under it, and nothing that came of it is shown.",
    ),
    "order_elsewhere": (
        "Lệnh này chỉ dùng cho một phạm vi hẹp hơn.",
        "This order is for another or a smaller place than that.",
    ),
    "bad_keys": (
        "Tệp khóa viết chưa đúng; xin xem chỗ nêu dưới đây.",
        "The file of keys is not as it should be; see the place below.",
    ),
    "not_verified": (
        "Chữ ký của tệp khóa không đúng; chưa công bố gì.",
        "The signature of these keys did not verify; nothing was published.",
    ),
    "no_keys": ("Tệp không có khóa nào của ca này.", "The file holds no key for this case."),
    "case_unknown": ("Chưa có khóa nào của ca này được công bố.", "No keys of this case were published here."),
    "case_ruled_out": (
        "Ca này đã được loại trừ; dữ liệu của ca đã xóa.",
        "This case was ruled out; what was kept of it is deleted.",
    ),
    "case_before_restore": (
        "Máy chủ đã phục hồi từ bản sao lưu: xin xác nhận ca này còn hiệu lực (case-keys stands) hoặc loại trừ lại.",
        "This centre was restored from a backup: say that the case still stands (case-keys stands), or rule it out.",
    ),
    "bad_case": (
        "Mã ca bệnh gồm 1 đến 64 ký tự in được.",
        "The name of a case is 1 to 64 printable characters.",
    ),
    "bad_schema": (
        "Có giá trị ngoài giới hạn; xin xem chỗ nêu dưới đây.",
        "A value is out of its bounds; see the place below.",
    ),
}

DONE: dict[str, tuple[str, str]] = {
    "issue": (
        "Đã cấp thẻ; các cổng của địa điểm biết thẻ trong vài giây.",
        "Issued; the gates of the venue know it within seconds.",
    ),
    "replace": (
        "Đã thay thẻ: thẻ cũ hết dùng trong vài giây, xin đưa thẻ mới.",
        "Replaced: the old one ends within seconds; hand out the new one.",
    ),
    "restart": (
        "Đã ghi thời điểm bắt đầu đếm mới của thẻ.",
        "Noted: the tag's counter began anew.",
    ),
    "revoke": (
        "Đã thu hồi: thẻ và mã QR của thẻ hết dùng trong vài giây.",
        "Revoked: the tag and its QR end within seconds.",
    ),
    "publish": (
        "Đã công bố khóa; các máy tự đối chiếu trong vài phút.",
        "Published; the kiosks match them by themselves within minutes.",
    ),
    "rule-out": (
        "Đã loại trừ ca: các máy quên kết quả, trung tâm đã xóa những gì đã nhận.",
        "Ruled out: the kiosks forget the match, and what came here of it is deleted.",
    ),
    "stands": ("Đã ghi: ca này còn hiệu lực.", "Noted: this case stands."),
}


def refusal(refused: Refused) -> str:
    """Both sentences and, where there is one, the place; without words of its own the engineers' name."""
    name = refused.reason
    pair = REFUSALS.get(name, (f"Không thực hiện được ({name}).", f"Not done ({name})."))
    return both(pair) + (f"\n  {refused.detail}" if refused.detail else "")


def done(what: str) -> str:
    """Both sentences."""
    return both(DONE[what])


def both(pair: tuple[str, str]) -> str:
    """Vietnamese / English."""
    return f"{pair[0]} / {pair[1]}"
