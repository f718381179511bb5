"""`python -m central opener`: the one process that holds the case key. Composition root; nothing else happens in it."""

import argparse
import ctypes
import grp
import resource
import sys
import threading
import time
from collections.abc import Callable

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from central.access.audit import Look, note
from central.access.roles import Purpose, load_roles
from central.access.watching import FILE, Watch
from central.keys import Keyring
from central.log import log, ready
from central.opening import Pseudonyms
from central.vault.custody import OFFLINE, Custody, file_keys
from central.vault.forgetting import start_forgetful
from central.vault.framing import holders_path
from central.vault.locked import Locked
from central.vault.register import destroyed_kids, periods
from central.vault.room import Room
from central.vault.server import Server, answers_of_vault, answers_to_holders
from wire.crypto import SealingKey

_PR_SET_DUMPABLE = 4
_MCL_CURRENT_AND_FUTURE = 3
_LOG_CHANGED = (
    "Sổ ghi không còn như tiến trình này đã thấy (dòng {row}): không mở tên ai. Nếu vừa phục hồi từ bản sao lưu,"
    ' hãy dừng opener, chạy: python -m central audit accept --reason "vì sao", rồi khởi động lại. Nếu không, hãy báo'
    " ngay người phụ trách bảo vệ dữ liệu.\n"
    "The log is not as this process has seen it (row {row}): nobody's name is opened. After a restored backup stop the"
    ' opener, run: python -m central audit accept --reason "why", and start it again. Else tell the data protection'
    " officer now."
)
_WATCH_S = 5.0  # so long may a rewritten end of the log stay unseen while nobody asks


def run_opener(options: argparse.Namespace) -> int:
    """`opener`: needs ingest.key, pepper.key and a case key: as a file, in a module (--pkcs11), or from cards later."""
    from central.services import open_centre, stop_event

    start_forgetful()
    withdraw()
    engine, ring = open_centre(options)
    custody = Custody(file_keys(options.case_keys or options.keys / OFFLINE))
    if options.pkcs11 is not None:
        from central.vault.pkcs11_key import Token

        for key in Token(options.pkcs11, options.token, options.pin_file).case_keys():
            custody.hold(key)
    watch = Watch(options.log_seen or options.keys / FILE)
    room, locked = make_room(engine, ring, custody, lambda: time.time_ns() // 1_000_000, watch)
    room.remember()
    if not room.watch_log():
        print(_LOG_CHANGED.format(row=watch.changed), file=sys.stderr, flush=True)
    group = -1 if options.group is None else grp.getgrnam(options.group).gr_gid
    holders = Server(holders_path(options.socket), answers_to_holders(locked))
    server = Server(options.socket, answers_of_vault(room), group=group)
    stop = stop_event()
    threading.Thread(target=holders.serve, args=(stop,), daemon=True).start()
    threading.Thread(target=_watch, args=(room, stop), daemon=True).start()
    ready(service="opener", socket=str(options.socket), keys=len(custody.kids))
    server.serve(stop)
    engine.dispose()
    log("stopped", service="opener")
    return 0


def _watch(room: Room, stop: threading.Event) -> None:
    """Follow the log between calls; a database that is away is asked again."""
    while not stop.wait(_WATCH_S):
        try:
            room.watch_log()
        except SQLAlchemyError as error:
            log("log_not_watched", error=type(error).__name__)


def make_room(
    engine: Engine, ring: Keyring, custody: Custody, now_ms: Callable[[], int], watch: Watch | None = None
) -> tuple[Room, Locked]:
    """The room with its keys, and where its key holders hand in their cards."""
    ingest, names = SealingKey(ring.secret("ingest")), Pseudonyms(ring.secret("pepper"))
    room = Room(engine, ring, ingest, names, custody, load_roles(), now_ms, watch or Watch(), now_ms())

    def named() -> frozenset[bytes]:
        return frozenset(period.kid for period in periods(ring)) - destroyed_kids(ring.folder)

    def tell(action: str, kid: str) -> None:
        log(action, kid=kid)
        with engine.begin() as connection:
            note(connection, Look("command", action, Purpose.UPKEEP, kid), now_ms())

    custody.forget(destroyed_kids(ring.folder))
    return room, Locked(custody, named, now_ms, tell)


def withdraw() -> None:
    """No core file, no reading of this memory by others of the same user, and no page of it in the swap.

    prctl(2) PR_SET_DUMPABLE, setrlimit(2), mlockall(2). The last may be refused where RLIMIT_MEMLOCK is small: that is
    told, and it goes on: an opener that does not start helps nobody tonight.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if libc.mlockall(_MCL_CURRENT_AND_FUTURE) != 0:
        log("memory_not_locked", errno=ctypes.get_errno())
