"""Why central.venues refuses something: what happened, and what to do now."""

REFUSED: dict[str, tuple[str, str]] = {
    "bad_name": ("Tên cơ sở cần 2 đến 80 ký tự.", "The place's name needs 2 to 80 characters."),
    "bad_kind": ("Chọn loại hình của cơ sở.", "Choose what kind of place it is."),
    "bad_province": ("Chọn tỉnh, thành phố.", "Choose the province."),
    "bad_address_of_place": ("Ghi địa chỉ, tối đa 160 ký tự.", "Write the address, at most 160 characters."),
    "bad_capacity": (
        "Sức chứa là một số người, ví dụ 150.",
        "How many people it holds is a number, such as 150.",
    ),
    "bad_point": (
        "Tọa độ phải nằm trong Việt Nam, ví dụ 16.46370 và 107.59090. Có thể để trống.",
        "The point must lie in Viet Nam, such as 16.46370 and 107.59090. You may leave it empty.",
    ),
    "bad_hours": (
        "Ghi cả giờ mở cửa và giờ đóng cửa, ví dụ 05:30 và 18:00; để trống nếu luôn mở.",
        "Give both hours, such as 05:30 and 18:00; leave them empty if it is always open.",
    ),
    "bad_phone": (
        "Cần số di động Việt Nam gồm 10 chữ số.",
        "A mobile number of Viet Nam with 10 digits is needed.",
    ),
    "too_many_of_phone": (
        "Hôm nay số này đã đăng ký 5 nơi. Mời đăng ký tiếp vào ngày mai, hoặc gửi danh sách qua phường, xã.",
        "This number has registered 5 places today. Go on tomorrow, or hand a list to the ward.",
    ),
    "registration_unknown": (
        "Không có hồ sơ này. Mời mở lại đúng đường dẫn, hoặc đăng ký lại.",
        "There is no such registration. Open your link again, or register anew.",
    ),
    "registration_state": (
        "Hồ sơ này đã được xử lý. Mời xem lại danh sách.",
        "This registration was dealt with already. Look at the list again.",
    ),
    "code_wrong": ("Mã chưa đúng. Mời nhập lại.", "That code is not right. Try again."),
    "code_over": ("Mã đã hết hạn. Mời nhận mã mới.", "That code is over. Ask for a new one."),
    "codes_used": (
        "Đã gửi đủ 3 mã. Mời gọi hoặc đến phường, xã: cán bộ sẽ đọc mã cho bạn.",
        "Three codes were sent. Call or visit the ward: an officer will read one out to you.",
    ),
    "ward_full": ("Chưa tạo được mã nơi. Mời thử lại.", "No number could be made for the place. Try again."),
    "manager_gone": (
        "Cơ sở này đã chuyển cho người khác quản lý. Người quản lý hiện nay tự cấp mã, hoặc nhờ quản trị viên.",
        "This place has another manager now. They, or an administrator, can help.",
    ),
    "place_closed": ("Cơ sở này đã đóng.", "This place is closed."),
    "bad_gate": ("Tên cửa cần 1 đến 40 ký tự.", "A door's name needs 1 to 40 characters."),
    "gate_taken": ("Cửa này đã có mã. In lại, hoặc đổi mã.", "This door has a code. Print it again, or change it."),
    "too_many_gates": ("Mỗi cơ sở có tối đa 20 cửa.", "A place has 20 doors at most."),
    "poster_unknown": ("Mã này không còn dùng nữa.", "That code is not in use any more."),
    "bad_task": ("Ghi việc của người này, 2 đến 40 ký tự.", "Say what this person does, in 2 to 40 characters."),
    "too_many_staff": ("Mỗi cơ sở có tối đa 30 tài khoản.", "A place has 30 accounts at most."),
    "member_unknown": (
        "Không có tài khoản này ở đây, hoặc tài khoản còn làm việc cho nơi khác.",
        "There is no such account here, or it works for another place as well.",
    ),
    "too_many_kiosks": ("Mỗi cơ sở có tối đa 60 ki-ốt.", "A place has 60 kiosks at most."),
    "kiosk_unknown": ("Không có ki-ốt này ở đây.", "There is no such kiosk here."),
    "bad_roster": ("Tên danh sách cần 2 đến 60 ký tự.", "A list's name needs 2 to 60 characters."),
    "too_many_rosters": ("Mỗi cơ sở có tối đa 100 danh sách.", "A place has 100 lists at most."),
    "roster_unknown": ("Không có danh sách này.", "There is no such list."),
    "roster_row": (
        "Một dòng thiếu mã (tối đa 24 ký tự) hoặc có giờ ca không đúng. Sửa tệp rồi gửi lại; chưa có thẻ nào được cấp.",
        "A row lacks its number (24 characters at most) or has wrong hours. Mend the file; no pass was made.",
    ),
    "roster_twice": (
        "Có mã xuất hiện hai lần trong tệp. Sửa rồi gửi lại; chưa có thẻ nào được cấp.",
        "A number stands twice in the file. Mend it and send it again; no pass was made.",
    ),
    "roster_empty": ("Tệp không có dòng nào.", "There is no row in that file."),
    "roster_full": (
        "Mỗi lần tối đa 300 thẻ, mỗi danh sách tối đa 1.000 thẻ.",
        "300 cards at a time, and 1,000 in a list at most.",
    ),
    "pass_of_roster_unknown": ("Thẻ này đã hết hiệu lực.", "That pass has ended already."),
    "not_manager": (
        "Chỉ người quản lý của chính cơ sở này chuyển giao được.",
        "Only this place's own manager can hand it over.",
    ),
    "hand_code_wrong": (
        "Mã chuyển giao không đúng hoặc đã hết hạn. Mời xin mã mới.",
        "That code is not right, or it is over. Ask for a new one.",
    ),
    "own_hand": (
        "Người nhận phải đăng nhập bằng tài khoản khác.",
        "Whoever takes the place signs in with another account.",
    ),
    "bad_closing": ("Chọn ngày đóng trong vòng một năm tới.", "Choose a day within the next year."),
    "own_change": (
        "Người khác phải xác nhận thay đổi này.",
        "Somebody else has to confirm this change.",
    ),
    "change_state": ("Thay đổi này đã được xử lý.", "This change was dealt with already."),
    "change_unknown": ("Không có thay đổi này.", "There is no such change."),
    "sheet_too_large": (
        "Tệp quá lớn: tối đa 1 MB và 5.000 dòng (thẻ: 300 dòng).",
        "The file is too large: 1 MB and 5,000 rows at most (cards: 300 rows).",
    ),
    "sheet_unreadable": (
        "Không đọc được tệp. Lưu lại thành .xlsx hoặc .csv (UTF-8).",
        "The file cannot be read. Save it as .xlsx or .csv (UTF-8).",
    ),
    "sheet_headings": (
        "Dòng đầu phải là tên cột, ví dụ: Mã, Tên, Địa chỉ.",
        "The first row must name the columns, such as: ID, Name, Address.",
    ),
    "list_unknown": (
        "Danh sách này đã đưa lên bản đồ, hoặc đã hết hạn. Mời gửi lại tệp.",
        "This list is on the map already, or it is over. Hand the file in again.",
    ),
}
ROW: dict[str, tuple[str, str]] = {
    "own_id": ("Thiếu mã riêng.", "Its own number is missing."),
    "own_id_twice": ("Mã riêng bị lặp.", "Its number stands there twice."),
    "elsewhere": ("Nằm ngoài địa bàn của bạn.", "It lies outside your area."),
    "ward_unknown": ("Không có phường, xã này trong tỉnh.", "The province has no such ward."),
}
