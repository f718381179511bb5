"""One text from a camera or a reader: what is it? The order of detection; the first match wins.

 1. our own pass (`GP1:`) and poster (`GPV1:`, or `/GPV1/` in a link)
 2. health certificates, which a later version reads
 3. links: place codes of the national apps, posters of other countries, others
 4. fields between `|`: insurance card, personal QR, citizen card, in this order: the first two have the stricter signs
 5. the lines of a passport or card (`<`, from an OCR-B reader)
 6. posters of other countries that are no links

- Total: never raises, whatever the text. What has no layout is `Unreadable`, with the reason.
- BOM, line ends and outer spaces go first, then the text is put into NFC: the same name must not have two forms.
- Broken bytes (as lone surrogates) are `not_text`: the scanner or the cable is set wrongly, not the card.
- A text of more than MAX_CHARACTERS is not looked at: no QR code holds more (version 40-L: 4,296 alphanumeric).
"""

import re
import unicodedata
from datetime import UTC, datetime

from credentials import bhyt, cccd, foreign, mrz, pass_qr, personal_qr, place_link, venue_qr
from credentials.links import looks_like_link, parse_link
from credentials.trust import Trust
from credentials.types import Credential, Unreadable

MAX_CHARACTERS = 4096
_OUTER = " \t\r\n\ufeff"
_SURROGATE = re.compile("[\ud800-\udfff]")
_CARDS = (
    (bhyt.has_layout, bhyt.read),
    (personal_qr.has_layout, personal_qr.read),
    (cccd.has_layout, cccd.read),
)


def read(text: str, *, now: datetime | None, trust: Trust, clock_synced: bool = True) -> Credential | Unreadable:
    """The credential that `text` is. Never raises.

    `now` (UTC where it names no zone) is None, or `clock_synced` False, while the clock proves nothing: what depends on
    the time is then neither warned of nor accepted.
    """
    if len(text) > MAX_CHARACTERS:
        return Unreadable("too_long")
    if _SURROGATE.search(text):
        return Unreadable("not_text")
    clean = unicodedata.normalize("NFC", text.strip(_OUTER))
    if not clean:
        return Unreadable("empty")
    clock = now if clock_synced else None
    if clock is not None and clock.tzinfo is None:
        clock = clock.replace(tzinfo=UTC)
    return _detect(clean, clock, trust)


def _detect(text: str, now: datetime | None, trust: Trust) -> Credential | Unreadable:
    if pass_qr.has_prefix(text):
        return pass_qr.read(text, now, trust)
    if (code := venue_qr.code_in(text, None)) is not None:
        return venue_qr.read(code, now, trust.venues)
    if foreign.is_certificate(text):
        return Unreadable("certificate_not_supported_yet")
    if looks_like_link(text):
        return _detect_link(text, now, trust)
    if (card := _detect_card(text, now)) is not None:
        return card
    if (lines := mrz.lines_in(text)) is not None:
        return mrz.read(lines, now)
    return Unreadable("foreign_poster" if foreign.is_foreign_poster(text, None) else "unknown_code")


def _detect_link(text: str, now: datetime | None, trust: Trust) -> Credential | Unreadable:
    link = parse_link(text)
    if link is None:
        return Unreadable("unknown_link")
    if (code := venue_qr.code_in(text, link)) is not None:
        return venue_qr.read(code, now, trust.venues)
    if place_link.is_place_host(link.host):
        return place_link.read(link)
    return Unreadable("foreign_poster" if foreign.is_foreign_poster(text, link) else "unknown_link")


def _detect_card(text: str, now: datetime | None) -> Credential | None:
    fields = [field.strip() for field in text.split("|")]
    return next((read_card(fields, now) for has_layout, read_card in _CARDS if has_layout(fields)), None)
