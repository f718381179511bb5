"""Puts planned files on the disk, each whole or not at all."""

import grp
import os
import stat
from contextlib import suppress
from pathlib import Path

from firmware_cfg.plan import File


def put(file: File, root: Path) -> bool:
    """Make it so below `root`: written aside, synced, renamed. False where it was so already. Raises OSError."""
    target = root / file.path.relative_to("/")
    if file.text is None:
        with suppress(FileNotFoundError, NotADirectoryError):
            target.unlink()
            return True
        return False
    content = file.text.encode("utf-8")
    if _is_so(target, content, file.mode):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.new")
    aside.unlink(missing_ok=True)  # of a start that was cut off
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
        _give(handle, file.group)
        os.fchmod(handle, file.mode)
        out.flush()
        os.fsync(handle)
    aside.replace(target)
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return True


def take(path: Path, longest: int) -> bytes | None:
    """What lies there, at most `longest` bytes and one more (who reads it then finds it too long); None if nothing.

    A link, a pipe or a device is nothing: whoever may write into the folder must not choose what root reads.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        with open(handle, "rb", closefd=False) as found:
            return found.read(longest + 1)
    except OSError:  # a card that is worn out
        return None
    finally:
        os.close(handle)


def _is_so(target: Path, content: bytes, mode: int) -> bool:
    try:
        return take(target, len(content)) == content and stat.S_IMODE(target.lstat().st_mode) == mode
    except OSError:
        return False


def _give(handle: int, group: str) -> None:
    """To `group` where this machine has it and we may; else it stays root's own."""
    with suppress(KeyError, PermissionError):
        if group:
            os.fchown(handle, -1, grp.getgrnam(group).gr_gid)
