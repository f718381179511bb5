"""What is printed and handed around with a card: the label on the box, the list for Raspberry Pi Imager."""

import hashlib
import io
import json
import re
from base64 import b64decode
from pathlib import Path

import numpy
import pytest
import zxingcpp
from PIL import Image

from firmware_cfg.settings import read_settings
from image_build import imager, label

GOOD = Path(__file__).parents[3] / "firmware_cfg" / "kiosk.toml"
CLAIM = "0A1B-2C3D-4E5F"


def test_the_code_of_a_label_reads_as_the_fleet_page_expects_it(tmp_path: Path) -> None:
    out = tmp_path / "label.html"
    assert (
        label.main(("--kiosk-toml", str(GOOD), "--claim", CLAIM, "--out", str(out)), io.StringIO(), io.StringIO()) == 0
    )
    page = out.read_text("utf-8")
    found = re.search(r"base64,([^\"]+)\"", page)
    assert found is not None
    picture = Image.open(io.BytesIO(b64decode(found[1]))).convert("L")
    (code,) = zxingcpp.read_barcodes(numpy.asarray(picture))
    assert code.text == "GPC1:cho-mau-cua-a:0A1B2C3D4E5F"
    assert "Chợ Mẫu" in page and CLAIM in page


def test_a_label_carries_no_secret(tmp_path: Path) -> None:
    text = GOOD.read_text("utf-8").replace('token = ""', 'token = "ONE-TIME-TOKEN-0001"')
    page = label.label_page(read_settings(text, bench=False), CLAIM)
    assert "ONE-TIME" not in page


def test_what_is_no_claim_code_is_refused(tmp_path: Path) -> None:
    error = io.StringIO()
    argv = ("--kiosk-toml", str(GOOD), "--claim", "ILOU-0000-0000", "--out", str(tmp_path / "x"))
    assert label.main(argv, io.StringIO(), error) == 1
    assert "claim code" in error.getvalue()


def test_a_name_of_a_venue_is_text_and_never_markup() -> None:
    text = GOOD.read_text("utf-8").replace('name = "Chợ Mẫu"', 'name = "<b>Chợ & Mẫu</b>"')
    page = label.label_page(read_settings(text, bench=False), CLAIM)
    assert "<b>Chợ" not in page and "&lt;b&gt;Chợ &amp; Mẫu" in page


@pytest.mark.parametrize("size", [0, 3_000_000])
def test_the_list_for_imager_names_sizes_and_digests_and_no_customisation(tmp_path: Path, size: int) -> None:
    image, small = tmp_path / "card.img", tmp_path / "card.img.zst"
    image.write_bytes(b"i" * size)
    small.write_bytes(b"z" * 100)
    (entry,) = imager.manifest(small, image, "2026.11.23")["os_list"]  # type: ignore[misc]
    assert (entry["extract_size"], entry["extract_sha256"]) == (size, hashlib.sha256(b"i" * size).hexdigest())
    assert (entry["image_download_size"], entry["init_format"]) == (100, "none")
    json.dumps(entry)
