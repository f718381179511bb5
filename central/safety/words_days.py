"""The sentences of opening days, reminders and lateness, Vietnamese and English side by side."""

DAYS: dict[str, tuple[str, str]] = {
    "safety.shut_today": (
        "Hôm nay đóng cửa: không cần đánh giá. Mở lại ngày {day}.",
        "Closed today: no check is due. Open again on {day}.",
    ),
    "safety.days_open": ("Ngày mở cửa", "Opening days"),
    "safety.every_day": ("Mở cửa mọi ngày trong tuần.", "Open every day of the week."),
    "safety.shut_weekly": ("Hằng tuần nghỉ:", "Closed each:"),
    "safety.day_0": ("Thứ Hai", "Monday"),
    "safety.day_1": ("Thứ Ba", "Tuesday"),
    "safety.day_2": ("Thứ Tư", "Wednesday"),
    "safety.day_3": ("Thứ Năm", "Thursday"),
    "safety.day_4": ("Thứ Sáu", "Friday"),
    "safety.day_5": ("Thứ Bảy", "Saturday"),
    "safety.day_6": ("Chủ Nhật", "Sunday"),
    "safety.shut_from_to": ("Nghỉ từ {first} đến hết {last}", "Closed from {first} to the end of {last}"),
    "safety.shut_on": ("Nghỉ ngày {day}", "Closed on {day}"),
    "safety.take_back": ("Bỏ", "Take back"),
    "safety.shut_now": ("Hôm nay đóng cửa", "We are closed today"),
    "safety.days_change": ("Đổi ngày mở cửa, báo ngày nghỉ", "Change the days, announce a closure"),
    "safety.days_week": ("Mở cửa vào", "Open on"),
    "safety.shut_more": ("Nghỉ thêm (Tết, sửa chữa)", "Closed as well (Tết, repairs)"),
    "safety.shut_first": ("Từ ngày", "From"),
    "safety.shut_last": ("Đến hết ngày", "To the end of"),
    "safety.days_about": (
        "Ngày nghỉ không cần đánh giá, nhiều nhất 31 ngày liền. Mọi người thấy ngày nghỉ trên bản đồ."
        " Giờ mở cửa sửa ở mục Cơ sở của tôi.",
        "A closed day asks for no check, for 31 days in a row at most. Everybody sees closed days on the map."
        " The hours are changed among the data of the place.",
    ),
    "safety.days_keep": ("Lưu ngày mở cửa", "Keep these days"),
    "safety.days_kept": ("Đã lưu ngày mở cửa.", "The opening days are kept."),
    "safety.refused.safety_no_day": (
        "Chọn ít nhất một ngày mở cửa trong tuần.",
        "Choose at least one day of the week on which you are open.",
    ),
    "safety.refused.safety_days": (
        "Ngày nghỉ bắt đầu từ hôm nay trở đi, nhiều nhất 62 ngày, trong vòng 400 ngày tới.",
        "A closure begins today or later, is 62 days long at most, and ends within 400 days.",
    ),
    "safety.refused.safety_closures": (
        "Đã có 12 đợt nghỉ sắp tới. Bỏ bớt một đợt trước.",
        "Twelve closures are announced already. Take one back first.",
    ),
    "safety.remind": ("Nhắc tôi", "Remind me"),
    "safety.remind_about": (
        "Người thứ nhất được nhắc ba giờ trước khi hết hạn; quá hạn thì nhắc người thứ hai một lần,"
        " hôm sau phường thấy nơi này trong danh sách. Ngừng lúc nào cũng được.",
        "The first person is reminded three hours before a check runs out; once it has, the second one is told once,"
        " and the day after the ward's list names the place. Stop at any time.",
    ),
    "safety.way_push": ("Báo trên điện thoại này đang bật", "Notices on a phone: on"),
    "safety.way_email": ("Nhắc bằng thư điện tử đang bật", "E-mail: on"),
    "safety.push_here": ("Báo trên máy này", "Notify me on this phone"),
    "safety.push_refused": (
        "Trình duyệt này không cho báo. Bạn có thể chọn thư điện tử.",
        "This browser does not allow notices. E-mail works as well.",
    ),
    "safety.email_here": ("Nhắc bằng thư điện tử", "Remind me by e-mail"),
    "safety.email_address": ("Địa chỉ thư điện tử", "E-mail address"),
    "safety.email_keep": ("Nhận thư nhắc", "Send me reminders"),
    "safety.remind_none": (
        "Máy chủ này chưa gửi thư hay báo được: mời xem trang này mỗi sáng.",
        "This centre sends no e-mail or notices yet: please look at this page each morning.",
    ),
    "safety.stop": ("Ngừng nhắc", "Stop reminders"),
    "safety.reminder_kept": ("Đã bật nhắc. Thư đầu tiên sắp đến.", "Reminders are on. A first one is on its way."),
    "safety.reminder_stopped": ("Đã ngừng nhắc.", "Reminders are off."),
    "safety.refused.safety_address": ("Địa chỉ này không dùng được.", "This address cannot be used."),
    "safety.refused.safety_ways": (
        "Nơi này đã có 20 cách nhắc. Bỏ bớt một cách trước.",
        "Twenty ways are kept for this place. Stop one of them first.",
    ),
    "safety.stop_title": ("Ngừng nhắc tự đánh giá?", "Stop these reminders?"),
    "safety.stop_about": (
        "Bấm một lần là không có thư nào đến nữa. Địa chỉ được xóa ngay.",
        "One press, and no letter comes any more. The address is deleted at once.",
    ),
    "safety.stop_done": ("Đã ngừng nhắc", "Reminders are off"),
    "safety.stop_done_about": (
        "Địa chỉ đã được xóa. Muốn nhận lại, mời đăng nhập và chọn ở trang của nơi đó.",
        "The address is deleted. To have them again, sign in and choose so on the page of the place.",
    ),
    "safety.mail_first": ("{name}: sẽ nhắc tự đánh giá ở đây", "{name}: reminders will come here"),
    "safety.mail_first_text": (
        "Gatepost sẽ nhắc bạn ở đây khi {name} sắp hết hạn hoặc quá hạn tự đánh giá.",
        "Gatepost will remind you here when a self-check of {name} runs out or has run out.",
    ),
    "safety.mail_due": ("{name}: sắp hết hạn tự đánh giá", "{name}: a self-check runs out"),
    "safety.mail_due_text": (
        "Gatepost: mời tự đánh giá {name} trước {at}. Đăng nhập, mục Tự đánh giá, khoảng một phút.",
        "Gatepost: please check {name} before {at}. Sign in, then Self-checks; it takes about a minute.",
    ),
    "safety.mail_late": ("{name}: đã quá hạn tự đánh giá", "{name}: a self-check has run out"),
    "safety.mail_late_text": (
        "Gatepost: {name} quá hạn tự đánh giá từ {at}, bản đồ đang ghi «chưa đánh giá». Mời làm ngay,"
        " khoảng một phút; ngày mai phường sẽ thấy nơi này trong danh sách.",
        "Gatepost: the self-check of {name} ran out at {at}, and the map says “not assessed”. Please do it now,"
        " it takes about a minute; tomorrow the ward's list names the place.",
    ),
    "safety.mail_stop": ("Ngừng nhắc: {link}", "Stop reminders: {link}"),
    "safety.menu_late": ("Nơi chưa tự đánh giá", "Late self-checks"),
    "safety.late_lead": (
        "Những nơi đang mở cửa mà quá hạn tự đánh giá hơn một ngày.",
        "Open places whose self-check has been overdue for more than a day.",
    ),
    "safety.late_none": ("Không có nơi nào quá hạn.", "No place is late."),
    "safety.late_since": ("từ {at} ({ago})", "since {at} ({ago})"),
    "safety.late_told": ("đã nhắc {at}", "reminded {at}"),
    "safety.late_untold": ("chưa ai ở đó chọn nhận lời nhắc", "nobody there has chosen reminders"),
}
