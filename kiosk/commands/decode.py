"""`python -m kiosk decode FILE...`: one JSON line a picture file on stdout, in the order given.

{"file": name as given, "symbols": [{"text", "format", "decoder"}], "ms": time taken}, and "error" where the file gave
no picture: missing, no_permission, not_a_file, unreadable, or a reason of kiosk.devices.pictures.BadPicture.
Exit status: 0 every file was opened (one without a code, or a broken one, is an answer too), 1 one could not be opened,
2 wrong usage.
"""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from kiosk.devices.pictures import MAX_BYTES, BadPicture, read_gray
from kiosk.ports import Decoder, Symbol

USAGE = "usage: python -m kiosk decode FILE...   (PNG, JPEG, GIF or WebP pictures)"
# One look of zbar at the largest picture that is taken (50 million pixels) takes some 10 s on a desktop.
ZBAR_WAIT_S = 30.0


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """See the module's text. `argv` holds the words after "decode"; "--" ends options, of which there are none."""
    files = list(argv)
    if files and files[0] == "--":
        files = files[1:]
    elif any(word in ("-h", "--help") for word in files):
        print(USAGE, file=stdout)
        return 0
    elif unknown := next((word for word in files if word.startswith("-") and word != "-"), None):
        print(f"decode: no such option: {unknown}\n{USAGE}", file=stderr)
        return 2
    if not files:
        print(USAGE, file=stderr)
        return 2
    from kiosk.devices.choose import open_decoder
    from kiosk.devices.config import DecoderConfig

    decoder = open_decoder(DecoderConfig(kind="thorough", wait_s=ZBAR_WAIT_S))
    try:
        opened = [_answer(name, decoder, stdout) for name in files]
    finally:
        decoder.close()
    return 0 if all(opened) else 1


def _answer(name: str, decoder: Decoder, stdout: TextIO) -> bool:
    """Print the line for one file; False when it could not be opened."""
    begun = time.perf_counter()
    symbols: list[Symbol] = []
    error = None
    opened = True
    data = b""
    try:
        with Path(name).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as fault:
        error, opened = _why(fault), False
    except ValueError:
        error, opened = "missing", False  # a NUL in the name: no such file can be
    if opened:
        try:
            symbols = _symbols(data, decoder)
        except BadPicture as bad:
            error = bad.reason
    line: dict[str, object] = {
        "file": name,
        "symbols": [{"text": s.text, "format": s.format, "decoder": s.decoder} for s in symbols],
    }
    if error:
        line["error"] = error
    line["ms"] = round((time.perf_counter() - begun) * 1000, 1)
    print(_json(line), file=stdout, flush=True)
    return opened


def _symbols(data: bytes, decoder: Decoder) -> list[Symbol]:
    """The codes of all frames of the picture, each text once."""
    found: dict[str, Symbol] = {}
    for gray in read_gray(data):
        for symbol in decoder.decode(gray):
            found.setdefault(symbol.text, symbol)
    return list(found.values())


def _why(fault: OSError) -> str:
    if isinstance(fault, FileNotFoundError | NotADirectoryError):
        return "missing"
    if isinstance(fault, PermissionError):
        return "no_permission"
    return "not_a_file" if isinstance(fault, IsADirectoryError) else "unreadable"


def _json(line: dict[str, object]) -> str:
    """UTF-8 in the clear; escaped where a file name holds bytes that are no UTF-8 (lone surrogates)."""
    text = json.dumps(line, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(line)
    return text
