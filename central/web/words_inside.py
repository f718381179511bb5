"""The sentences of the health page about the centre itself, Vietnamese and English side by side."""

WORDS: dict[str, tuple[str, str]] = {
    "within": ("Bên trong trung tâm", "Inside the centre"),
    "centre_itself": ("Trung tâm", "The centre"),
    "opener": ("Bộ mở niêm phong", "Opener"),
    "opener_none": ("Trang này chưa nối với bộ mở niêm phong (--opener).", "These pages have no opener (--opener)."),
    "opener_is_away": (
        "Không trả lời: chưa mở được tên của ai. Hãy khởi động: python -m central opener",
        "Does not answer: no name can be opened. Start it: python -m central opener",
    ),
    "opener_is_locked": (
        "Đang khóa từ {since}. Khi cần mở, hãy gọi những người giữ thẻ: keys unlock",
        "Locked since {since}. When names are needed, call the card holders: keys unlock",
    ),
    "opener_is_open": ("Đang mở từ {since}; số khóa đang giữ: {keys}", "Open since {since}; case keys held: {keys}"),
    "opener_log_changed": (
        "Không mở gì nữa: sổ ghi bị sửa từ dòng {row}. Hãy chạy: audit verify, rồi báo giám sát viên.",
        "Opens nothing any more: the log was changed from row {row} on. Run audit verify and tell the auditor.",
    ),
    "signed_log": ("Sổ ghi", "The log"),
    "log_is_unlike": (
        "Dòng {row} không còn như lúc trang này thấy. Hãy chạy: python -m central audit verify",
        "Row {row} is not as this page saw it. Run: python -m central audit verify",
    ),
    "head_none": (
        "Chưa có đầu sổ nào được ký. Việc tree_head sẽ ký.",
        "No head is signed yet. The job tree_head does it.",
    ),
    "head_is": (
        "Đầu sổ đã ký {ago} trước, trên {rows} dòng; {newer} dòng mới hơn",
        "Head signed {ago} ago over {rows} rows; {newer} rows are newer",
    ),
    "case_keys": ("Khóa ca bệnh", "Case keys"),
    "key_renew": (
        "{kid}: dùng từ {start}, đến hạn thay ngày {due}",
        "{kid}: in use since {start}, to be renewed by {due}",
    ),
    "key_renew_late": (
        "{kid}: dùng từ {start}, đã quá hạn thay {due}. Hãy chạy: keys rotate-case",
        "{kid}: in use since {start}, was to be renewed by {due}. Run: keys rotate-case",
    ),
    "key_destroy": (
        "{kid}: hết dùng {end}, được hủy từ ngày {due}",
        "{kid}: out of use since {end}, may be destroyed from {due} on",
    ),
    "key_destroy_late": (
        "{kid}: hết dùng {end}, đến lúc hủy từ {due}. Hãy chạy: keys destroy",
        "{kid}: out of use since {end}, due to be destroyed since {due}. Run: keys destroy",
    ),
    "jobs": ("Công việc định kỳ", "Jobs"),
    "jobs_none": (
        "Chưa có công việc nào chạy. Hãy chạy: python -m central jobs",
        "No job has run yet. Start them: python -m central jobs",
    ),
    "jobs_in_time": ("{n} công việc chạy đúng giờ", "{n} jobs ran in time"),
    "job_ran": ("{name}: xong {ago} trước", "{name}: done {ago} ago"),
    "job_late": ("{name}: lần cuối {ago} trước, đã trễ", "{name}: last {ago} ago, late"),
    "job_failed": ("{name}: không xong, {ago} trước; sẽ thử lại", "{name}: failed {ago} ago; is tried again"),
}
