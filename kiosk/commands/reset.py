"""python -m kiosk reset: make the box as new. What the centre has not confirmed is kept, and then nothing is destroyed.

    reset --settings F          says whether it could be done, and does nothing
    reset --settings F --yes    destroys keys, then databases, settings that were learned, and the ring of faults
    reset --settings F --resume ends a reset that a power cut has interrupted; without one it does nothing

kiosk, ble-scanner and sync-agent must be stopped: the unit gatepost-reset.service sees to it.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from kiosk.chosen import open_clock
from kiosk.commands.settings_file import add_settings_arguments, read_settings_file
from store.db import StoreError, open_store
from store.wipe import InUse, begun, unsent, wipe

KEYS = ("identity",)  # relative to the storage folder: what opens and signs everything else
ALSO = (Path("/var/log/gatepost"),)  # of the data partition, outside the storage folder: the ring of faults
DONE, FAILED, WRONG_USAGE, KEPT = range(4)

_KEPT = (
    "Còn {n} bản ghi mà trung tâm chưa xác nhận, nên chưa xoá gì. Cắm mạng và đợi, hoặc mang đi bằng USB"
    " (python -m kiosk export), rồi cắm lại USB có biên nhận của trung tâm.\n"
    "{n} records have not been confirmed by the centre, so nothing was destroyed. Connect the network and wait, or"
    " carry them away on a USB stick (python -m kiosk export) and bring back the stick with the centre's receipt."
)
_IN_USE = (
    "Máy vẫn đang làm việc: hãy dừng kiosk, ble-scanner và sync-agent trước.\n"
    "The kiosk is still at work: stop kiosk, ble-scanner and sync-agent first."
)
_READY = (
    "Không còn bản ghi nào chờ gửi. Thêm --yes để xoá khoá và toàn bộ dữ liệu; không lấy lại được.\n"
    "No record waits. Add --yes to destroy the keys and all data; this cannot be undone."
)
_DONE = (
    "Đã xoá khoá và {n} tệp. Máy phải được đăng ký lại.\nKeys and {n} files were destroyed. The box must enrol anew."
)


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO, also: Sequence[Path] = ALSO) -> int:
    """Exit status: 0 done (or could be), 1 it did not work, 2 wrong usage, 3 records wait and everything is kept."""
    parser = argparse.ArgumentParser(prog="python -m kiosk reset")
    add_settings_arguments(parser)
    parser.add_argument("--yes", action="store_true", help="destroy everything that is stored")
    parser.add_argument("--resume", action="store_true", help="only end a reset that was interrupted")
    arguments = parser.parse_args(argv)
    settings = read_settings_file(arguments, stderr)
    if settings is None:
        return WRONG_USAGE
    folder = Path(settings.storage.folder)
    places = (*also, arguments.runtime)
    try:
        if begun(folder):
            return _wipe(folder, places, stdout)
        if arguments.resume:
            return DONE
        waiting = _waiting(folder, open_clock(settings, arguments.bench).now_ms())
    except InUse:
        print(_IN_USE, file=stderr)
        return FAILED
    except (StoreError, OSError) as error:
        print(f"{type(error).__name__}: {error}", file=stderr)
        return FAILED
    if waiting:
        print(_KEPT.format(n=waiting), file=stderr)
        return KEPT
    if not arguments.yes:
        print(_READY, file=stdout)
        return DONE
    return _wipe(folder, places, stdout)


def _waiting(folder: Path, now_ms: int) -> int:
    store = open_store(folder, now_ms=lambda: now_ms)
    try:
        return unsent(store)
    finally:
        store.close()


def _wipe(folder: Path, places: Sequence[Path], stdout: TextIO) -> int:
    print(_DONE.format(n=wipe(folder, KEYS, places)), file=stdout)
    return DONE
