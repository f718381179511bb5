"""What an operator reads after publishing, Vietnamese and English side by side: what happened, and what to do now."""

# Reason of a refusal -> (Vietnamese, English).
REFUSALS: dict[str, tuple[str, str]] = {
    "form_refused": (
        "Mẫu khai còn chỗ phải sửa; xin sửa từng chỗ dưới đây rồi ban hành lại.",
        "The form needs changes; mend each place below and publish again.",
    ),
    "form_changed": (
        "Phiên bản này của mẫu đã ban hành với nội dung khác; xin tăng số phiên bản (version).",
        "This version of the form was published with another text; raise its version.",
    ),
    "form_unknown": (
        "Chưa có mẫu khai này; xin ban hành mẫu trước (form publish).",
        "There is no such form yet; publish it first (form publish).",
    ),
    "form_period": (
        "Lệnh chạy ngoài thời gian mà mẫu khai có hiệu lực.",
        "The order runs at a time for which the form is not meant.",
    ),
    "form_ends": (
        "Mẫu khai hết hạn ở các máy trước khi lệnh kết thúc; xin ban hành lại mẫu trước.",
        "The form ends at the kiosks before the order does; publish the form again first.",
    ),
    "bad_order": (
        "Lệnh viết chưa đúng; xin sửa chỗ nêu dưới đây.",
        "The order is not well written; mend the place named below.",
    ),
    "order_unknown": ("Không có lệnh nào mang mã này.", "There is no order of that id."),
    "order_over": ("Lệnh này đã kết thúc.", "This order is over."),
    "order_elsewhere": (
        "Mã lệnh này đang dùng cho phạm vi khác; xin đặt mã riêng.",
        "This id is in use for another scope; give the order an id of its own.",
    ),
    "bad_rules": (
        "Bộ quy tắc viết chưa đúng; xin sửa chỗ nêu dưới đây.",
        "The rule set is not well written; mend the place named below.",
    ),
    "rules_old": (
        "Số phiên bản của bộ quy tắc phải lớn hơn mọi bộ đã ban hành.",
        "A rule set needs a version above every one that was published.",
    ),
    "unreadable": (
        "Các máy không đọc được nội dung này (có thể lồng nhau quá sâu); chưa gửi gì đi.",
        "The kiosks could not read this (it may be nested too deeply); nothing was sent.",
    ),
    "too_large": ("Nội dung quá lớn để gửi xuống máy.", "This is too large to be sent to the kiosks."),
    "expired": ("Thời hạn đã qua.", "Its time is over already."),
    "bad_name": (
        "Mã chỉ gồm a-z, 0-9, dấu gạch dưới và gạch nối, tối đa 64 ký tự.",
        "An id is 1 to 64 of a-z, 0-9, '_' and '-'.",
    ),
    "bad_file": ("Không đọc được tệp JSON này.", "This JSON file cannot be read."),
}

DONE: dict[str, tuple[str, str]] = {
    "form": ("Đã ban hành mẫu khai; các máy có trong vài giây.", "Published; the kiosks have it within seconds."),
    "order": ("Đã ban hành lệnh; các máy theo trong vài giây.", "Published; the kiosks follow it within seconds."),
    "rules": (
        "Đã ban hành bộ quy tắc; các máy theo trong vài giây.",
        "Published; the kiosks follow it within seconds.",
    ),
    "end": ("Lệnh đã kết thúc; các máy thôi hỏi trong vài giây.", "The order is over; the kiosks stop asking."),
}

WARNINGS: dict[str, tuple[str, str]] = {
    "form_note": ("Lưu ý về mẫu khai", "A note on the form"),
    "text_missing": (
        "Thiếu bản dịch; khách sẽ đọc tiếng Việt",
        "A translation is missing; visitors will read Vietnamese",
    ),
    "stop_is_ask": (
        "Quy tắc này không được dừng khách; máy sẽ mời đến bàn hướng dẫn",
        "This rule may not stop anybody; the gate will ask visitors to the desk",
    ),
    "reason_unknown": (
        "Các máy chưa biết lý do này và sẽ bỏ qua",
        "The kiosks do not know this reason and leave it out",
    ),
    "rule_is_private": (
        "Quy tắc xét điều riêng tư; lời của nó chỉ nói riêng với khách",
        "This rule looks at what is private; its words are for the visitor alone",
    ),
    "stop_without_order": (
        "Quy tắc dừng cần một lệnh đã ban hành; chưa có lệnh này",
        "A rule that stops needs a published order; this one is not there",
    ),
}


def refusal(reason: str) -> str:
    """Both sentences; for a reason without words of its own the engineers' name."""
    return both(REFUSALS.get(reason, (f"Chưa ban hành được ({reason}).", f"Not published ({reason}).")))


def done(what: str) -> str:
    """Both sentences."""
    return both(DONE[what])


def warning(code: str, detail: str) -> str:
    """Both sentences, with what they are about."""
    return f"! {both(WARNINGS[code])}: {detail}"


def both(pair: tuple[str, str]) -> str:
    """Vietnamese and English side by side."""
    return f"{pair[0]} / {pair[1]}"
