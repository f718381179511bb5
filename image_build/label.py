"""python -m image_build label: the label of a box, as a page of 90 x 50 mm that any browser prints.

    label --kiosk-toml kiosk.toml --claim XXXX-XXXX-XXXX --out label.html

The code reads GPC1:<device>:<claim>; whoever stands before the box shows it to the fleet page of the centre, which
knows by it where the box hangs, or which one it replaces (`python -m central kiosk claim` gives the code). The label
carries no secret: neither the one-time token nor a key, and the claim opens nothing by itself.
"""

import argparse
import html
import io
import re
import sys
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from firmware_cfg.settings import Settings
from image_build.flash import NotFlashed, read_good

CLAIM = re.compile("[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")
_PAGE = """<!doctype html>
<html lang="vi"><meta charset="utf-8"><title>{device}</title>
<style>
@page {{ size: 90mm 50mm; margin: 0 }}
body {{ margin: 0; width: 90mm; height: 50mm; display: grid; grid-template-columns: 46mm 1fr; align-items: center;
  font: 9pt/1.3 "Noto Sans", "DejaVu Sans", sans-serif; color: #000; background: #fff }}
img {{ width: 40mm; height: 40mm; margin-left: 4mm; image-rendering: pixelated }}
b {{ font-size: 12pt; overflow-wrap: anywhere }} p {{ margin: 0 3mm 1.2mm 0 }} code {{ font-size: 10pt }}
</style>
<img alt="{text}" src="data:image/png;base64,{picture}">
<div><p><b>{device}</b></p><p>{venue}<br>{gate}</p><p><code>{claim}</code></p>
<p>Gatepost. Hỏng, thay: quét mã này ở trang thiết bị của trung tâm.<br>
Broken: scan at the centre's page of kiosks.</p></div>
</html>
"""


def main(argv: Sequence[str], out: TextIO = sys.stdout, error: TextIO = sys.stderr) -> int:
    """Exit status: 0 written, 1 not (and why), 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m image_build label")
    parser.add_argument("--kiosk-toml", type=Path, required=True, metavar="kiosk.toml")
    parser.add_argument("--claim", required=True, metavar="XXXX-XXXX-XXXX")
    parser.add_argument("--out", type=Path, required=True, metavar="label.html")
    wanted = parser.parse_args(argv)
    claim = wanted.claim.strip().upper()
    try:
        if CLAIM.fullmatch(claim) is None:
            raise NotFlashed(f"{wanted.claim}: không phải mã nhận máy / is no claim code")
        wanted.out.write_text(label_page(read_good(wanted.kiosk_toml), claim), "utf-8")
    except (NotFlashed, OSError) as why:
        print(why, file=error)
        return 1
    print(wanted.out, file=out)
    return 0


def label_page(settings: Settings, claim: str) -> str:
    """The page, complete in itself."""
    device, text = settings.device.id, label_text(settings.device.id, claim)
    words = {"device": device, "venue": settings.venue.name, "gate": settings.gate.name, "claim": claim, "text": text}
    escaped = {name: html.escape(word) for name, word in words.items()}
    return _PAGE.format(**escaped, picture=b64encode(picture(text)).decode("ascii"))


def label_text(device: str, claim: str) -> str:
    """What the code reads (docs/fleet.md)."""
    return f"GPC1:{device}:{claim.replace('-', '')}"


def picture(text: str) -> bytes:
    """The code as PNG: level Q, since a label on a box is scratched."""
    import segno

    out = io.BytesIO()
    segno.make(text, error="q", boost_error=False, micro=False).save(out, kind="png", scale=8, border=4)
    return out.getvalue()
