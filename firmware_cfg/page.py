"""The page that stands on the kiosk's screen when kiosk.toml is wrong: static HTML, both languages, read from 3 m.

It is opened from a file: no server runs yet, and no script. Sizes grow with the screen. On a panel of 7 inches
(800x480, 0.19 mm a pixel) the headline's capitals are 4.6 mm high and subtend 5.3 minutes of arc at 3 m (5 are 6/6
eyesight): from there one sees that kiosk.toml is wrong and in how many places, and the lines from half of that.
"""

from collections.abc import Iterator
from html import escape

from firmware_cfg.judged import Said

SECONDS = 30  # the old settings' page goes on to the gate after this
ROW_S = 3  # a list that is longer than the screen passes by at a reader's pace, so that nobody need touch it
_STYLE = """
:root { --ink: #10202b; --paper: #f6f4ee; --ink2: #3c4f5c; --card: #fff; --line: #c9d3d8; --ask: #ffc42e;
  font-size: clamp(16px, min(2vw, 3.3333vh), 40px); }
@media (orientation: portrait) { :root { font-size: clamp(16px, min(2.7vw, 1.6vh), 40px); } }
* { box-sizing: border-box; margin: 0; }
html, body { height: 100%; }
body { display: grid; grid-template-rows: auto minmax(0, 1fr) auto; background: var(--paper); color: var(--ink);
  font: 400 1.125rem/1.3 "Noto Sans", sans-serif; font-variant-numeric: tabular-nums; user-select: none; }
header { display: flex; align-items: center; gap: 1rem; background: var(--ask); padding: .5rem 1.25rem; }
header svg { width: 3.25rem; height: 3.25rem; flex: none; }
h1 { font-size: 2.125rem; line-height: 1.15; }
header p { line-height: 1.2; }
header p[lang=en] { color: var(--ink); font-size: 1.25rem; }
main { overflow: hidden; container-type: size; }
ol { list-style: none; padding: .5rem 1.25rem; display: grid; gap: .375rem; animation: pass infinite alternate linear; }
@keyframes pass { 0%, 15% { transform: none } 85%, 100% { transform: translateY(min(0px, 100cqh - 100%)) } }
li { background: var(--card); border: 1px solid var(--line); border-radius: .625rem; padding: .25rem .75rem .3125rem;
  display: grid; grid-template: auto 1fr / 4.25rem minmax(0, 1fr); gap: 0 .75rem; }
.line { grid-row: 1 / 3; align-self: center; text-align: center; line-height: 1; color: var(--ink2); }
.line b { display: block; font-size: 1.75rem; color: var(--ink); }
.line span { font-size: .8125rem; }
.vi { font-size: 1.25rem; line-height: 1.2; font-weight: 600; overflow-wrap: anywhere; }
li p[lang=en] { font-size: .9375rem; line-height: 1.2; overflow-wrap: anywhere; }
code { font: 700 1em "Noto Sans Mono", monospace; }
footer { padding: .375rem 1.25rem .5rem; border-top: 1px solid var(--line); line-height: 1.2; }
footer .do { font-weight: 700; font-size: 1.1875rem; }
footer p[lang=en] { font-size: .9375rem; }
"""
_SIGN = (
    '<svg viewBox="0 0 48 48" aria-hidden="true"><path d="M24 4 46 43H2z" fill="none" stroke="#10202b" stroke-width="4"'
    ' stroke-linejoin="round"/><path d="M24 18v12m0 4v4" stroke="#10202b" stroke-width="5"/></svg>'
)


def settings_page(said: tuple[Said, ...], goes_on: str | None) -> str:
    """The page for these problems. `goes_on`: the gate's page, when the last good settings run; else None."""
    count = len(said)
    refresh = "" if goes_on is None else f'<meta http-equiv="refresh" content="{SECONDS}; url={escape(goes_on)}">'
    english = f"kiosk.toml: {count} thing{'s' if count > 1 else ''} to mend"
    rows, footer = "".join(map(_row, said)), "".join(_footer(goes_on is not None))
    return (
        '<!doctype html>\n<html lang="vi"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f'{refresh}<meta name="viewport" content="width=device-width"><title>kiosk.toml</title>'
        f"<style>{_STYLE}</style></head><body>\n"
        f"<header>{_SIGN}<div><h1>Tệp kiosk.toml có {count} chỗ sai</h1>"
        f'<p lang="en">{english}</p></div></header>\n'
        f'<main><ol style="animation-duration: {count * ROW_S}s">\n{rows}</ol></main>\n<footer>{footer}</footer>\n'
        "</body></html>\n"
    )


def _row(one: Said) -> str:
    line = "" if one.line is None else f"<b>{one.line}</b><span>dòng/line</span>"
    path = "" if one.path == "kiosk.toml" else f"<code>{escape(one.path)}</code> "
    return (
        f'<li><div class="line">{line}</div><p class="vi">{path}{escape(one.vi)}</p>'
        f'<p lang="en">{path}{escape(one.en)}</p></li>\n'
    )


def _footer(old_runs: bool) -> Iterator[str]:
    if old_runs:
        yield f'<p class="do">Cửa mở sau {SECONDS} giây với cài đặt cũ.</p>'
        yield f'<p lang="en">The gate opens in {SECONDS} seconds with the last good settings.</p>'
    yield '<p class="do">Tắt máy, cắm thẻ vào máy tính, sửa tệp trên ổ GATEPOST, cắm lại, bật máy.</p>'
    yield '<p lang="en">Power off, mend the file on the drive GATEPOST of the card in a computer, power on.</p>'
