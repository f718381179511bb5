"""What the commands share: wrong usage in one sentence, files that cannot be read, and a reader who goes away early."""

import argparse
from contextlib import suppress
from typing import NoReturn, TextIO

WRONG_USAGE = 2


class WrongUsage(Exception):
    """The arguments are not what the command takes; its text says why, in Vietnamese and English."""


class Parser(argparse.ArgumentParser):
    """Raises WrongUsage where argparse would end the process."""

    def __init__(self, prog: str, description: str) -> None:
        super().__init__(prog=f"python -m ble_scanner {prog}", description=description, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        """Raises WrongUsage(message)."""
        raise WrongUsage(f"Sai cách dùng / wrong usage: {message}\n{self.format_usage().strip()}")


def reader_gone(stdout: TextIO) -> int:
    """The exit status after a BrokenPipeError: whoever reads the answers has gone, as `head` does."""
    with suppress(BrokenPipeError):
        stdout.close()  # else the interpreter tries once more at its end, and complains
    return 1
