"""A start of the box: what is made of kiosk.toml, of a wrong one, of none, and of what lies about on the card."""

import json
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from firmware_cfg.__main__ import main
from firmware_cfg.apply import WAITING
from firmware_cfg.boot import cmdline, config
from firmware_cfg.settings import read_settings
from firmware_cfg.wifi import Wifi, read_wifi, write_wifi
from tests.unit.docs.pages import ROOT
from tests.unit.firmware_cfg.test_settings import EXAMPLE

PASSWORD = "mat-khau-khong-lo"
WITH_WIFI = EXAMPLE.replace("[network]\n", f'[network]\nwifi_name = "Chợ Mẫu"\nwifi_password = "{PASSWORD}"\n')
GUARD = '[guard]\nsocket = "/run/gatepost/guard.sock"\nurl = "https://cua-a.local:8443"\n'
WRONG = EXAMPLE.replace('direction = "both"', 'direction = "bth"').replace("green = 17", "green = 99")


class Card:
    """A card's folders, and one start after the other."""

    def __init__(self, folder: Path) -> None:
        self.card, self.data, self.root = folder / "card", folder / "data", folder / "root"
        self.kept, self.safe = self.data / "gatepost", self.data / "settings"
        for one in (self.card, self.kept, self.safe, self.root):
            one.mkdir(parents=True)

    def start(self, text: str | bytes | None) -> int:
        file = self.card / "kiosk.toml"
        file.unlink(missing_ok=True)
        if text is not None:
            file.write_bytes(text.encode() if isinstance(text, str) else text)
        return main(["apply", "--card", str(self.card), "--data", str(self.data), "--root", str(self.root)])

    def run(self, name: str) -> str:
        return (self.root / "run/gatepost" / name).read_text("utf-8")

    def has(self, name: str) -> bool:
        return (self.root / "run/gatepost" / name).exists()

    def said(self) -> list[tuple[str, int | None]]:
        return [(one["path"], one["line"]) for one in json.loads(self.run("settings-problems.json"))]

    def profiles(self) -> dict[str, str]:
        found = (self.root / "run/NetworkManager/system-connections").glob("*")
        return {file.name.removesuffix(".nmconnection"): file.read_text("utf-8") for file in found}


@pytest.fixture
def box(tmp_path: Path) -> Card:
    return Card(tmp_path)


def test_a_good_file_becomes_what_the_box_is_run_by(box: Card) -> None:
    assert box.start(EXAMPLE) == 0
    assert read_settings(box.run("kiosk.toml"), bench=False) == read_settings(EXAMPLE, bench=False)
    assert box.said() == [] and not box.has("settings.html")
    assert "PATTERN=starting\n" in box.run("lamps.env") and "GREEN=17\n" in box.run("lamps.env")
    assert box.run("screen.env") == "PAGE=http://127.0.0.1:8080/\nROTATION=0\nTRANSFORM=normal\n"
    assert "pool vn.pool.ntp.org iburst" in box.run("chrony/gatepost.sources")
    assert (box.safe / "kiosk.toml.good").read_text("utf-8") == EXAMPLE


def test_a_second_start_with_the_same_file_writes_nothing(box: Card) -> None:
    def times() -> dict[str, int]:
        return {str(path): path.stat().st_mtime_ns for path in box.root.parent.rglob("*") if path.name != "kiosk.toml"}

    box.start(WITH_WIFI)
    before = times()
    box.start(WITH_WIFI)
    assert {path: at for path, at in times().items() if before.get(path) != at and not path.endswith("card")} == {}


def test_a_windows_editor_may_put_its_mark_before_the_file(box: Card) -> None:
    box.start(b"\xef\xbb\xbf" + EXAMPLE.replace("\n", "\r\n").encode())
    assert box.said() == []


def test_the_wifi_password_is_only_in_what_root_reads(box: Card, capfd: pytest.CaptureFixture[str]) -> None:
    box.start(WITH_WIFI)
    holders = {path for path in (*box.root.rglob("*"), *box.data.rglob("*")) if path.is_file()}
    holders = {path for path in holders if PASSWORD in path.read_text("utf-8")}
    assert {path.name for path in holders} == {"gatepost-wifi.nmconnection", "kiosk.toml.good"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in holders} == {0o600}
    assert PASSWORD not in "".join(capfd.readouterr())


def test_a_wifi_that_was_taken_out_of_the_file_is_taken_away(box: Card) -> None:
    box.start(WITH_WIFI)
    assert set(box.profiles()) == {"gatepost-ethernet", "gatepost-wifi"}
    box.start(EXAMPLE)
    assert set(box.profiles()) == {"gatepost-ethernet"}


def test_a_wifi_shown_to_the_camera_is_tried_before_that_of_the_file(box: Card) -> None:
    (box.kept / "wifi.json").write_text(write_wifi(Wifi('a;b "c\\', " p\\ssword ")), "utf-8")
    box.start(WITH_WIFI)
    shown, written = box.profiles()["gatepost-wifi-shown"], box.profiles()["gatepost-wifi"]
    assert "autoconnect-priority=20" in shown and "autoconnect-priority=10" in written
    assert "ssid=97;59;98;32;34;99;92;\n" in shown and "psk=\\sp\\\\ssword\\s\n" in shown


def make_link(path: Path) -> None:
    (path.parent / "other").write_text(write_wifi(Wifi("n", "12345678")), "utf-8")
    path.symlink_to(path.parent / "other")


def make_long(path: Path) -> None:
    path.write_text(write_wifi(Wifi("n", "12345678")) + " " * 2000, "utf-8")


@pytest.mark.parametrize(
    "make",
    [make_link, make_long, os.mkfifo, Path.mkdir, lambda path: path.write_text('{"name": "n\\n[x]", "password": ""}')],
)
def test_what_is_no_wifi_file_is_passed_over(box: Card, make: Callable[[Path], object]) -> None:
    make(box.kept / "wifi.json")
    assert box.start(EXAMPLE) == 0
    assert set(box.profiles()) == {"gatepost-ethernet"}


@pytest.mark.parametrize("text", ["", "{}", "[", "7", '"' + "[" * 900, '{"name": "", "password": ""}', '{"name": "n"}'])
def test_no_text_but_a_network_is_a_network(text: str) -> None:
    assert read_wifi(text) is None


def test_a_wrong_file_lets_the_last_good_one_go_on_and_says_so(box: Card) -> None:
    box.start(EXAMPLE)
    assert box.start(WRONG) == 0
    lines = WRONG.splitlines()
    assert box.said() == [
        ("gate.direction", lines.index(next(line for line in lines if "bth" in line)) + 1),
        ("devices.lights.green", lines.index("green = 99") + 1),
    ]
    assert read_settings(box.run("kiosk.toml"), bench=False).devices.lights.green == 17
    assert "PATTERN=settings_old\n" in box.run("lamps.env")
    assert "PAGE=file:///run/gatepost/settings.html\n" in box.run("screen.env")
    assert 'content="30; url=file:///usr/lib/gatepost/screen/starting.html#http://127.0.0.1:8080/"' in box.run(
        "settings.html"
    )
    assert (box.safe / "kiosk.toml.good").read_text("utf-8") == EXAMPLE
    box.start(EXAMPLE)
    assert box.said() == [] and not box.has("settings.html")


def test_the_page_that_waits_for_the_gate_is_on_the_card() -> None:
    assert (ROOT / "systemd/root" / WAITING.removeprefix("file:///")).is_file()


def test_a_wrong_file_on_a_new_card_opens_nothing_and_blinks_on_the_pins_it_names(box: Card) -> None:
    text = (
        EXAMPLE.replace('direction = "both"', "")
        .replace("green = 17", "green = 5")
        .replace("# rotation = 0", "rotation = 90")
    )
    assert box.start(text) == 0
    assert not box.has("kiosk.toml") and box.profiles() == {}
    assert "GREEN=5\n" in box.run("lamps.env") and "PATTERN=settings\n" in box.run("lamps.env")
    assert "TRANSFORM=270\n" in box.run("screen.env")
    assert "add element" not in box.run("ports.nft")
    assert "refresh" not in box.run("settings.html")


@pytest.mark.parametrize(
    "text", [None, "", "[", b"\xff\xfe[\0", b"\0" * 100, "x = 1\nx = 2", "a" * 70_000, b"\xef\xbb\xbf"]
)
def test_no_file_stops_the_box(box: Card, text: str | bytes | None) -> None:
    assert box.start(text) == 0
    assert box.said() and not box.has("kiosk.toml")
    box.start(EXAMPLE)
    box.start(text)
    assert box.said() and box.has("kiosk.toml")


def test_a_line_that_is_no_toml_is_named(box: Card) -> None:
    box.start("[device]\nid = \n")
    assert box.said() == [("kiosk.toml", 2)]


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ('folder = "/var/lib/gatepost"', 'folder = "/tmp/x"', "storage.folder"),
        ("[guard]\n", GUARD.replace("/run/gatepost/guard.sock", "/tmp/guard.sock"), "guard.socket"),
        ("[guard]\n", GUARD.replace("guard.sock", "a;b.sock"), "guard.socket"),
        ("[guard]\n", GUARD.replace("guard.sock", "../x.sock"), "guard.socket"),
    ],
)
def test_what_a_card_fixes_cannot_be_set_otherwise(box: Card, old: str, new: str, path: str) -> None:
    box.start(EXAMPLE.replace(old, new))
    assert [one for one, _ in box.said()] == [path]


def test_pages_in_the_venues_network_have_their_proxy_their_port_and_their_name(box: Card) -> None:
    box.start(EXAMPLE.replace("[guard]\n", GUARD))
    proxy = box.run("proxy/nginx-guard.conf")
    assert "listen 8443 ssl;" in proxy and "/run/credentials/guard-proxy.service/key;" in proxy
    assert not re.search("@[A-Z]+@", proxy)
    assert "open_ports { 8443 }" in box.run("ports.nft") and "named_ports { 5353 }" in box.run("ports.nft")
    assert "host-name=cua-a\n" in box.run("avahi.conf")
    box.start(EXAMPLE)
    assert not box.has("proxy/nginx-guard.conf") and not box.has("avahi.conf")
    assert "open_ports {" not in box.run("ports.nft") and "agent_ports { 443, 8883 }" in box.run("ports.nft")


def test_a_clock_chip_and_a_turned_panel_are_made_known_while_the_box_runs(box: Card) -> None:
    box.start(EXAMPLE.replace('# rtc = "ds3231"', 'rtc = "ds3231"').replace("# rotation = 0", "rotation = 180"))
    rules = (box.root / "run/udev/rules.d/61-gatepost-settings.rules").read_text("utf-8")
    assert 'KERNEL=="i2c-1", ATTR{new_device}="ds3231 0x68"' in rules
    assert 'ENV{LIBINPUT_CALIBRATION_MATRIX}="-1 0 1 0 -1 1"' in rules


def test_what_a_technician_wrote_cannot_become_markup_or_a_second_line(box: Card) -> None:
    box.start('[gate]\n"<script>x</script>" = 1\n')
    assert "<script>" not in box.run("settings.html") and "&lt;script&gt;" in box.run("settings.html")


def test_a_start_that_was_cut_off_leaves_nothing_in_the_way(box: Card) -> None:
    run = box.root / "run/gatepost"
    run.mkdir(parents=True)
    (run / ".kiosk.toml.new").write_text("half", "utf-8")
    (run / ".lamps.env.new").symlink_to(box.data / "elsewhere")
    assert box.start(EXAMPLE) == 0
    assert not (box.data / "elsewhere").exists() and list(run.glob(".*")) == []


def test_a_full_or_read_only_place_is_said_and_the_rest_is_written(
    box: Card, capsys: pytest.CaptureFixture[str]
) -> None:
    (box.root / "run/gatepost").mkdir(parents=True)
    (box.root / "run/gatepost/chrony").write_text("a file where a folder should be", "utf-8")
    assert box.start(EXAMPLE) == 1
    assert "gatepost.sources: không ghi được / cannot be written" in capsys.readouterr().err
    assert box.has("kiosk.toml") and box.has("ports.nft")


def test_a_slots_command_line_names_its_own_root_and_hash() -> None:
    line = cmdline("ab" * 32, 110_000, "cd" * 32, "b")
    assert line.count("\n") == 1 and "gatepost.root=PARTLABEL=root_b gatepost.hash=" + "ab" * 32 in line
    assert "rauc.slot=B " in line and " panic=10 " in line and " quiet " in line
    for wrong in (("x" * 64, 1, "cd" * 32, "a"), ("ab" * 32, 0, "cd" * 32, "a"), ("ab" * 32, 1, "cd" * 32, "c")):
        with pytest.raises(ValueError, match=r"slot|digits"):
            cmdline(*wrong)


@pytest.mark.parametrize("variant", ["debian", "raspios"])
def test_config_txt_keeps_bluetooth_on_its_good_line_and_splashes_nothing(variant: str) -> None:
    lines = [line for line in config(variant).splitlines() if line and not line.startswith("#")]
    assert {"enable_uart=0", "disable_splash=1", "camera_auto_detect=1", "dtparam=watchdog=on"} <= set(lines)
    assert not [line for line in lines if "miniuart" in line or "disable-bt" in line or "@" in line]
    assert {"[pi3]", "[pi4]", "[pi5]", "[pi02]"} <= set(lines) and lines[-1] == "[all]"
    assert all(len(line) <= 98 for line in config(variant).splitlines() if not line.startswith("#"))


def test_run_is_a_place_below_the_root() -> None:
    with pytest.raises(SystemExit):
        main(["apply", "--card", "x", "--run", "run/gatepost"])
