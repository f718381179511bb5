"""kiosk.toml's parts for the box itself: network, panel, clock; and that settings survive being written down."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_cfg.hardware import MATRICES, TURNS, Clock, Display
from firmware_cfg.keys import Problem, read_table
from firmware_cfg.network import Network
from firmware_cfg.settings import read_settings
from firmware_cfg.written import write_settings
from tests.unit.firmware_cfg.test_settings import EXAMPLE


def problems_of(cls: type[Network] | type[Display] | type[Clock], **keys: object) -> list[str]:
    problems: list[Problem] = []
    read_table(cls, keys, "", False, problems)
    assert all(p.vi and p.en and p.vi != p.en for p in problems)
    return [p.path for p in problems]


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"wifi_name": "Chợ Mẫu", "wifi_password": "mat-khau-wifi", "wifi_hidden": True},
        {"wifi_name": "x" * 32},
        {"wifi_name": "n", "wifi_password": "0123456789abcdefABCDEF" + "0" * 42},
        {"ethernet": "192.0.2.10/24", "gateway": "192.0.2.1", "dns": ["192.0.2.1", "2001:db8::1"]},
        {"ethernet": "2001:db8::7/64", "gateway": "2001:db8::1"},
        {"ethernet": "192.0.2.10/31"},
    ],
)
def test_networks_that_can_be(keys: dict[str, object]) -> None:
    assert problems_of(Network, **keys) == []


@pytest.mark.parametrize(
    ("keys", "path"),
    [
        ({"wifi_name": "ẫ" * 11}, "wifi_name"),
        ({"wifi_name": "a\tb"}, "wifi_name"),
        ({"wifi_name": 7}, "wifi_name"),
        ({"wifi_name": "n", "wifi_password": "1234567"}, "wifi_password"),
        ({"wifi_name": "n", "wifi_password": "mật-khẩu-wifi"}, "wifi_password"),
        ({"wifi_name": "n", "wifi_password": "x" * 64}, "wifi_password"),
        ({"wifi_name": "n", "wifi_password": "12345678\n"}, "wifi_password"),
        ({"wifi_password": "12345678"}, "wifi_name"),
        ({"wifi_hidden": True}, "wifi_name"),
        ({"wifi_country": "vn"}, "wifi_country"),
        ({"ethernet": "192.0.2.10"}, "ethernet"),
        ({"ethernet": "192.0.2.0/24"}, "ethernet"),
        ({"ethernet": "192.0.2.255/24"}, "ethernet"),
        ({"ethernet": "static"}, "ethernet"),
        ({"gateway": "192.0.2.1"}, "gateway"),
        ({"ethernet": "192.0.2.10/24", "gateway": "198.51.100.1"}, "gateway"),
        ({"ethernet": "192.0.2.10/24", "gateway": "2001:db8::1"}, "gateway"),
        ({"dns": ["ns.example"]}, "dns"),
        ({"dns": ["192.0.2.1"] * 2}, "dns"),
    ],
)
def test_networks_that_cannot_be(keys: dict[str, object], path: str) -> None:
    assert problems_of(Network, **keys) == [path]


@pytest.mark.parametrize(
    ("cls", "key", "value"),
    [
        (Display, "rotation", 45),
        (Display, "rotation", True),
        (Display, "rotation", "90"),
        (Display, "touch", "upside-down"),
        (Clock, "rtc", "ds1302"),
        (Clock, "ntp", ["bad host"]),
        (Clock, "ntp", ["-x.example"]),
        (Clock, "ntp", ["a.example\nserver evil.example"]),
        (Clock, "ntp", ["a", "b", "c", "d", "e"]),
    ],
)
def test_panels_and_clocks_that_cannot_be(cls: type[Display] | type[Clock], key: str, value: object) -> None:
    assert problems_of(cls, **{key: value}) == [key]


def laid_on(numbers: str, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = map(float, numbers.split())
    return a * x + b * y + c, d * x + e * y + f


def on_glass(rotation: int, u: float, v: float) -> tuple[float, float]:
    """Where a point (u, v) of a picture that was turned clockwise lies on the panel."""
    return {0: (u, v), 90: (1 - v, u), 180: (1 - u, 1 - v), 270: (v, 1 - u)}[rotation]


@pytest.mark.parametrize("rotation", TURNS)
def test_a_touch_lands_where_the_turned_picture_shows_it(rotation: int) -> None:
    matrix = Display(rotation=rotation).matrix()  # type: ignore[arg-type]
    for u, v in product((0.0, 0.25, 1.0), repeat=2):
        assert laid_on(matrix, *on_glass(rotation, u, v)) == (u, v)


@pytest.mark.parametrize("name", MATRICES)
def test_every_named_matrix_keeps_the_glass(name: str) -> None:
    corners = {laid_on(Display(touch=name).matrix(), x, y) for x, y in product((0.0, 1.0), repeat=2)}
    assert corners == set(product((0.0, 1.0), repeat=2))


def test_settings_that_are_written_down_read_back_the_same() -> None:
    settings = read_settings(EXAMPLE, bench=False)
    assert read_settings(write_settings(settings), bench=False) == settings


NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).filter(str.isprintable)


@given(NAMES, st.none() | st.integers(1, 1_000_000))
def test_no_name_and_no_number_is_changed_by_being_written_down(name: str, capacity: int | None) -> None:
    settings = read_settings(EXAMPLE, bench=False)
    settings = replace(settings, gate=replace(settings.gate, name=name, capacity=capacity))
    assert read_settings(write_settings(settings), bench=False) == settings
