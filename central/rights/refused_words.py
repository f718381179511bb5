"""Why something was refused at the desk of requests, and what to do now: Vietnamese and English side by side."""

REFUSED: dict[str, tuple[str, str]] = {
    "rights.refused.request_unknown": ("Không có yêu cầu số này.", "There is no request of this number."),
    "rights.refused.request_closed": ("Yêu cầu này đã kết thúc.", "This request is closed."),
    "rights.refused.bad_request": (
        "Thiếu hoặc sai một mục. Hãy xem lại mẫu.",
        "Something is missing or wrong. Look at the form again.",
    ),
    "rights.refused.from_tomorrow": ("Ngày đến không thể ở tương lai.", "It cannot have come in yet."),
    "rights.refused.bad_day": ("Ngày không đúng.", "This is no date."),
    "rights.refused.bad_code": (
        "Mã gồm 12 chữ và số, ví dụ K7QF-2M9D-44TX.",
        "A code has 12 letters and figures, such as K7QF-2M9D-44TX.",
    ),
    "rights.refused.receipt_unknown": (
        "Không có bản ghi mang mã này ở nơi và ngày đó.",
        "No record of that place and day has this code.",
    ),
    "rights.refused.extended_twice": ("Chỉ được gia hạn một lần.", "It can be extended once only."),
    "rights.refused.too_late": ("Đã quá hạn, không gia hạn được nữa.", "It is past its date: too late to extend."),
    "rights.refused.needs_reason": (
        "Cần một câu lý do để người yêu cầu hiểu.",
        "A reason is needed: a sentence that the person understands.",
    ),
    "rights.refused.bad_outcome": ("Hãy chọn kết quả.", "Choose an outcome."),
    "rights.refused.not_identified": (
        "Chưa kiểm tra người này là ai. Hãy làm bước 1 trước.",
        "It was not checked who this is. Do step 1 first.",
    ),
    "rights.refused.not_sure": (
        "Hãy đánh dấu rằng người yêu cầu đã hiểu, rồi bấm lại.",
        "Tick that the person has understood, then press again.",
    ),
    "rights.refused.held": (
        "Có lệnh giữ dữ liệu này nên chưa xóa được. Kết thúc “một phần” hoặc “không thực hiện được” và nêu lý do.",
        "A legal hold protects these data. Close as “in part” or “could not be carried out” and give the reason.",
    ),
    "rights.refused.case_runs": (
        "Người này thuộc một ca bệnh đang theo dõi. Chưa xóa được cho đến khi ca kết thúc; hãy nêu lý do.",
        "This person is part of a case that runs. Nothing is destroyed until it ends; give that as the reason.",
    ),
    "rights.refused.bad_format": ("Chỉ có PDF và DOCX.", "There is PDF and DOCX only."),
    "rights.refused.no_font": (
        "Máy chủ thiếu phông Noto Sans. Hãy tải bản DOCX.",
        "The server lacks the font Noto Sans. Take the DOCX.",
    ),
    "rights.refused.certificate_unknown": (
        "Không có giấy chứng nhận số này.",
        "There is no certificate of this number.",
    ),
    "rights.refused.hold_unknown": (
        "Không tìm thấy người, ca, nơi hoặc lệnh giữ này.",
        "No such person, case, place or hold was found.",
    ),
    "rights.refused.bad_hold": (
        "Lệnh giữ cần lý do, căn cứ và ngày hết hạn trong vòng một năm.",
        "A hold needs a reason, a basis and an end within a year.",
    ),
    "rights.refused.proposal_waits": (
        "Một đề nghị đang chờ người thứ hai. Hãy ký hoặc rút đề nghị đó trước.",
        "A proposal waits for a second officer. Have it signed or taken back first.",
    ),
    "rights.refused.proposal_gone": (
        "Đề nghị này không còn: đã ký, đã từ chối hoặc đã rút.",
        "This proposal is gone: signed, refused or taken back.",
    ),
    "rights.refused.second_officer": (
        "Cần hai cán bộ: một người đề nghị, người kia ký.",
        "It needs two officers: one proposes it, the other signs.",
    ),
    "rights.refused.bad_field": ("Mục này không đính chính được.", "This cannot be corrected."),
    "rights.refused.bad_value": (
        "Giá trị đúng cần 1 đến 300 chữ.",
        "The right value needs 1 to 300 letters.",
    ),
    "rights.refused.not_theirs": (
        "Hãy đánh dấu ít nhất một bản ghi của người yêu cầu.",
        "Tick at least one record of whoever asks.",
    ),
    "rights.refused.not_restricted": (
        "Yêu cầu này chưa ngừng việc xử lý nào.",
        "This request has not stopped anything.",
    ),
    "rights.refused.restricted": (
        "Người này đã yêu cầu ngừng xử lý dữ liệu. Chỉ mở được cho ca bệnh đã ký, lệnh bắt buộc đang có hiệu lực"
        " hoặc yêu cầu của chính họ.",
        "This person asked that processing stop. Their data open for a signed case, a compulsory order in force, or"
        " their own request alone.",
    ),
    "rights.refused.same_officer": ("Người thứ hai phải là cán bộ khác.", "The second officer must be another one."),
    "rights.refused.bad_breach": (
        "Cần loại sự cố, một câu về việc đã xảy ra, và số đúng.",
        "A kind, a sentence on what happened, and right numbers are needed.",
    ),
    "rights.refused.breach_unknown": ("Không có sự cố số này.", "There is no breach of this number."),
    "rights.refused.bad_step": ("Không có bước này.", "There is no such step."),
}
