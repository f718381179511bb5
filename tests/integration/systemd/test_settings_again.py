"""A start at which nothing changed lays the files that Python would write, and anything else is left to Python."""

import hashlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware_cfg.__main__ import main
from firmware_cfg.laid import LAID, RELEASE
from firmware_cfg.settings import read_settings
from firmware_cfg.wifi import Wifi, write_wifi
from tests.needs import need
from tests.parts.units import ROOT
from tests.unit.firmware_cfg.test_apply import GUARD, PASSWORD, WITH_WIFI
from tests.unit.firmware_cfg.test_settings import EXAMPLE

PROGRAM = ROOT / "usr/lib/gatepost/bin/settings"
PYTHON = f"""#!/bin/sh
echo python >> "$CALLED"
exec env PYTHONPATH={Path(__file__).parents[3]} {sys.executable} "$@"
"""
SYSTEMCTL = """#!/bin/sh
echo "$*" >> "$CALLED"
"""


@pytest.fixture(autouse=True)
def _as_the_unit_starts_it() -> Iterator[None]:
    """UMask=0022 of gatepost-settings.service: folders that Python makes take their mode from it."""
    before = os.umask(0o022)
    yield
    os.umask(before)


class Card:
    """The folders of a card; each start has a /run of its own, as after a power cut."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.card, self.data, self.tools = folder, folder / "card", folder / "data", folder / "tools"
        self.safe, self.kept, self.called = self.data / "settings", self.data / "gatepost", folder / "called"
        for one in (self.card, self.safe, self.kept, self.tools):
            one.mkdir(parents=True)
        for name, text in (("gatepost-python", PYTHON), ("systemctl", SYSTEMCTL)):
            (self.tools / name).write_text(text, "utf-8")
            (self.tools / name).chmod(0o755)
        self.starts = 0
        self.release = '{"version": "2026.01.01"}\n'

    def root(self) -> Path:
        """As gatepost-data.service and the first lamps leave it."""
        self.starts += 1
        root = self.folder / f"root-{self.starts}"
        (root / "run/gatepost").mkdir(parents=True)
        (root / "run/gatepost").chmod(0o1775)
        (root / RELEASE).parent.mkdir(parents=True)
        (root / RELEASE).write_text(self.release, "utf-8")
        return root

    def by_python(self) -> dict[str, tuple[int, int, bytes]]:
        root = self.root()
        words = ["apply", "--card", str(self.card), "--data", str(self.data), "--root", str(root)]
        assert main(words) == 0
        return tree(root / "run")

    def start(self, root: Path | None = None) -> tuple[dict[str, tuple[int, int, bytes]], bool]:
        """What lies in /run after the program of the card, and whether it took Python."""
        root = root or self.root()
        self.called.unlink(missing_ok=True)
        environment = {"PATH": f"{self.tools}:{os.environ['PATH']}", "CALLED": str(self.called)}
        words = [str(PROGRAM), str(self.card), str(self.data), "/run/gatepost", str(root)]
        ended = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert ended.returncode == 0, ended.stderr
        assert '"settings": ' in ended.stdout
        (root / "run/gatepost.counted").unlink()  # that this start was counted is nothing of kiosk.toml's
        return tree(root / "run"), "python" in self.said()

    def said(self) -> list[str]:
        return self.called.read_text("utf-8").splitlines() if self.called.exists() else []


def tree(top: Path) -> dict[str, tuple[int, int, bytes]]:
    """Path -> (mode, group, content) of everything below `top`."""
    found = {}
    for path in top.rglob("*"):
        said = path.lstat()
        found[str(path.relative_to(top))] = (said.st_mode, said.st_gid, path.read_bytes() if path.is_file() else b"")
    return found


@pytest.fixture
def card(tmp_path: Path) -> Iterator[Card]:
    need(all(map(shutil.which, ("awk", "sha256sum"))), "awk and sha256sum")
    yield Card(tmp_path)


WISHES = st.fixed_dictionaries(
    {
        "guard": st.booleans(),
        "name": st.text(st.characters(exclude_categories=("C", "Z"), exclude_characters='"\\'), min_size=1, max_size=8),
        "password": st.sampled_from(["", "mat-khau-khong-lo", 'a\\"b  c%s$(x)`y`']),
        "shown": st.sampled_from([None, Wifi('a;b "c\\', " p\\ssword "), Wifi("Quán Cà Phê", "")]),
        "rotation": st.sampled_from([0, 90, 180, 270]),
        "rtc": st.sampled_from(["none", "ds3231", "pcf8523"]),
        "ntp": st.sampled_from(['"vn.pool.ntp.org"', '"192.0.2.1", "2001:db8::1"', ""]),
        "green": st.integers(0, 16),
        "mark": st.booleans(),
    }
)


def text_of(wish: dict[str, object]) -> str:
    """A kiosk.toml; many of these are good ones."""
    text = EXAMPLE.replace('"Cửa A"', f'"{wish["name"]}"').replace("green = 17", f"green = {wish['green']}")
    text = text.replace("# rotation = 0", f"rotation = {wish['rotation']}")
    text = text.replace('# rtc = "ds3231"', f'rtc = "{wish["rtc"]}"')
    text = text.replace("[clock]\n", f"[clock]\nntp = [{wish['ntp']}]\n", 1)
    if wish["guard"]:
        text = text.replace("[guard]\n", GUARD)
    if wish["password"]:
        text = text.replace("[network]\n", f"[network]\nwifi_name = \"Chợ\"\nwifi_password = '{wish['password']}'\n")
    return ("\ufeff" if wish["mark"] else "") + text


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wish=WISHES)
def test_what_is_laid_again_is_byte_for_byte_and_mode_for_mode_what_python_writes(
    wish: dict[str, object], tmp_path: Path
) -> None:
    card = Card(Path(tempfile.mkdtemp(dir=tmp_path)))
    (card.card / "kiosk.toml").write_text(text_of(wish), "utf-8")
    if isinstance(wish["shown"], Wifi):
        (card.kept / "wifi.json").write_text(write_wifi(wish["shown"]), "utf-8")
    first = card.by_python()
    assert read_settings(first["gatepost/kiosk.toml"][2].decode(), bench=False).devices.lights.green == wish["green"]
    again, took_python = card.start()
    assert not took_python, "nothing changed"
    assert again == first


def test_who_may_not_read_the_wifi_password_cannot_read_it_here(card: Card) -> None:
    (card.card / "kiosk.toml").write_text(WITH_WIFI, "utf-8")
    card.by_python()
    root = card.root()
    card.start(root)
    holders = [path for top in (root / "run", card.data) for path in top.rglob("*") if path.is_file()]
    holders = [path for path in holders if PASSWORD in path.read_text("utf-8")]
    assert {path.name for path in holders} == {"gatepost-wifi.nmconnection", "kiosk.toml.good", LAID}
    assert {stat.S_IMODE(path.stat().st_mode) for path in holders} == {0o600}


def test_a_file_s_group_is_kept_with_it(card: Card) -> None:
    """The accounts of a card are not on this machine: another group of ours stands for theirs."""
    groups = [group for group in os.getgroups() if group != os.getgid()] if os.getuid() else [12345]
    need(bool(groups), "a second group of this user's")
    (card.card / "kiosk.toml").write_text(EXAMPLE, "utf-8")
    card.by_python()
    first, made_of, *rest = (card.safe / LAID).read_text("utf-8").splitlines(keepends=True)
    assert first.startswith("gatepost-laid 1 ")
    at = next(number for number, line in enumerate(rest) if line.startswith("file /run/gatepost/kiosk.toml 640 "))
    rest[at] = f"file /run/gatepost/kiosk.toml 640 {groups[0]} {rest[at].split()[-1]}\n"
    text = made_of + "".join(rest)
    (card.safe / LAID).write_text(f"gatepost-laid 1 {hashlib.sha256(text.encode()).hexdigest()}\n{text}", "utf-8")
    again, took_python = card.start()
    assert not took_python
    mode, group, _ = again["gatepost/kiosk.toml"]
    assert (stat.S_IMODE(mode), group) == (0o640, groups[0])


def cut_off(card: Card) -> None:
    laid = (card.safe / LAID).read_bytes()
    (card.safe / LAID).write_bytes(laid[: len(laid) * 2 // 3])


def flip(card: Card) -> None:
    laid = bytearray((card.safe / LAID).read_bytes())
    laid[-200] ^= 1
    (card.safe / LAID).write_bytes(laid)


def other_settings(card: Card) -> None:
    (card.card / "kiosk.toml").write_text(WITH_WIFI.replace("Cửa A", "Cửa B"), "utf-8")


def other_release(card: Card) -> None:
    card.release = '{"version": "2026.02.02"}\n'


def other_wifi(card: Card) -> None:
    (card.kept / "wifi.json").write_text(write_wifi(Wifi("n", "12345678")), "utf-8")


def linked_wifi(card: Card) -> None:
    (card.kept / "wifi.json").symlink_to(card.card / "kiosk.toml")


def lost_good_one(card: Card) -> None:
    (card.safe / "kiosk.toml.good").unlink()


def linked(card: Card) -> None:
    (card.safe / LAID).rename(card.safe / "elsewhere")
    (card.safe / LAID).symlink_to("elsewhere")


ODD: list[Callable[[Card], object]] = [
    *(cut_off, flip, other_settings, other_release, other_wifi, linked_wifi, lost_good_one, linked),
    lambda card: (card.safe / LAID).unlink(),
    lambda card: (card.safe / LAID).write_bytes(b""),
]


@pytest.mark.parametrize("change", ODD)
def test_whatever_changed_or_is_odd_is_judged_anew_and_then_kept_again(
    card: Card, change: Callable[[Card], object]
) -> None:
    (card.card / "kiosk.toml").write_text(WITH_WIFI, "utf-8")
    card.by_python()
    assert card.start()[1] is False
    change(card)
    found, took_python = card.start()
    assert took_python
    assert found == card.by_python()
    if change is not linked_wifi:
        again, took_python = card.start()
        assert not took_python
        assert again == found


def test_a_wrong_file_is_never_laid_from_memory(card: Card) -> None:
    (card.card / "kiosk.toml").write_text(EXAMPLE, "utf-8")
    card.by_python()
    (card.card / "kiosk.toml").write_text(EXAMPLE.replace('"both"', '"bth"'), "utf-8")
    for _ in range(2):
        found, took_python = card.start()
        assert took_python
        assert b"PATTERN=settings_old\n" in found["gatepost/lamps.env"][2]
    (card.card / "kiosk.toml").write_text(EXAMPLE, "utf-8")
    found, took_python = card.start()
    assert not took_python, "the file of before is still the last good one"
    assert b"PATTERN=starting\n" in found["gatepost/lamps.env"][2]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/run/udev/rules.d/61-gatepost-settings.rules", 'ACTION=="add", RUN+="/bin/sh -c id"'),
        ("/run/gatepost/ports.nft", 'include "/data/x"'),
        ("/run/gatepost/ports.nft", "flush ruleset"),
        ("/run/gatepost/wifi.env", "COUNTRY=$(id)"),
        ("/run/gatepost/lamps.env", "LD_PRELOAD=/data/x"),
        ("/run/gatepost/screen.env", "PATH=/data"),
        ("/run/gatepost/other", "x"),
        ("/run/systemd/system/x.service", "[Service]"),
        ("/run/gatepost/../x", "x"),
        ("/etc/shadow", "x"),
    ],
)
def test_what_python_cannot_have_written_is_not_laid(card: Card, path: str, line: str) -> None:
    """The data partition is not signed: its digest can be made by whoever writes to it."""
    (card.card / "kiosk.toml").write_text(EXAMPLE, "utf-8")
    card.by_python()
    _, made_of, rest = (card.safe / LAID).read_text("utf-8").split("\n", 2)
    text = f"{made_of}\nfile {path} 644 0 1\n{line}\n{rest}"
    (card.safe / LAID).write_text(f"gatepost-laid 1 {hashlib.sha256(text.encode()).hexdigest()}\n{text}", "utf-8")
    found, took_python = card.start()
    assert took_python
    assert found == card.by_python()


def test_a_start_that_was_cut_off_is_done_again_over_what_it_left(card: Card) -> None:
    (card.card / "kiosk.toml").write_text(EXAMPLE, "utf-8")
    first = card.by_python()
    root = card.root()
    (root / "run/gatepost.laid/gatepost").mkdir(parents=True)
    (root / "run/gatepost.laid/gatepost/x").write_text("half", "utf-8")
    for name in ("kiosk.toml", "avahi.conf"):
        (root / "run/gatepost" / name).write_text("old", "utf-8")
    again, took_python = card.start(root)
    assert not took_python
    assert again == first


def test_the_first_lamps_are_told_where_python_read_something_else(card: Card) -> None:
    (card.card / "kiosk.toml").write_text(EXAMPLE, "utf-8")
    lamps = card.by_python()["gatepost/lamps.env"][2]
    for shown, told in ((lamps, []), (lamps.replace(b"GREEN=17", b"GREEN=5"), ["--no-block try-restart"])):
        root = card.root()
        (root / "run/gatepost-lamps").mkdir()
        (root / "run/gatepost-lamps/pins.env").write_bytes(shown)
        card.start(root)
        assert [line.rpartition(" ")[0] for line in card.said()] == told
