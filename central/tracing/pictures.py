"""PURE. Curve and chains as SVG for a page: no script, no style of its own, classes of the console's style sheet.

Each picture has a title and a description, since a screen reader says those; colours are never the only sign.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from html import escape

from central.tracing.chains import Case, Link, generations
from central.tracing.curve import Day, day_of

_WIDTH, _HEIGHT, _MARGIN = 720, 220, 34
# Beside one another these differ in lightness too, for those who do not see the hue.
_FILLS = ("#1f5f8b", "#d9822b", "#5aa469", "#8d4f8f", "#6b7280", "#b23a48")
_MOST_CASES = 200


def curve_picture(days: Sequence[Day], title: str, kinds: Mapping[str, str]) -> str:
    """Bars by day, stacked by kind; `kinds` names each kind that is drawn, in order from below."""
    tallest = max((sum(day.counts.values()) for day in days), default=0)
    parts = [_head(_WIDTH, _HEIGHT, title, f"{sum(sum(day.counts.values()) for day in days)}")]
    if days and tallest:
        width = (_WIDTH - 2 * _MARGIN) / len(days)
        scale = (_HEIGHT - 2 * _MARGIN) / tallest
        for number, day in enumerate(days):
            parts += _bar(day, list(kinds), _MARGIN + number * width, width, scale)
        every = max(1, -(-len(days) // 8))
        for number in range(0, len(days), every):
            x = _MARGIN + (number + 0.5) * width
            parts.append(_text(x, _HEIGHT - 16, f"{days[number].day:%d/%m}", "middle"))
        parts.append(_text(_MARGIN - 4, _MARGIN + 4, str(tallest), "end"))
        parts.append(_text(_MARGIN - 4, _HEIGHT - _MARGIN, "0", "end"))
    for number, name in enumerate(kinds.values()):
        x = _MARGIN + number * 150
        parts.append(f'<rect x="{x}" y="4" width="12" height="12" fill="{_FILLS[number % len(_FILLS)]}"/>')
        parts.append(_text(x + 18, 15, name, "start"))
    return "".join([*parts, "</svg>"])


def chain_picture(cases: Sequence[Case], links: Sequence[Link], title: str) -> str:
    """Cases from left to right by onset, a row each; chosen links drawn through, other candidates broken."""
    shown = sorted(cases, key=lambda one: (one.onset_ms, one.id))[-_MOST_CASES:]
    ids = {case.id for case in shown}
    row = _rows(shown, links)
    height = 2 * _MARGIN + 30 * len(shown)
    first = shown[0].onset_ms if shown else 0
    span = max(1, shown[-1].onset_ms - first) if shown else 1
    at = {
        case.id: (
            _MARGIN + 40 + (case.onset_ms - first) / span * (_WIDTH - 2 * _MARGIN - 190),
            _MARGIN + 30 * row[case.id],
        )
        for case in shown
    }
    parts = [_head(_WIDTH, height, title, f"{len(shown)}")]
    for link in sorted(links, key=lambda one: one.chosen):
        if link.source in ids and link.case in ids:
            (x1, y1), (x2, y2) = at[link.source], at[link.case]
            dash = "" if link.chosen else ' stroke-dasharray="3 4" opacity="0.5"'
            path = f"M{x1:.1f} {y1:.1f} C{(x1 + x2) / 2:.1f} {y1:.1f} {(x1 + x2) / 2:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
            told = escape(f"{link.source} → {link.case}: {link.weight:.0%}")
            line = f'<path d="{path}" fill="none" stroke="#1f5f8b" stroke-width="2"{dash}>'
            parts.append(f"{line}<title>{told}</title></path>")
    steps = generations(shown, [link for link in links if link.source in ids and link.case in ids])
    for case in shown:
        x, y = at[case.id]
        fill = _FILLS[min(steps[case.id], len(_FILLS) - 1)]
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{fill}"/>')
        parts.append(_text(x + 11, y + 4, f"{case.id} · {day_of(case.onset_ms):%d/%m}", "start"))
    return "".join([*parts, "</svg>"])


def _rows(cases: Sequence[Case], links: Sequence[Link]) -> dict[str, int]:
    """case id -> row: whoever was infected by a case stands below it, before the next chain begins."""
    children: dict[str, list[str]] = defaultdict(list)
    source = {link.case: link.source for link in links if link.chosen}
    ids = [case.id for case in cases]
    for case in ids:
        children[source[case] if source.get(case) in ids else ""].append(case)
    rows: dict[str, int] = {}
    waiting = children[""][::-1]
    while waiting:
        case = waiting.pop()
        rows[case] = len(rows)
        waiting += children[case][::-1]
    return rows


def _bar(day: Day, kinds: Sequence[str], x: float, width: float, scale: float) -> list[str]:
    parts, top = [], float(_HEIGHT - _MARGIN)
    for number, kind in enumerate(kinds):
        count = day.counts.get(kind, 0)
        if count:
            top -= count * scale
            fill = _FILLS[number % len(_FILLS)]
            size = f'width="{max(width - 1, 0.5):.1f}" height="{count * scale:.1f}"'
            told = escape(f"{day.day:%d/%m/%Y}: {count}")
            parts.append(f'<rect x="{x:.1f}" y="{top:.1f}" {size} fill="{fill}"><title>{told}</title></rect>')
    return parts


def _head(width: int, height: int, title: str, description: str) -> str:
    name = escape(title, quote=True)
    box = f'viewBox="0 0 {width} {height}" role="img" aria-label="{name}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="picture" {box}><title>{name}</title>'
        f"<desc>{escape(description)}</desc>"
    )


def _text(x: float, y: float, words: str, anchor: str) -> str:
    look = 'font-size="12" font-family="sans-serif" fill="currentColor"'
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {look}>{escape(words)}</text>'
