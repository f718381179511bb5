"""What the commands share: wrong usage in one sentence, answers that are really written, and a reader who goes away."""

import argparse
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import NoReturn, TextIO

from wire.refusal import Refused

FAILED, WRONG_USAGE = 1, 2

_MEANS = {
    "bad_archive": "tệp zip hỏng, hay không phải bản công bố khóa / a broken zip archive, or no export of keys",
    "bad_header": "không phải bản công bố khóa / no export of keys",
    "bad_message": "bản công bố khóa bị hỏng / a broken export of keys",
    "bad_signature_list": "chữ ký bị hỏng hay không có / a broken signature, or none",
    "bad_key": "một khóa không đúng / a key that cannot be",
    "bad_schema": "nội dung không đúng / content that cannot be",
    "not_keys": "không phải tệp khóa / no file of keys",
    "too_large": "quá lớn / too large",
    "wrong_signature": "không phải do chủ khóa công khai này ký / not signed by the owner of this public key",
}

# What argparse says in English only.
_SAYS = (
    (r"the following arguments are required: (.*)", r"thiếu / missing: \1"),
    (r"one of the arguments (.*) is required", r"cần một trong / one is needed of: \1"),
    (r"unrecognized arguments: (.*)", r"không nhận / not taken: \1"),
    (r"argument (.*): expected .*argument.*", r"\1: cần giá trị / a value is needed"),
    (r"argument (.*): not allowed with argument (.*)", r"\1, \2: không dùng cùng nhau / not allowed together"),
    (r"argument (.*): invalid choice: (.*)", r"\1: không có lựa chọn này / no such choice: \2"),
    (r"argument (.*?): (.*)", r"\1: \2"),
)


class WrongUsage(Exception):
    """The arguments are not what the command takes; its text says why, in Vietnamese and English."""


class Parser(argparse.ArgumentParser):
    """Raises WrongUsage where argparse would end the process. `--help` shows the description as it is written."""

    def __init__(self, prog: str, description: str | None) -> None:
        super().__init__(
            prog=f"python -m ble_scanner {prog}",
            description=description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )

    def error(self, message: str) -> NoReturn:
        """Raises WrongUsage: one sentence."""
        said = next((found.expand(says) for form, says in _SAYS if (found := re.fullmatch(form, message))), message)
        raise WrongUsage(f"Sai cách dùng, xem --help / wrong usage, see --help: {said}")


def whole_number(text: str) -> int:
    """For argparse: a number in the digits 0 to 9, as Python alone would also read those of other scripts and "1_0"."""
    if not text.isascii() or "_" in text:
        raise argparse.ArgumentTypeError(f"không phải số nguyên / no whole number: {text[:20]!a}")
    return int(text)


def in_words(refused: Refused) -> str:
    """Why a file was refused: in Vietnamese and English, and the place in it."""
    said = _MEANS.get(refused.reason, refused.reason)
    return f"{said} ({refused.detail})" if refused.detail else said


def answer(lines: Iterable[str], stdout: TextIO | None, stderr: TextIO, *, end: str = "\n") -> bool:
    """Write the lines, or pieces with `end` behind each. False: they could not be written, and that is said."""
    if stdout is None:  # what Python makes of a stream that the caller had closed: nobody wants an answer
        return False
    try:
        for line in lines:
            print(line, file=stdout, end=end)
        stdout.flush()
    except BrokenPipeError:
        reader_gone(stdout)
        return False
    except OSError as error:
        with suppress(OSError):
            stdout.close()  # else the interpreter tries once more at its end, and complains
        print(f"Không ghi được kết quả / the answer cannot be written: {error.strerror}", file=stderr)
        return False
    return True


def reader_gone(stdout: TextIO) -> int:
    """The exit status after a BrokenPipeError: whoever reads the answers has gone, as `head` does."""
    with suppress(BrokenPipeError):
        stdout.close()  # else the interpreter tries once more at its end, and complains
    return FAILED
