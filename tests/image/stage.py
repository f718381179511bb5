"""A card, a machine and a centre for the scenes, and the few things that each scene does with them.

The guest reaches this machine's loopback at 10.0.2.2. The centre's addresses in kiosk.toml are loopback ports of the
guest; a unit from outside carries them over, so that broker and enrolment need no certificate of their own here.
"""

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from image_build.emulate.command import Parts
from image_build.emulate.machine import BUZZER, GREEN, RED, YELLOW, Machine
from tests.parts.ports import hold_port
from tests.parts.site import Site, card

DEVICE, VENUE = "t-gate-1", "t-venue"
# Guest time runs as the host lets it: these are wall seconds for a shared two-core machine without KVM.
BOOT_S, GREEN_S = 1500.0, 240.0
NO_SHOW_S = 60.0
# A hand scanner on the emulator's PCI port; a card's scanners are USB, which the unit's own list allows.
SCANNER = "[Service]\nDeviceAllow=char-ttyS rw\n"
# One picture source without a code: the kiosk's camera thread has what it needs, the codes come by the scanner.
VIVID = (
    "modules_load=vivid vivid.n_devs=1 vivid.node_types=0x1 vivid.num_inputs=1 vivid.input_types=0 "
    "systemd.mask=kiosk-screen.service systemd.default_device_timeout_sec=300"
)


@dataclass(slots=True)
class Stage:
    """`image` is never written to; every scene gets a copy in `folder`. `cuts`: power cuts to make."""

    image: Path
    folder: Path
    cuts: int
    bundles: Path | None = None
    shown: set[int] = field(default_factory=set)
    made: int = 0

    def fresh(self) -> Path:
        """A new copy of the card; holes stay holes."""
        self.made += 1
        made = self.folder / f"card-{self.made}.img"
        subprocess.run(["cp", "--sparse=always", str(self.image), str(made)], check=True)
        return made

    @contextmanager
    def machine(self, settings: str, plugged: Parts | None = None) -> Iterator[Machine]:
        """A machine with a new card that carries `settings` as kiosk.toml; it is off, and its card is removed after."""
        made = self.fresh()
        plugged = plugged or Parts(counted=False, units={"kiosk.service.d": SCANNER}, words=VIVID)
        try:
            with Machine(made, self.folder / f"m{self.made}", plugged) as machine:
                machine.put("kiosk.toml", settings.encode())
                yield machine
        finally:
            made.unlink()

    @contextmanager
    def centre(self) -> Iterator[Site]:
        """Broker, web and ingest on this machine's loopback."""
        with Site(self.folder / f"centre-{self.made}-{hold_port()}") as site:
            yield site


def settings(issued: dict[str, object] | None = None, *, camera: str = "/dev/video0", more: str = "") -> str:
    """kiosk.toml of the emulated machine: lines of its own GPIO chip, a scanner on its serial port."""
    centre = issued or {"root_fingerprint": "00112233445566778899aabbccddeeff", "token": ""}
    return f"""
[device]
id = "{DEVICE}"
[venue]
id = "{VENUE}"
name = "Chợ Mẫu"
kind = "market"
ward = ""
province = ""
[gate]
id = "a"
name = "Cửa A"
direction = "in"
hold_s = 1
[centre]
enrol_url = "http://127.0.0.1:8090/enrol"
root_fingerprint = "{centre["root_fingerprint"]}"
token = "{centre["token"]}"
brokers = ["mqtt://127.0.0.1:1883"]
[devices.camera]
kind = "v4l2"
device = "{camera}"
[devices.lights]
kind = "gpiozero"
green = {GREEN}
yellow = {YELLOW}
red = {RED}
buzzer = {BUZZER}
[devices.sound]
kind = "none"
[devices.reader]
kind = "serial"
device = "/dev/ttyS0"
[radio]
kind = "none"
[storage]
reserve_mb = 1
minimum_free_mb = 8
[times]
allow_ms = 1000
{more}
"""


def with_centre(site: Site, plugged: Parts | None = None) -> Parts:
    """The machine's parts with two ways from the guest's loopback to the centre's ports on this machine."""
    web = int(site.enrol_url.rpartition(":")[2].partition("/")[0])
    plugged = plugged or Parts(counted=False, units={"kiosk.service.d": SCANNER}, words=VIVID)
    carried = ways({8090: web, 1883: site.broker.port})
    return replace(plugged, units={**plugged.units, "ways.service": carried})


def ways(ports: dict[int, int]) -> str:
    """A unit that carries the guest's loopback ports (keys) to ports of this machine (values)."""
    # Python is on the card; systemd-socket-proxyd need not be. Short: the kernel takes 2,048 bytes of words in all.
    code = (
        "import socket as S,threading as t;"
        "T=lambda f,*a:t.Thread(target=f,args=a).start();"
        "f=lambda a,b:[b.sendall(d)for d in iter(lambda:a.recv(9999),b'')]and b.shutdown(1);"
        "h=lambda a,b:(T(f,a,b),f(b,a));"
        "g=lambda a,p:h(a,S.create_connection(('10.0.2.2',p)));"
        "l=lambda s,p:[T(g,s.accept()[0],p)for _ in iter(int,1)];"
        f"[T(l,S.create_server(('127.0.0.1',n)),p)for n,p in{ports}.items()]"
    )
    # The card's filter lets the agent out to the centre's own ports; this unit stands for the venue's network.
    out = "ExecStartPre=/usr/sbin/nft insert rule inet gatepost outgoing ip daddr 10.0.2.2 accept\n"
    return f'[Service]\n{out}ExecStart=/usr/bin/python3 -c "{code}"\nRestart=always\nRestartSec=1\n'


def wait_ready(machine: Machine, limit_s: float = BOOT_S) -> float:
    """Until the gate itself has the lamps: its idle blink, a short yellow each 3 s. Guest seconds since power on."""
    seen: list[tuple[int, bool]] = []  # (guest second, whether yellow alone was lit), one for each look
    blinks: list[int] = []

    def idle() -> bool:
        now, lamps = machine.guest_s(), machine.lamps()
        if lamps.red or lamps.green:
            seen.clear()
            blinks.clear()
        if lamps.yellow and not (seen and seen[-1][1]):
            blinks.append(now)
        seen.append((now, lamps.yellow))
        del seen[:-600], blinks[:-4]
        # At rest a short blink each 3 s, nearly always dark; while it starts one each 2 s, half of the time lit.
        # The dark before the first of these blinks counts for nothing: it was the firmware's.
        since = [lit for at, lit in seen if blinks and at >= blinks[0]]
        return len(blinks) == 4 and 7 <= blinks[-1] - blinks[0] <= 11 and sum(since) < 0.2 * len(since)

    machine.wait("the gate's idle blink", idle, limit_s)
    return blinks[0]


def show(machine: Machine, number: int, limit_s: float = GREEN_S) -> bool:
    """Scan invented person `number`; whether the green lamp was seen, and gone again."""
    machine.scan(card(number))
    until = time.monotonic() + limit_s
    again = time.monotonic() + NO_SHOW_S
    while not machine.lamps().green:
        if time.monotonic() > until:
            return False
        if time.monotonic() > again:
            machine.scan(card(number))
            again = time.monotonic() + NO_SHOW_S
    while machine.lamps().green and time.monotonic() < until:
        pass
    return True


def arrived(site: Site) -> int:
    """How many different people the centre holds as let in."""
    rows = "visit v JOIN stream s ON s.id = v.stream WHERE s.device = ? AND v.signal = 1"
    return int(site.ask(f"SELECT count(DISTINCT v.person) FROM {rows}", DEVICE)[0][0])


def figures(text: str, pattern: str) -> list[str]:
    """All matches of a pattern in the guest's output."""
    return re.findall(pattern, text)
