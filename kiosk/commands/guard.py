"""python -m kiosk guard: the guards' accounts, the certificate of their page and the proxy before it.

add NAME      an account with a one-time PIN, shown once      list         the accounts
reset NAME    a new one-time PIN; sessions and old PIN end    remove NAME  end the account
certificate   make a key and a certificate for --host         proxy        write nginx's configuration
"""

import argparse
import os
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files as package_files
from pathlib import Path
from typing import TextIO
from unicodedata import category, normalize
from urllib.parse import urlsplit

import segno

from firmware_cfg.proxy import Proxy, fill_in
from firmware_cfg.settings import Settings
from kiosk.chosen import open_clock
from kiosk.commands.settings_file import add_settings_arguments, read_settings_file
from kiosk.guard_tls import DAYS, files_in, fingerprint_words, make_certificate
from machine.clock import Clock
from store import guards
from store.db import Store, StoreError, open_store
from ui.guard.pins import SALT_BYTES, digest_of, one_time

NEVER_MS = (1 << 53) - 1
ONE_TIME_MS = 7 * 86_400_000  # a guard comes to work within a week
LONGEST_NAME = 32
HTTPS = 443
_NEEDS_NAME = frozenset({"add", "reset", "remove"})


def run(argv: Sequence[str], stdin: TextIO, stdout: TextIO, stderr: TextIO) -> int:
    """Exit status: 0 done, 1 not done (with the reason), 2 wrong usage or an unreadable kiosk.toml."""
    parser = argparse.ArgumentParser(prog="python -m kiosk guard", description=__doc__.splitlines()[0])
    parser.add_argument("action", choices=("add", "list", "reset", "remove", "certificate", "proxy"))
    parser.add_argument("name", nargs="?", default="", help="the guard's name, or a call sign: it stands in records")
    add_settings_arguments(parser)
    parser.add_argument(
        "--today",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="the date, for a kiosk that does not know the time",
    )
    arguments = parser.parse_args(argv)
    if arguments.action in _NEEDS_NAME and not arguments.name:
        parser.error(f"{arguments.action} needs a NAME")
    settings = read_settings_file(arguments, stderr)
    if settings is None:
        return 2
    try:
        return _act(arguments, settings, open_clock(settings, arguments.bench), stdout, stderr)
    except StoreError as error:
        print(f"Không mở được cơ sở dữ liệu / the database cannot be opened: {error}", file=stderr)
        return 1


def _act(arguments: argparse.Namespace, settings: Settings, clock: Clock, stdout: TextIO, stderr: TextIO) -> int:
    folder = Path(settings.storage.folder)
    if arguments.action in ("certificate", "proxy") and not settings.guard.socket:
        print("kiosk.toml: guard.socket và guard.url còn trống / guard.socket and guard.url are empty", file=stderr)
        return 1
    if arguments.action == "certificate":
        now = clock.known_now() or _noon(arguments.today)
        return _certificate(folder, settings.guard.url, now, stdout, stderr)
    if arguments.action == "proxy":
        return _proxy(folder, settings, arguments.runtime.absolute(), stdout, stderr)
    store = open_store(folder, now_ms=clock.now_ms)
    try:
        if arguments.action == "list":
            return _list(store, clock, stdout)
        if arguments.action == "remove":
            return _remove(store, arguments.name, stdout, stderr)
        return _grant(store, arguments, settings.guard.url, clock, stdout, stderr)
    finally:
        store.close()


def _grant(store: Store, arguments: argparse.Namespace, url: str, clock: Clock, stdout: TextIO, stderr: TextIO) -> int:
    name = normalize("NFC", arguments.name).strip()
    if not 0 < len(name) <= LONGEST_NAME or any(category(sign).startswith("C") for sign in name):
        print(f"Tên cần 1 đến {LONGEST_NAME} chữ. / A name has 1 to {LONGEST_NAME} letters.", file=stderr)
        return 1
    known = guards.find(store, name) is not None
    if known is not (arguments.action == "reset"):
        print(
            "Đã có tên này: dùng reset. / There is one of this name: use reset."
            if known
            else "Chưa có tên này: dùng add. / There is none of this name: use add.",
            file=stderr,
        )
        return 1
    pin, salt = one_time(os.urandom(8)), os.urandom(SALT_BYTES)
    try:
        # Without a clock no end can be told: the one-time PIN then lasts until it is used.
        ends_ms = NEVER_MS if clock.known_now() is None else clock.now_ms() + ONE_TIME_MS
        guards.grant(store, name, salt, digest_of(pin, salt), ends_ms)
    except guards.Full:
        print(f"Đã đủ {guards.MOST} tài khoản. / There are {guards.MOST} accounts already.", file=stderr)
        return 1
    print(f"Tên / name: {name}\nMã PIN dùng một lần, trong 7 ngày / one-time PIN, for 7 days: {pin}", file=stdout)
    print("Chỉ hiện lần này. / Shown this once.", file=stdout)
    if url:
        _show_address(url, stdout)
    return 0


def _list(store: Store, clock: Clock, stdout: TextIO) -> int:
    for guard in guards.all_of(store):
        if not guard.once:
            state = "đã chọn mã PIN riêng / has a PIN of their own"
        elif clock.now_ms() > guard.until_ms:
            state = "mã dùng một lần đã hết hạn / one-time PIN has run out"
        else:
            state = "chờ lần vào đầu tiên / waits for the first entry"
        print(f"{guard.name}\t{state}", file=stdout)
    return 0


def _remove(store: Store, name: str, stdout: TextIO, stderr: TextIO) -> int:
    if not guards.remove(store, name):
        print("Chưa có tên này. / There is none of this name.", file=stderr)
        return 1
    print("Đã xóa. / Removed.", file=stdout)
    return 0


def _noon(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(12), UTC)


def _certificate(folder: Path, url: str, now: datetime | None, stdout: TextIO, stderr: TextIO) -> int:
    if now is None:
        print("Máy chưa biết giờ: thêm --today. / The kiosk does not know the time: add --today.", file=stderr)
        return 1
    made = make_certificate(folder, [urlsplit(url).hostname or ""], now)
    print(f"{made.certificate}\nSHA-256: {fingerprint_words(made)}", file=stdout)
    print(f"Đến / until: {(now + timedelta(days=DAYS - 1)).date()}", file=stdout)
    _show_address(url, stdout)
    return 0


def _proxy(folder: Path, settings: Settings, runtime: Path, stdout: TextIO, stderr: TextIO) -> int:
    tls = files_in(folder)
    if not tls.certificate.exists():
        print("Chưa có chứng chỉ: chạy guard certificate. / No certificate yet: run guard certificate.", file=stderr)
        return 1
    template = package_files("firmware_cfg").joinpath("nginx-guard.conf").read_text("utf-8")
    try:
        proxy = Proxy(
            listen=str(urlsplit(settings.guard.url).port or HTTPS),
            socket=str(Path(settings.guard.socket).absolute()),
            certificate=str(tls.certificate.absolute()),
            key=str(tls.key.absolute()),
            runtime=str(runtime),
        )
        filled = fill_in(template, proxy)
    except ValueError as error:
        print(error, file=stderr)
        return 1
    runtime.mkdir(parents=True, exist_ok=True)
    path = runtime / "nginx-guard.conf"
    path.write_text(filled, "utf-8")
    print(path, file=stdout)
    return 0


def _show_address(url: str, stdout: TextIO) -> None:
    """The page's address as text and as a QR code that a phone reads from the terminal."""
    print(url, file=stdout)
    segno.make(url, error="m").terminal(out=stdout, compact=True)
