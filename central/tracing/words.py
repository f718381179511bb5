"""What an operator reads after `trace`, Vietnamese and English side by side."""

from wire.refusal import Refused

REFUSALS: dict[str, tuple[str, str]] = {
    "visits_header": (
        "Dòng đầu của tệp phải có các cột venue, person, in, out, mỗi cột một lần.",
        "The first line of the file must name the columns venue, person, in and out, each once.",
    ),
    "visits_text": (
        "Tệp không phải CSV dạng UTF-8, hoặc có dấu ngoặc kép chưa đóng.",
        "The file is not CSV in UTF-8, or a quotation mark is not closed.",
    ),
    "visits_row": (
        "Dòng {}: thiếu venue, person hoặc in, hoặc thừa ô. Chưa tính gì; xin sửa rồi chạy lại.",
        "Line {}: venue, person or in is missing, or there are too many fields. Nothing was traced; mend it first.",
    ),
    "visits_time": (
        "Dòng {}: giờ không đúng dạng ISO 8601, ví dụ 2026-08-01T07:30+07:00. Chưa tính gì; xin sửa rồi chạy lại.",
        "Line {}: a time is not ISO 8601, such as 2026-08-01T07:30+07:00. Nothing was traced; mend it first.",
    ),
    "visits_order": (
        "Dòng {}: giờ ra trước giờ vào. Chưa tính gì; xin sửa rồi chạy lại.",
        "Line {}: out is before in. Nothing was traced; mend it first.",
    ),
    "window_order": (
        "Thời điểm --from phải trước hoặc bằng --to.",
        "--from must not be after --to.",
    ),
}
UNKNOWN = (
    "Trong tệp không có người này; xin xem lại --person.",
    "The file has no visit of this person; look at --person again.",
)
NOBODY = (
    "Không tìm thấy ai tiếp xúc trong khoảng thời gian này.",
    "No contact was found in this time.",
)
COUNTED = ("{} người tiếp xúc.", "{} contacts.")


def refusal(refused: Refused) -> str:
    """Both sentences."""
    return both(REFUSALS[refused.reason], refused.detail)


def both(pair: tuple[str, str], *values: object) -> str:
    """Vietnamese / English."""
    return f"{pair[0].format(*values)} / {pair[1].format(*values)}"
