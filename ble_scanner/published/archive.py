"""PURE. The two files inside an Exposure Notification export archive, within limits that no archive can stretch.

Apple asks for "two files at the root level with the same base name", `.bin` and `.sig`, at most 16 MB and 750,000 keys.
Everything else in the archive is left unread, as a signature of another make beside it (the Netherlands published a
`content.sig`); what the archive says of its own sizes is not believed.
"""

import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from wire.refusal import Refused

MOST_ARCHIVE_BYTES = 32 << 20  # twice what the phones take
MOST_EXPORT_BYTES = 48 << 20  # 750,000 keys of 40 bytes are 30 MB
MOST_SIGNATURE_BYTES = 64 << 10
_MOST_ENTRIES = 16
_ENCRYPTED = 0x1


def export_files(archive: bytes) -> tuple[bytes, bytes]:
    """The bytes of (`*.bin`, `*.sig`). Raises Refused: too_large, bad_archive, with the place in the detail."""
    if len(archive) > MOST_ARCHIVE_BYTES:
        raise Refused("too_large", f"archive: {MOST_ARCHIVE_BYTES} bytes allowed")
    try:
        with ZipFile(BytesIO(archive)) as opened:
            export, signature = _pair(opened.infolist())
            return _read(opened, export, MOST_EXPORT_BYTES), _read(opened, signature, MOST_SIGNATURE_BYTES)
    except (BadZipFile, EOFError, NotImplementedError, OSError, OverflowError, RuntimeError, zlib.error) as error:
        # The library's own words name offsets and file names of the archive, nothing of a person.
        raise Refused("bad_archive", str(error)[:200]) from None
    except Refused:
        raise
    except ValueError:
        raise Refused("bad_archive", "a directory that points outside the file") from None


def _pair(entries: list[ZipInfo]) -> tuple[ZipInfo, ZipInfo]:
    if len(entries) > _MOST_ENTRIES:
        raise Refused("bad_archive", f"more than {_MOST_ENTRIES} entries")
    exports = [entry for entry in entries if entry.filename.endswith(".bin")]
    signatures = [entry for entry in entries if entry.filename.endswith(".sig")]
    if len(exports) != 1 or not signatures:
        raise Refused("bad_archive", "one export.bin and one export.sig expected")
    pairs = [entry for entry in signatures if entry.filename[:-4] == exports[0].filename[:-4]]
    if not pairs:
        raise Refused("bad_archive", "the .bin and the .sig have different names")
    if len(pairs) > 1:
        raise Refused("bad_archive", "one export.bin and one export.sig expected")
    return exports[0], pairs[0]


def _read(opened: ZipFile, entry: ZipInfo, most: int) -> bytes:
    place = entry.filename[-64:]
    if entry.flag_bits & _ENCRYPTED or entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise Refused("bad_archive", f"{place}: encrypted, or packed in a way that phones do not read")
    with opened.open(entry) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise Refused("too_large", f"{place}: {most} bytes allowed")
    return content
