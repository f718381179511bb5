"""The sentences of the operator's pages, Vietnamese and English side by side."""

from datetime import datetime, timedelta, timezone
from functools import cache

from central.web.words_inside import WORDS as INSIDE

LANGUAGES = ("vi", "en")
_VIET_NAM = timezone(timedelta(hours=7))

WORDS: dict[str, tuple[str, str]] = {
    **INSIDE,
    "title": ("Gatepost · Trung tâm", "Gatepost · Centre"),
    "visits": ("Lượt qua cửa", "Visits"),
    "health": ("Tình trạng", "Health"),
    "visits_of": ("Lượt ra vào {day}", "Visits on {day}"),
    "today": ("hôm nay", "today"),
    "ins": ("lượt vào", "ways in"),
    "outs": ("lượt ra", "ways out"),
    "inside": ("vào trừ ra", "in minus out"),
    "held": ("bản ghi đã giữ chắc", "records held safely"),
    "by_hour": ("Theo giờ", "By the hour"),
    "all_venues": ("Mọi nơi", "Every place"),
    "all_devices": ("Mọi máy", "Every device"),
    "venue": ("Nơi", "Place"),
    "gate": ("Cửa", "Gate"),
    "device": ("Máy", "Device"),
    "day": ("Ngày", "Day"),
    "show": ("Xem", "Show"),
    "time": ("Giờ", "Time"),
    "direction": ("Hướng", "Way"),
    "in": ("Vào", "In"),
    "out": ("Ra", "Out"),
    "signal": ("Tín hiệu", "Signal"),
    "ALLOW": ("Đã ghi nhận", "Registered"),
    "ASK": ("Đến bàn hướng dẫn", "To the help desk"),
    "STOP": ("Dừng lại", "Stop"),
    "FAULT": ("Máy tạm nghỉ", "Kiosk resting"),
    "clock_1": ("giờ máy tự giữ", "kiosk's own clock"),
    "clock_2": ("giờ chưa chắc", "time not sure"),
    "companions": ("cùng {n} người", "with {n} more"),
    "older": ("Cũ hơn", "Older"),
    "newest": ("Về mới nhất", "Back to the newest"),
    "no_visits": (
        "Chưa có lượt nào. Lượt mới hiện ở đây vài giây sau khi máy ở cửa ghi lại.",
        "No visits yet. New ones appear here seconds after a gate has recorded them.",
    ),
    "no_names": (
        "Trang này không hiện và không biết danh tính của ai.",
        "This page shows, and knows, nobody's identity.",
    ),
    "all_well": ("Mọi thứ đang chạy tốt", "Everything is running well"),
    "seen_at": ("Lúc {at}.", "At {at}."),
    "look_again": ("Xem lại", "Look again"),
    "look_here": ("Có việc cần xem", "Something needs a look"),
    "worker_none": (
        "Chưa có tiến trình nhận nào chạy. Hãy chạy: python -m central ingest",
        "No ingest process is running. Start it: python -m central ingest",
    ),
    "worker_late": (
        "Không nghe thấy từ {ago}. Hãy khởi động lại tiến trình nhận; các máy vẫn giữ đủ dữ liệu.",
        "Not heard of for {ago}. Restart the ingest process; the kiosks keep everything meanwhile.",
    ),
    "worker_off": (
        "Đang chạy nhưng chưa nối được với bộ chuyển tin. Hãy kiểm tra bộ chuyển tin.",
        "Running, but not connected to the broker. Check the broker.",
    ),
    "worker_ok": (
        "Đang nhận; nghe thấy {ago} trước; {waiting} gói đang chờ",
        "Taking; heard {ago} ago; {waiting} messages waiting",
    ),
    "ingest": ("Tiến trình nhận", "Ingest"),
    "devices": ("Máy ở cửa", "Kiosks"),
    "devices_of": (
        "Đang hiện {shown} trong {total} máy: trước hết là máy mất kết nối, rồi máy còn nhiều bản ghi chưa gửi.",
        "{shown} of {total} kiosks are shown: those that are offline first, then those with most to send.",
    ),
    "no_devices": (
        "Chưa có máy nào. Cấp máy mới: python -m central enrol TÊN --venue NƠI --gate CỬA --direction in",
        "No kiosks yet. Invite one: python -m central enrol NAME --venue PLACE --gate GATE --direction in",
    ),
    "last_seen": ("Lần cuối", "Last heard"),
    "backlog": ("Còn chờ gửi", "Waiting to send"),
    "through": ("Đã giữ chắc đến", "Safe through"),
    "missing": ("Còn thiếu", "Missing"),
    "rejected": ("Không đọc được", "Unreadable"),
    "state": ("Trạng thái", "State"),
    "online": ("đang nối", "connected"),
    "offline": ("mất nối, vẫn ghi tại chỗ", "not connected, recording on its own"),
    "unknown": ("chưa báo", "not heard yet"),
    "revoked": ("đã thu hồi", "revoked"),
    "never": ("chưa bao giờ", "never"),
    "none": ("không", "none"),
    "ago": ("{ago} trước", "{ago} ago"),
    "alarms": ("Báo động", "Alarms"),
    "no_alarms": ("Không có báo động nào.", "No alarms."),
    "times": ("{n} lần", "{n}×"),
    "nobody": ("Không rõ máy nào", "No known device"),
    "refused": ("Tin không nhận, theo lý do", "Messages not taken, by reason"),
    "cloned_card": (
        "Hai thẻ nhớ dùng chung một danh tính. Cả hai bản đều được giữ; hãy thu hồi máy và cấp lại.",
        "Two cards share one identity. Both versions are kept; revoke the device and enrol it anew.",
    ),
    "chain_broken": (
        "Chuỗi băm của máy bị đứt. Bản ghi vẫn được giữ; hãy kiểm tra thẻ nhớ.",
        "The device's hash chain is broken. Its records are kept; check the card.",
    ),
    "topic_mismatch": (
        "Một máy đã gửi gói của máy khác. Hãy kiểm tra quyền ở bộ chuyển tin.",
        "A device has sent another's batch. Check the broker's rights.",
    ),
    "foreign_batch": (
        "Gói ghi tên máy khác với chữ ký. Hãy thu hồi máy này.",
        "A batch names another device than its signature. Revoke this device.",
    ),
    "token_reused": (
        "Mã cấp máy đã bị dùng lại với khóa khác. Hãy hỏi kỹ thuật viên ở cửa.",
        "An enrolment token came again with another key. Ask the technician at the gate.",
    ),
    "records_lost": (
        "Máy báo có bản ghi đã hỏng hẳn. Hãy thay thẻ nhớ.",
        "The device reports records that are gone for good. Replace its card.",
    ),
    "records_expired": (
        "Bản ghi quá hạn pháp lý đã bị hủy khi chưa gửi được. Hãy nối mạng cho máy.",
        "Records passed their legal limit and were destroyed unsent. Get the device a connection.",
    ),
    "kiosk_away": ("Máy mất kết nối đã lâu.", "The kiosk has been away for long."),
    "kiosk_certificate": ("Chứng chỉ của máy đã hết hạn; hãy cấp lại.", "Its certificate is over; enrol it anew."),
    "kiosk_clock": ("Đồng hồ của máy sai; hãy kiểm tra pin đồng hồ.", "Its clock is wrong; check the clock's battery."),
    "kiosk_disk": ("Thẻ nhớ của máy sắp đầy hoặc có lỗi.", "Its card is nearly full or has errors."),
    "kiosk_worn": ("Thẻ nhớ của máy đã mòn; hãy thay.", "Its card is worn out; replace it."),
    "kiosk_power": ("Điện áp của máy thấp; hãy thay nguồn hoặc dây.", "Its voltage is low; change supply or cable."),
    "kiosk_box": (
        "Thẻ nhớ của máy nằm trong hộp khác, hoặc là bản chép: hỏi xem ai đã sửa máy.",
        "Its card is in another box, or is a copy: ask who repaired it.",
    ),
    "kiosk_hot": ("Máy quá nóng; hãy che nắng hoặc thông gió.", "It is too hot; give it shade or air."),
    "kiosk_test": ("Tự kiểm tra của máy có lỗi.", "Its self-test fails."),
    "kiosk_old": (
        "Bản ghi nằm ở máy hơn một tuần; hãy lấy bằng USB.",
        "Records have lain there for over a week; carry them by USB stick.",
    ),
    "kiosk_update": ("Máy không lên được bản mới.", "It could not take the new version."),
    "bad_event": (
        "Máy báo một sự kiện không hợp lệ. Hãy cập nhật phần mềm của máy.",
        "The device reported an event that makes no sense. Update its software.",
    ),
    "quarantined": (
        "Gói của người ký lạ hoặc đã thu hồi được để riêng.",
        "Messages of an unknown or revoked signer were put aside.",
    ),
    "log_changed": (
        "Sổ ghi đã bị sửa; bộ mở niêm phong không mở gì nữa. Hãy chạy: python -m central audit verify",
        "The log was changed; the opener opens nothing any more. Run: python -m central audit verify",
    ),
    "log_unlike": (
        "Một trang thấy sổ ghi khác lần trước. Hãy chạy: python -m central audit verify",
        "A page found the log different from before. Run: python -m central audit verify",
    ),
    "ingest_defect": (
        "Một gói làm trung tâm lúng túng và được để riêng. Hãy gửi cho người phát triển.",
        "A message baffled the centre and was put aside. Send it to the developers.",
    ),
    "enter": ("Xin mở bằng liên kết của người vận hành", "Please open the operator's link"),
    "enter_how": (
        "Liên kết được in ra khi trang này khởi động. In lại: python -m central web --show-link --keys THƯ_MỤC",
        "It is printed when this page starts. Print it again: python -m central web --show-link --keys FOLDER",
    ),
    "sign_in": ("Đăng nhập", "Sign in"),
    "sign_out": ("Đăng xuất", "Sign out"),
    "enter_officer": ("Cán bộ y tế: đăng nhập tại đây", "Health officers: sign in here"),
    "menu": ("Danh mục", "Menu"),
    "menu_cases": ("Ca bệnh và cảnh báo", "Cases and alerts"),
    "menu_desks": ("Bàn trực", "Desks"),
    "menu_gates": ("Cửa và máy", "Gates and kiosks"),
    "menu_reports": ("Báo cáo và quy tắc", "Reports and rules"),
    "menu_rights": ("Dữ liệu của dân", "People's data"),
    "menu_officers": ("Cán bộ và sổ ghi", "Officers and the log"),
    "menu_places": ("Cơ sở và khách", "Places and visitors"),
    "more": ("Thêm", "More"),
    "own_account": ("Tài khoản của tôi", "My account"),
    "skip": ("Đến nội dung chính", "To the content"),
    "back": ("Quay lại", "Back"),
    "to_start": ("Về trang đầu", "To the first page"),
    "weak_session": (
        "Phiên này chỉ có mật khẩu: chưa mở được tên người và chưa ký được. Thêm lớp thứ hai tại đây.",
        "This session has a pass phrase alone: it opens no names and signs nothing. Add the second factor here.",
    ),
    "refused.other": (
        "Việc này không làm được và không có gì bị thay đổi. Hãy quay lại và thử lại; nếu vẫn vậy, hãy báo người vận"
        " hành mã bên dưới.",
        "This could not be done, and nothing was changed. Go back and try again; if it stays, tell the operator the"
        " code below.",
    ),
    "refused.not_allowed": (
        "Việc này không thuộc quyền của bạn ở khu vực này. Không có gì được mở hay thay đổi.",
        "This is not yours to do in this area. Nothing was opened or changed.",
    ),
    "refused.not_running": (
        "Ca hoặc yêu cầu này không còn hiệu lực, nên không mở được dữ liệu của ai.",
        "This case or request is not running, so nobody's data can be opened for it.",
    ),
    "refused.too_fast": (
        "Đã quá nhiều lần trong giờ này. Hãy đợi vài phút rồi làm lại.",
        "Too many in this hour. Wait a few minutes, then do it again.",
    ),
    "refused.opener_away": (
        "Bộ mở niêm phong đang nghỉ: chưa có gì được mở. Hãy báo người vận hành khởi động lại.",
        "The opener is not running: nothing was opened. Ask the operator to start it.",
    ),
    "refused.log_changed": (
        "Có người đã sửa sổ ghi sau lưng bộ mở niêm phong: không mở gì cho đến khi đã xem xét. Hãy báo giám sát viên.",
        "The log was changed behind the opener's back: nothing is opened until that is looked into. Tell the auditor.",
    ),
    "refused.opener_locked": (
        "Bộ mở niêm phong đang khóa: chưa có gì được mở. Hãy gọi những người giữ thẻ khóa.",
        "The opener is locked: nothing was opened. Call those who hold the key cards.",
    ),
    "refused.cannot_open": (
        "Bản ghi này không đọc được nữa. Không có gì được mở.",
        "This record can no longer be read. Nothing was opened.",
    ),
    "refused.second_factor": (
        "Việc này cần lớp thứ hai: đăng nhập lại bằng khóa truy cập hoặc mã một lần.",
        "This needs the second factor: sign in again with a passkey or a one-time code.",
    ),
    "refused.place_unknown": ("Không có nơi này trong danh sách.", "This place is not in the list."),
    "refused.task_unknown": (
        "Việc này đã có người làm xong, hoặc không còn nữa. Hãy tải lại danh sách.",
        "This task was done by somebody, or is no longer there. Load the list again.",
    ),
    "refused.bad_outcome": ("Hãy chọn một kết quả có trong danh sách.", "Choose one of the outcomes in the list."),
    "status.400": (
        "Trang gửi lên thiếu hoặc sai một mục. Hãy quay lại, xem lại các ô rồi gửi lại.",
        "Something in the form was missing or wrong. Go back, look at the fields and send again.",
    ),
    "status.403": (
        "Trang này không thuộc phần việc của bạn. Nếu cần, hãy nhờ người quản trị của tỉnh cấp quyền.",
        "This page is not part of your duties. If you need it, ask your province's administrator.",
    ),
    "status.404": (
        "Không có trang này. Có thể địa chỉ đã cũ hoặc gõ thiếu.",
        "There is no such page. The address may be old or incomplete.",
    ),
    "status.405": (
        "Trang này chỉ mở được từ nút bấm của nó. Hãy quay lại và bấm nút.",
        "This address is reached by its button alone. Go back and press it.",
    ),
    "status.413": ("Tệp hoặc nội dung quá lớn. Tối đa là 1 MB.", "This is too large. 1 MB at most."),
    "status.429": ("Quá nhanh. Hãy đợi một phút rồi làm lại.", "Too fast. Wait a minute, then do it again."),
    "status.500": (
        "Có trục trặc ở trung tâm và việc này chưa được làm. Hãy thử lại; nếu vẫn vậy, hãy báo người vận hành giờ này.",
        "Something went wrong at the centre, and this was not done. Try again; if it stays, tell the operator when.",
    ),
    "area.all": ("mọi nơi", "everywhere"),
    "area.province": ("tỉnh {name}", "province {name}"),
    "area.ward": ("phường, xã {name}", "ward {name}"),
    "area.venue": ("địa điểm {name}", "venue {name}"),
    "area.any": ("bất kỳ khu vực nào", "any area"),
    "seconds": ("{n} giây", "{n} s"),
    "minutes": ("{n} phút", "{n} min"),
    "hours": ("{n} giờ", "{n} h"),
    "days": ("{n} ngày", "{n} days"),
}


def say(language: str, key: str, **values: object) -> str:
    """The sentence of `key`; the key itself where there is none (a reason code that is newer than this page)."""
    pair = WORDS.get(key) or _of_packages().get(key)
    if pair is None:
        return key.replace("_", " ")
    return pair[LANGUAGES.index(language)].format(**values)


@cache
def _of_packages() -> dict[str, tuple[str, str]]:
    from central.web.console import all_words

    return all_words()


def clock(ms: int) -> str:
    """21/09/2026 21:13 in Viet Nam (UTC+7, no summer time)."""
    return datetime.fromtimestamp(ms / 1000, _VIET_NAM).strftime("%d/%m/%Y %H:%M")


def day_of(ms: int) -> str:
    """21/09/2026 in Viet Nam."""
    return datetime.fromtimestamp(ms / 1000, _VIET_NAM).strftime("%d/%m/%Y")


def area_of(language: str, area: str) -> str:
    """An area in words: all, province-79, ward-26740, venue-v-cho-mau."""
    kind, _, name = area.partition("-")
    key = f"area.{kind}"
    return say(language, key, name=name) if key in WORDS else area


def duration(language: str, ms: int) -> str:
    """A length of time in the largest fitting unit."""
    seconds = max(0, ms) // 1000
    for unit, size, most in (("seconds", 1, 120), ("minutes", 60, 120), ("hours", 3600, 48)):
        if seconds < size * most:
            return say(language, unit, n=seconds // size)
    return say(language, "days", n=seconds // 86_400)


def number(language: str, n: int) -> str:
    """Thousands as the language writes them: 12.345 in Vietnamese, 12,345 in English."""
    text = f"{n:,}"
    return text.replace(",", ".") if language == "vi" else text
