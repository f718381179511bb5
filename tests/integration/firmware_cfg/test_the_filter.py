"""nftables.conf with the ports of a kiosk.toml, loaded into a network namespace: what passes is tried with packets.

A kiosk and a neighbour are two namespaces and a cable between them. The users of the card stand in the rules by name;
this machine has none of them, so they are numbers here, and the same rules hold.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import firmware_cfg
from firmware_cfg.firewall import closed, ports
from firmware_cfg.settings import read_settings
from tests.needs import need
from tests.unit.firmware_cfg.test_settings import EXAMPLE

HERE = Path(firmware_cfg.__file__).parent
RULES = (HERE / "card/etc/nftables.conf").read_text("utf-8")
USERS = {"gatepost-agent": 903, "_chrony": 112, "avahi": 113}
KIOSK, NEIGHBOUR = "192.0.2.7", "192.0.2.8"
GUARD = '[guard]\nsocket = "/run/gatepost/guard.sock"\nurl = "https://cua-a.local:8443"\n'
LISTENING = (22, 80, 443, 631, 5353, 8080, 8443, 8883)

# Listens everywhere on the ports given, says so, and counts nothing: who can connect is asked on the other side.
LISTEN = """
import socket, sys
held = [socket.create_server(("0.0.0.0", int(port)), backlog=16) for port in sys.argv[1:]]
print("ready", flush=True)
sys.stdin.read()
"""
# As user `uid` to address: the ports of those that answer within a second, all tried at once.
CONNECT = """
import json, os, select, socket, sys, time
uid, address, *ports = sys.argv[1:]
os.setuid(int(uid))
tried = {}
for port in map(int, ports):
    one = socket.socket()
    one.setblocking(False)
    one.connect_ex((address, port))
    tried[one] = port
opened, end = set(), time.monotonic() + 1.0
waiting = set(tried)
while waiting and (left := end - time.monotonic()) > 0:
    _, done, _ = select.select([], waiting, [], left)
    for one in done:
        waiting.discard(one)
        if one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
            opened.add(tried[one])
print(json.dumps(sorted(opened)))
"""
# A datagram as user `uid` to address and port: whether the kernel let it go.
SEND = """
import os, socket, sys
uid, address, port = sys.argv[1:]
os.setuid(int(uid))
one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try:
    one.sendto(b"x", (address, int(port)))
    print("gone")
except PermissionError:
    print("kept")
"""


def rules_here() -> str:
    text = RULES
    for name, number in USERS.items():
        text = re.sub(rf"(?<=[ {{]){name}\b(?=[ ,]| \}})", str(number), text)
    return text


def tool(*words: str, text: str = "") -> str:
    return subprocess.run(words, input=text, text=True, capture_output=True, check=True, timeout=20).stdout


class Cable:
    """Two namespaces with a cable between them; the kiosk's end has the rules."""

    def __init__(self, settings_text: str, stack: ExitStack) -> None:
        self.kiosk, self.neighbour = f"gp-k-{os.getpid()}", f"gp-n-{os.getpid()}"
        self._stack = stack
        for name in (self.kiosk, self.neighbour):
            tool("ip", "netns", "add", name)
            stack.callback(tool, "ip", "netns", "del", name)
        tool("ip", "link", "add", "eth0", "netns", self.kiosk, "type", "veth", "peer", "eth0", "netns", self.neighbour)
        for name, address in ((self.kiosk, KIOSK), (self.neighbour, NEIGHBOUR)):
            tool("ip", "-n", name, "addr", "add", f"{address}/24", "dev", "eth0")
            for link in ("lo", "eth0"):
                tool("ip", "-n", name, "link", "set", link, "up")
        tool("ip", "netns", "exec", self.kiosk, "nft", "-f", "-", text=rules_here())
        self.load(ports(read_settings(settings_text, bench=False)))

    def load(self, text: str) -> None:
        tool("ip", "netns", "exec", self.kiosk, "nft", "-f", "-", text=text)

    def listen(self, where: str, *numbers: int) -> None:
        words = ["ip", "netns", "exec", where, sys.executable, "-c", LISTEN, *map(str, numbers)]
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._stack.callback(process.wait, 10)
        self._stack.enter_context(process)
        assert process.stdin and process.stdout
        self._stack.callback(process.stdin.close)
        assert process.stdout.readline() == "ready\n"

    def reached(self, where: str, uid: int, address: str, *numbers: int) -> list[int]:
        words = ("ip", "netns", "exec", where, sys.executable, "-c", CONNECT, str(uid), address, *map(str, numbers))
        return list(json.loads(tool(*words)))

    def sends(self, uid: int, port: int) -> bool:
        words = ("ip", "netns", "exec", self.kiosk, sys.executable, "-c", SEND, str(uid), NEIGHBOUR, str(port))
        return tool(*words) == "gone\n"


def can_make_namespaces() -> bool:
    if os.geteuid() != 0 or not (shutil.which("ip") and shutil.which("nft")):
        return False
    name = f"gp-try-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False).returncode == 0
    return made and subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def cable() -> Iterator[Cable]:
    need(can_make_namespaces(), "root, iproute2 and nftables: network namespaces")
    with ExitStack() as stack:
        cable = Cable(EXAMPLE.replace("[guard]\n", GUARD), stack)
        cable.listen(cable.kiosk, *LISTENING)
        cable.listen(cable.neighbour, *LISTENING)
        yield cable


def test_the_rules_are_understood_with_every_port_of_the_example() -> None:
    need(os.geteuid() == 0 and bool(shutil.which("nft")), "root and nftables")
    for more in (ports(read_settings(EXAMPLE, bench=False)), closed()):
        tool("unshare", "-n", "nft", "-c", "-f", "-", text=rules_here() + more)


def test_from_the_venues_network_only_the_guards_page_is_open(cable: Cable) -> None:
    assert cable.reached(cable.neighbour, 0, KIOSK, *LISTENING) == [8443]


def test_inside_the_box_nothing_is_filtered(cable: Cable) -> None:
    assert cable.reached(cable.kiosk, 901, "127.0.0.1", *LISTENING) == list(LISTENING)


def test_only_the_agent_goes_out_and_only_to_its_centre(cable: Cable) -> None:
    assert cable.reached(cable.kiosk, USERS["gatepost-agent"], NEIGHBOUR, *LISTENING) == [443, 8883]


@pytest.mark.parametrize("uid", [0, 901, 902, 904, 65534])
def test_nobody_else_goes_anywhere(cable: Cable, uid: int) -> None:
    assert cable.reached(cable.kiosk, uid, NEIGHBOUR, *LISTENING) == []


@pytest.mark.parametrize(
    ("uid", "port", "passes"),
    [(112, 123, True), (901, 123, False), (903, 53, True), (901, 53, False), (904, 53, False), (0, 67, True)],
)
def test_time_and_names_are_asked_for_by_those_who_need_them(cable: Cable, uid: int, port: int, passes: bool) -> None:
    assert cable.sends(uid, port) is passes


def test_rules_that_are_loaded_again_change_nothing_and_closing_closes(cable: Cable) -> None:
    before = tool("ip", "netns", "exec", cable.kiosk, "nft", "list", "ruleset")
    opened = ports(read_settings(EXAMPLE.replace("[guard]\n", GUARD), bench=False))
    cable.load(rules_here() + opened)
    assert tool("ip", "netns", "exec", cable.kiosk, "nft", "list", "ruleset") == before
    cable.load(closed())
    assert cable.reached(cable.neighbour, 0, KIOSK, *LISTENING) == []
    assert cable.reached(cable.kiosk, USERS["gatepost-agent"], NEIGHBOUR, *LISTENING) == []
    cable.load(opened)
