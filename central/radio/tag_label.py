"""Cards for tags, 85 x 54 mm, eight to a sheet of A4: an HTML page with the QR codes inside, for any printer.

A card bears no name: its number, the venue, what to do, until when, and the QR of the same pass. Under it hangs a stub
to be torn off and kept at home: whoever lost the card says the number on it, and nobody needs a list of people.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from html import escape
from io import BytesIO
from pathlib import Path

import segno

from central.files import write_private
from central.radio.tags import IssuedTag

PER_SHEET = 8
_VIET_NAM = timezone(timedelta(hours=7))  # the date on a card is the holder's, wherever the centre's clock stands

_HEAD = """<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>Gatepost</title><style>
@page { size: A4; margin: 0 }
* { box-sizing: border-box; margin: 0 }
body { font: 9pt/1.3 "Noto Sans", "Segoe UI", Arial, sans-serif; color: #000; background: #fff }
.sheet { width: 210mm; height: 297mm; padding: 11mm 19mm 0; display: grid; grid-template-columns: 85mm 85mm;
  grid-auto-rows: 67mm; gap: 2mm; align-content: start; break-after: page }
.sheet:last-child { break-after: auto }
.piece { width: 85mm; height: 67mm; border: .2mm solid #999; border-radius: 3mm; overflow: hidden }
.card { height: 54mm; padding: 3mm; display: flex; gap: 3mm; border-bottom: .3mm dashed #666 }
.card svg { width: 47mm; height: 47mm; flex: none }
.words { display: flex; flex-direction: column; min-width: 0; flex: 1 }
.do { font-size: 12pt; font-weight: 700; line-height: 1.15 }
.en { font-size: 9pt; font-weight: 400 }
.number { font-size: 17pt; font-weight: 700; margin-top: auto; white-space: nowrap }
.venue { overflow-wrap: anywhere; font-size: 8.5pt; margin-top: 1.5mm }
.until { font-size: 8pt; white-space: nowrap; line-height: 1.2 }
.stub { height: 13mm; padding: 1.5mm 3mm; display: flex; gap: 3mm; align-items: center }
.stub b { font-size: 14pt; white-space: nowrap }
.stub span { font-size: 7.5pt; line-height: 1.2 }
</style></head><body>
"""
_PIECE = """<div class="piece"><div class="card">{code}<div class="words">
<div class="do">Chạm hoặc quét<div class="en">Tap or scan</div></div>
<div class="venue">{venue}</div>
<div class="number">{short}</div>
<div class="until">Dùng đến / Valid to<br><b>{until}</b></div>
</div></div><div class="stub"><b>{short}</b><span>Giữ phần này ở nhà. Mất thẻ: đọc số này.<br>
Keep this at home. Card lost: say this number.</span></div></div>
"""


def write_sheet(folder: Path, tags: Sequence[IssuedTag], venue_name: str) -> Path:
    """Write one file with the cards of all `tags` (just issued, with their `text`); its path. Raises OSError."""
    first, last = tags[0], tags[-1]
    name = f"tags-{first.short}.html" if len(tags) == 1 else f"tags-{first.short}-to-{last.short}.html"
    write_private(folder / name, sheet_of(tags, venue_name).encode())
    return folder / name


def sheet_of(tags: Sequence[IssuedTag], venue_name: str) -> str:
    """The page as HTML; `venue_name` is what people call the place."""
    sheets = [tags[start : start + PER_SHEET] for start in range(0, len(tags), PER_SHEET)]
    pages = ("".join(_piece(tag, venue_name) for tag in sheet) for sheet in sheets)
    return _HEAD + "".join(f'<div class="sheet">{page}</div>' for page in pages) + "</body></html>\n"


def _piece(tag: IssuedTag, venue_name: str) -> str:
    until = datetime.fromtimestamp(tag.expires_s, _VIET_NAM).strftime("%d/%m/%Y")
    return _PIECE.format(code=_code(tag.text), venue=escape(venue_name), short=tag.short, until=until)


def _code(text: str) -> str:
    out = BytesIO()
    # Level M: a card lives in a pocket. A border of 4 modules is what readers ask for (ISO/IEC 18004).
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=4, xmldecl=False, svgns=False, omitsize=True)
    return out.getvalue().decode()
