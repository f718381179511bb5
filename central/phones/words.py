"""The sentences of central.phones, Vietnamese and English side by side: what a phone is told of a refusal."""

# "no": where another package means something else by that reason.
WORDS: dict[str, tuple[str, str]] = {
    "phones.no.bad_request": (
        "Trang gửi lên không đúng. Hãy tải lại trang rồi thử lần nữa.",
        "What was sent could not be read. Reload the page and try again.",
    ),
    "phones.refused.bad_pass": (
        "Thẻ này không phải của hệ thống này. Hãy tạo thẻ mới.",
        "This pass is not one of ours. Make a new one.",
    ),
    "phones.refused.bad_signature": (
        "Thẻ này được tạo trên máy khác. Hãy tạo thẻ mới trên máy này.",
        "This pass was made on another phone. Make a new one on this phone.",
    ),
    "phones.refused.pass_expired": ("Thẻ đã hết hạn. Hãy tạo thẻ mới.", "The pass has expired. Make a new one."),
    "phones.refused.pass_revoked": ("Thẻ đã bị hủy. Hãy tạo thẻ mới.", "The pass was ended. Make a new one."),
    "phones.refused.clock": (
        "Giờ của máy lệch quá 5 phút. Hãy bật giờ tự động.",
        "The phone's clock is more than 5 minutes off. Set it to automatic time.",
    ),
    "phones.refused.busy": (
        "Hệ thống đang bận. Máy sẽ tự gửi lại sau.",
        "The centre is busy. The phone sends it again by itself.",
    ),
    "phones.refused.again": ("Lời này đã được ghi nhận.", "This was taken already."),
    "phones.no.too_early": (
        "Thẻ còn hạn dài, chưa cần gia hạn.",
        "The pass is good for long yet: it need not be renewed.",
    ),
    "phones.refused.too_old": (
        "Lượt này đã quá 14 ngày, không ghi được nữa.",
        "This visit is more than 14 days old and cannot be recorded any more.",
    ),
    "phones.no.poster_unknown": (
        "Mã này không phải bảng mã của Gatepost. Hãy nhờ nhân viên.",
        "This is not a Gatepost poster. Please ask the staff.",
    ),
    "phones.refused.poster_expired": (
        "Bảng mã này đã cũ. Hãy nhờ nhân viên chỉ bảng mới.",
        "This poster is out of date. Ask the staff for the new one.",
    ),
    "phones.refused.too_many_claims": (
        "Hôm nay đã thử 5 lần. Hãy thử lại vào ngày mai.",
        "That was the fifth try today. Try again tomorrow.",
    ),
    "phones.refused.too_many_requests": (
        "Bạn đang có 3 yêu cầu chờ trả lời. Hãy đợi một yêu cầu xong.",
        "Three of your requests wait for an answer. Wait until one is done.",
    ),
    "phones.refused.nothing_held": (
        "Hiện không giữ bản ghi nào của thẻ này.",
        "No record of this pass is held.",
    ),
    "phones.refused.alert_unknown": ("Thông báo này không còn nữa.", "This notice does not stand any more."),
    "phones.refused.order_over": (
        "Hiện không có yêu cầu khai báo này. Hãy tải lại trang.",
        "This declaration is not asked for now. Reload the page.",
    ),
    "phones.refused.consent_other": (
        "Nội dung đã thay đổi. Hãy đọc lại và đồng ý lần nữa.",
        "The text has changed. Read it again and agree again.",
    ),
    "phones.refused.answers": (
        "Có câu trả lời chưa đúng. Hãy xem lại.",
        "Some answers are not right yet. Please look again.",
    ),
}
