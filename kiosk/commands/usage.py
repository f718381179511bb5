"""What the commands that answer in lines share: wrong usage in one line, and a reader who goes away early."""

import argparse
from contextlib import suppress
from typing import NoReturn, TextIO


class WrongUsage(Exception):
    """The arguments are not what the command takes; its text says why."""


class Parser(argparse.ArgumentParser):
    """Raises WrongUsage where argparse would end the process."""

    def error(self, message: str) -> NoReturn:
        """Raises WrongUsage(message)."""
        raise WrongUsage(message)


def reader_gone(stdout: TextIO) -> int:
    """The exit status after a BrokenPipeError: whoever reads the answers has gone, as `head` does."""
    with suppress(BrokenPipeError):
        stdout.close()  # else the interpreter tries once more at its end, and complains
    return 1
