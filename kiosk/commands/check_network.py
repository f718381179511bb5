"""The network by layers, in the order in which a hand looks for the break: link, address, names, time, TLS, receipt of
the centre. Each says the next thing to try. The gate works without any of them; records are sent later.

A layer above a broken one is not tried: one finding is enough to mend, seven are a guess.
"""

import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from firmware_cfg.keys import LOOPBACK
from firmware_cfg.settings import Settings
from kiosk.commands.check_finding import Finding
from kiosk.commands.check_parts import clock_finding
from machine.agent_report import report_file
from machine.health import read_object

WAIT_S = 5.0
REPORT_S = 180  # the agent writes each minute
OLD_MS = 3_600_000  # records that wait an hour while the broker is there: the centre does not answer
# RFC 5737 TEST-NET-1: connecting a datagram socket sends nothing, and tells which address would be used.
NOWHERE = ("192.0.2.1", 9)


def network_findings(settings: Settings, bench: bool, root: Path = Path("/")) -> Iterator[Finding]:
    """One finding for each layer that could be looked at."""
    addresses = _brokers(settings)
    hosts = sorted({host for host, _, _ in addresses} | {urlsplit(settings.centre.enrol_url).hostname or ""} - {""})
    abroad = [host for host in hosts if host not in LOOPBACK]
    layers: tuple[Callable[[], Finding], ...] = (
        *((lambda: link_finding(root), address_finding, lambda: names_finding(abroad)) if abroad else ()),
    )
    broken = ""
    for look in layers:
        found = look()
        yield found
        if found.level != "ok":
            broken = found.part
            break
    yield clock_finding(settings, bench)
    if broken:
        return
    for host, port, secure in addresses:
        found = tls_finding(host, port, _identity(settings), secure)
        yield found
        if found.level == "ok":
            break  # one door of several is enough
    yield broker_finding(Path(settings.storage.folder))


def link_finding(root: Path = Path("/")) -> Finding:
    """A cable or a radio network that is up; loopback does not count."""
    up = [
        path.parent.name
        for path in sorted((root / "sys/class/net").glob("*/carrier"))
        if path.parent.name != "lo" and _one(path)
    ]
    if up:
        return Finding("link", "ok", f"Có đường mạng: {', '.join(up)}", f"Connected: {', '.join(up)}", {"up": up})
    vi = "Không có dây mạng hay Wi-Fi. Cắm dây; xem tên và mật khẩu Wi-Fi trong kiosk.toml."
    return Finding("link", "warn", vi, "No cable and no Wi-Fi. Plug it in; look at [network] in kiosk.toml.")


def address_finding(nowhere: tuple[str, int] = NOWHERE) -> Finding:
    """An address that leads out of this network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(nowhere)
            address = probe.getsockname()[0]
        except OSError:
            address = ""
    if address and not address.startswith("169.254."):  # RFC 3927: nobody gave it one
        return Finding("address", "ok", f"Địa chỉ {address}", f"Address {address}")
    vi = "Chưa được cấp địa chỉ. Khởi động lại bộ phát mạng, hoặc đặt địa chỉ cố định."
    return Finding("address", "warn", vi, "No address was given. Restart the router, or set a fixed address.")


def names_finding(hosts: list[str], look_up: Callable[[str], object] | None = None) -> Finding:
    """Whether the names of the centre are found, in WAIT_S."""
    ask = look_up or (lambda host: socket.getaddrinfo(host, None))
    pool = ThreadPoolExecutor(1)
    began = time.perf_counter()
    try:
        for host in hosts:
            pool.submit(ask, host).result(WAIT_S)
    except (OSError, NotInTime, UnicodeError):
        vi = "Không tìm được tên máy chủ. Hỏi người giữ mạng: có ra Internet được không, DNS nào?"
        return Finding("dns", "warn", vi, "The centre's name is not found. Ask who runs the network: Internet, DNS?")
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    took: dict[str, object] = {"ms": round((time.perf_counter() - began) * 1000)}
    return Finding("dns", "ok", "Tìm được tên máy chủ", "The centre's name is found", took)


def tls_finding(host: str, port: int, identity: Path, secure: bool) -> Finding:
    """The broker's door: reached, and its certificate believed by what enrolment brought."""
    part = f"tls {host}:{port}"
    began = time.perf_counter()
    try:
        with socket.create_connection((host, port), WAIT_S) as plain:
            if secure:
                with _context(identity).wrap_socket(plain, server_hostname=host):
                    pass
    except ssl.SSLCertVerificationError as error:
        vi = f"Chứng thư máy chủ không hợp lệ. Xem giờ của máy; báo trung tâm. ({error.verify_message})"
        return Finding(part, "fail", vi, f"The broker's certificate is not believed: {error.verify_message}")
    except OSError as error:
        vi = "Chưa tới được máy chủ. Cửa vẫn làm việc, lượt sẽ gửi sau."
        reason = error.strerror or str(error)
        return Finding(part, "warn", vi, f"Not reached ({reason}). The gate works on; records are sent later.")
    took: dict[str, object] = {"ms": round((time.perf_counter() - began) * 1000, 1)}
    return Finding(part, "ok", "Tới được máy chủ", "Reached", took)


def broker_finding(folder: Path, now_s: Callable[[], float] = time.time) -> Finding:
    """What the sender says: is it connected, and does the centre confirm?"""
    path = report_file(folder)
    try:
        age_s = now_s() - path.stat().st_mtime
        said: Mapping[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return Finding("receipt", "warn", "Phần gửi chưa chạy", "The sender has not run yet")
    waiting, oldest = said.get("backlog", 0), said.get("oldest_ms")
    figure: dict[str, object] = {"waiting": waiting, "connected": said.get("connected"), "age_s": round(age_s)}
    if age_s > REPORT_S:
        return Finding(
            "receipt", "warn", "Phần gửi không chạy: bật lại sync-agent", "The sender is not running", figure
        )
    if not said.get("connected"):
        vi = "Máy chủ không nhận máy này. Xem giờ, hoặc máy đã bị thu hồi."
        return Finding("receipt", "warn", vi, "The broker lets this kiosk not in: clock, or revoked?", figure)
    if type(oldest) is int and now_s() * 1000 - oldest > OLD_MS:
        vi = "Trung tâm chưa xác nhận hơn một giờ: báo trung tâm"
        return Finding("receipt", "warn", vi, "The centre has confirmed nothing for an hour: tell them", figure)
    vi = "Trung tâm đã nhận các lượt"
    return Finding("receipt", "ok", vi, "The centre confirms what is sent", figure)


def _brokers(settings: Settings) -> list[tuple[str, int, bool]]:
    """(host, port, TLS) of each; those that enrolment named where kiosk.toml names none."""
    named = list(settings.centre.brokers) or read_object(_identity(settings) / "enrolment.json").get("brokers", [])
    found = []
    for url in filter(lambda one: isinstance(one, str), named):
        parts = urlsplit(url)
        secure = parts.scheme == "mqtts"
        found.append((parts.hostname or "", parts.port or (8883 if secure else 1883), secure))
    return found


def _identity(settings: Settings) -> Path:
    return Path(settings.storage.folder) / "identity"


def _context(identity: Path) -> ssl.SSLContext:
    """Believes whom enrolment named; where this user may not read that, it believes whom the system does."""
    try:
        context = ssl.create_default_context(cadata=(identity / "ca.crt").read_text("ascii"))
        context.load_cert_chain(identity / "tls.crt", identity / "tls.key")
    except OSError:
        context = ssl.create_default_context()
    return context


def _one(path: Path) -> bool:
    try:
        return path.read_text("ascii").strip() == "1"
    except OSError:  # EINVAL: the interface is down
        return False
