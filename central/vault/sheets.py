"""PURE. What is printed at the ceremony: a sheet for each holder, and the check list of the room. Vietnamese, English.

Pages of their own, with their style inside: they are printed from a file in memory and never served.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from typing import NamedTuple

_STYLE = """
@page { size: A4; margin: 15mm 18mm }
body { font: 13pt/1.45 "Noto Sans", "DejaVu Sans", sans-serif; color: #000; background: #fff; max-width: 174mm }
h1 { font-size: 20pt; margin: 0 0 2mm } h2 { font-size: 14pt; margin: 6mm 0 1mm } p { margin: 1mm 0 }
ol.words { columns: 3; font: 700 16pt/1.75 "Noto Sans Mono", "DejaVu Sans Mono", monospace; padding-left: 16mm;
  border: 2px solid #000; padding-top: 3mm; padding-bottom: 3mm; list-style-position: outside }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 5mm } dt { font-weight: 700 } dd { margin: 0 }
li.box { list-style: none; margin: 2mm 0 } li.box::before { content: "☐"; display: inline-block; width: 8mm;
  margin-left: -8mm; font-size: 16pt; line-height: 1 } .en { color: #333 } .sign { margin-top: 7mm }
"""

# (Vietnamese, English) of each step in the room, in order.
STEPS = (
    (
        "Phòng đóng kín; không điện thoại, không máy ảnh. Máy tính không nối mạng.",
        "The room is closed; no phones, no cameras. The computer has no network.",
    ),
    (
        "Mỗi người giữ khóa đứng một mình bên máy in khi tờ của mình được in.",
        "Each holder stands alone at the printer while their sheet is printed.",
    ),
    (
        "Mỗi người đọc thầm 33 từ trên tờ của mình: mọi từ đều rõ.",
        "Each holder reads their 33 words silently: every word is legible.",
    ),
    (
        "{needed} người gõ lại từ của mình từ giấy: python -m central keys ceremony --finish",
        "{needed} holders type their words in again, from paper: python -m central keys ceremony --finish",
    ),
    (
        "Máy báo đã xóa tệp khóa và các tờ trong bộ nhớ. Tắt và xóa bộ nhớ máy in.",
        "The computer says that the key's file and the sheets in memory are gone. Switch the printer off and clear it.",
    ),
    (
        "Mỗi tờ vào phong bì có niêm phong, cất ở nơi khác nhau. Không ai giữ hai tờ.",
        "Each sheet goes into a sealed envelope, each in another place. Nobody holds two.",
    ),
    (
        "Thử ngay: khởi động tiến trình mở, {needed} người mở khóa (keys unlock), rồi khóa lại (keys lock).",
        "Try it now: start the opener, {needed} holders unlock it (keys unlock), then lock it again (keys lock).",
    ),
)


class Sheet(NamedTuple):
    """Whose sheet; which card of how many, and how many are needed; which key of which centre; when, in Unix ms."""

    holder: str
    number: int
    of: int
    needed: int
    key: str
    centre: str
    at_ms: int


def sheet_page(sheet: Sheet, words: Sequence[str]) -> str:
    """The HTML of one holder's sheet, words in large type and numbered."""
    shown = "".join(f"<li>{escape(word)}</li>" for word in words)
    facts = (
        ("Người giữ / Holder", sheet.holder),
        ("Tờ / Card", f"{sheet.number} / {sheet.of}"),
        ("Cần / Needed", f"{sheet.needed}"),
        ("Khóa / Key", sheet.key),
        ("Trung tâm / Centre", sheet.centre),
        ("Ngày / Date", _day(sheet.at_ms)),
    )
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    body = f"""<h1>Gatepost · Khóa hồ sơ / Case key</h1><dl>{listed}</dl>
<ol class="words">{shown}</ol>
<p>Tờ này cùng {sheet.needed - 1} tờ khác mở được tên của mọi người trong hồ sơ. Cất kín, không chụp ảnh, không gõ vào
máy nào ngoài máy mở khóa. Mất tờ này: báo ngay cho người bảo vệ dữ liệu của tỉnh, để thay khóa.</p>
<p class="en">With {sheet.needed - 1} others this sheet opens the names of everybody on record. Lock it away; never
photograph it; type it into the opener's computer and no other. If it is lost, tell the province's data protection
officer at once, and the key is changed.</p>"""
    return _page(f"{sheet.number}/{sheet.of}", body)


def check_list(holders: Sequence[str], needed: int, key: str, at_ms: int) -> str:
    """The HTML of the room's check list, with a line to sign for each holder."""
    steps = "".join(
        f'<li class="box">{escape(vi.format(needed=needed))}<br>'
        f'<span class="en">{escape(en.format(needed=needed))}</span></li>'
        for vi, en in STEPS
    )
    lines = "".join(f'<p class="sign">{escape(name)}: ______________________________</p>' for name in holders)
    body = f"""<h1>Nghi thức khóa / Key ceremony</h1><p>Khóa / Key {escape(key)} · {_day(at_ms)} ·
{needed} / {len(holders)}</p><ol>{steps}</ol><h2>Ký tên / Signed</h2>{lines}"""
    return _page("check list", body)


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Gatepost {escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>{body}</body></html>\n"
    )


def _day(at_ms: int) -> str:
    return (datetime.fromtimestamp(at_ms / 1000, UTC) + timedelta(hours=7)).strftime("%d/%m/%Y")
