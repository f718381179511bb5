"""PURE. The report in the form of an annex to an official letter: its words in order, for the PDF and the DOCX alike.

Layout after Decree 30/2020/NĐ-CP, Annex I (as administrative offices use it): A4, margins 20 mm above and below, 30 mm
on the left, 15 mm on the right; the name of the state and its motto on the right, the issuing office on the left;
"PHỤ LỤC" centred with the letter it belongs to in italics; signature on the right, recipients on the left; page numbers
centred above, none on the first page. A wide table lies across (landscape).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from central.reports.model import COLUMNS, Report
from central.zoning.names import official

STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
MARGINS_MM = (20, 15, 20, 30)  # above, right, below, left
BLANK = "........."  # filled in by hand
SIGNS = ("(Chức vụ của người ký)", "(Chữ ký, họ và tên)")

HEADINGS = {
    "places": "Cơ sở đăng ký",
    "live": "Cơ sở hoạt động",
    "kiosks": "Số máy",
    "kiosks_up": "Máy đang nối",
    "ins": "Lượt vào",
    "asked": "Mời đến bàn hướng dẫn",
    "share": "Tỷ lệ ghi nhận ra",
    "due": "Tờ khai phải có",
    "done": "Tờ khai đã có",
    "checks_late": "Cơ sở chậm tự đánh giá",
    "feedback_open": "Phản ánh chưa xử lý",
    "alerts": "Người được cảnh báo",
    "reached": "Người đã liên hệ được",
    "minutes": "Thời gian đến liên hệ (phút)",
}
TOPICS = {
    "kiosk": "Máy",
    "network": "Điện, mạng",
    "people": "Người đến",
    "rules": "Quy định",
    "other": "Khác",
}
NOTES = (
    "Số người dưới 5 ghi “<5”; hàng tổng khi đó ghi “n+”, là từ n trở lên. “–”: không có số liệu, hoặc dưới 5 người.",
    "Tỷ lệ ghi nhận ra: trong số lượt ở lại có mã, phần có ghi nhận cả lúc ra."
    " Tờ khai phải có: người vào khi có lệnh bắt buộc khai (mỗi người một lần mỗi ngày mỗi nơi), tờ khai bằng ánh sáng"
    " và tờ khai hằng ngày của người cách ly. Máy đời cũ không báo việc này: khi đó ghi “n+”, hoặc “–” (chưa rõ).",
    "Cơ sở chậm tự đánh giá: quá 31 ngày chưa gửi. Thời gian đến liên hệ: trung bình từ khi có kết quả xét nghiệm.",
)


@dataclass(frozen=True, slots=True)
class Letter:
    """Who issues it. What is left "" stands as a dotted line to be filled in by hand."""

    parent: str = ""  # ỦY BAN NHÂN DÂN ...
    office: str = ""  # SỞ Y TẾ ...
    number: str = ""  # of the letter that it is annexed to
    place: str = ""
    position: str = ""  # of whoever signs
    signer: str = ""


@dataclass(frozen=True, slots=True)
class Annex:
    """Every text of the annex in the order of the page."""

    parent: str
    office: str
    number: str
    dated: str
    title: str
    about: str
    belongs: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...]
    said_title: str
    said_headings: tuple[str, ...]
    said: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    position: str
    signer: str


def make_annex(report: Report, letter: Letter, now_ms: int) -> Annex:
    """The annex of a report; `now_ms` dates it."""
    day, today = day_of_number(report.day), _local(now_ms)
    where = area_of(report)
    parent, office = office_of(report.province)
    office = letter.office or office
    rows = zip(report.rows, report.cells, strict=True)
    return Annex(
        letter.parent or parent,
        office,
        f"Số: {letter.number or BLANK}",
        dated(letter.place, report.province, now_ms),
        "PHỤ LỤC",
        f"TÌNH HÌNH GHI NHẬN RA VÀO VÀ PHÒNG DỊCH NGÀY {day:%d/%m/%Y} - {where.upper()}",
        f"(Kèm theo Công văn số {letter.number or BLANK} ngày {today:%d/%m/%Y} của {office})",
        ("TT", "Xã, phường, đặc khu" if report.province else "Tỉnh, thành phố", *(HEADINGS[c.key] for c in COLUMNS)),
        tuple((str(n), row.name, *cells) for n, (row, cells) in enumerate(rows, 1)),
        ("", "Tổng cộng", *report.total),
        "Khó khăn của cơ sở và trả lời",
        ("TT", "Nơi nêu", "Về việc", "Nội dung", "Trả lời"),
        tuple(
            (str(n), one.place, TOPICS[one.topic], one.words, one.answer or "Chưa trả lời")
            for n, one in enumerate(report.said, 1)
        ),
        (*NOTES, f"Số liệu đến {_clock(report.made_ms)}." if report.made_ms else "Ngày này chưa được tính."),
        letter.position or SIGNS[0],
        letter.signer or SIGNS[1],
    )


def office_of(province: str) -> tuple[str, str]:
    """(the body above, the office that issues), in capitals; of the whole country where there is no province."""
    name = official("province", province, "vi") if province else ""
    return (f"ỦY BAN NHÂN DÂN {name.upper()}", "SỞ Y TẾ") if name else ("", "BỘ Y TẾ")


def dated(place: str, province: str, now_ms: int) -> str:
    """The line of place and date; the place is the province's name where none is given."""
    name = official("province", province, "vi") if province else ""
    return f"{place or name.removeprefix('TP. ').removeprefix('Tỉnh ') or BLANK}, {_in_words(_local(now_ms))}"


def area_of(report: Report) -> str:
    """What the report is about, in words."""
    province = official("province", report.province, "vi") if report.province else "cả nước"
    return f"{official('ward', report.ward, 'vi')}, {province}" if report.ward else province


def day_of_number(day: int) -> date:
    """A day counted from 1970-01-01."""
    return date(1970, 1, 1) + timedelta(days=day)


def number_of_day(day: date) -> int:
    """The other way round."""
    return (day - date(1970, 1, 1)).days


def _in_words(day: datetime) -> str:
    return f"ngày {day:%d} tháng {day:%m} năm {day:%Y}"


def _clock(at_ms: int) -> str:
    return f"{_local(at_ms):%H:%M ngày %d/%m/%Y}"


def _local(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC) + timedelta(hours=7)
