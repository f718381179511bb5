"""A Wi-Fi network as a code: what is taken, what is not, and that no text does anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.wifi_qr import WifiCode, read


def shown(text: str) -> tuple[str, str, bool] | str:
    found = read(text)
    return (found.name, found.password, found.hidden) if isinstance(found, WifiCode) else found


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("WIFI:T:WPA;S:Cho Mau;P:mat-khau-wifi;;", ("Cho Mau", "mat-khau-wifi", False)),
        ("WIFI:S:Chợ Mẫu;T:WPA;P:12345678;H:true;;", ("Chợ Mẫu", "12345678", True)),
        (r"WIFI:T:WPA;S:a\;b\:c\\;P:x\,y\"z\;12;;", (r"a;b:c" + "\\", 'x,y"z;12', False)),
        ("wifi:t:sae;s:n;p:12345678;;", ("n", "12345678", False)),
        ("WIFI:T:nopass;S:open;;", ("open", "", False)),
        ("WIFI:S:open;;", ("open", "", False)),
        ("WIFI:S:n;P:12345678;;", ("n", "12345678", False)),
        ("WIFI:T:WPA;S:n;P:12345678", ("n", "12345678", False)),
        ('WIFI:T:WPA;S:"abcdef";P:"12345678";;', ("abcdef", "12345678", False)),
        ("WIFI:T:WPA;R:1;S:n;P:12345678;K:MDk=;;", ("n", "12345678", False)),
        ("\ufeff WIFI:T:WPA;S:n;P:12345678;;\r\n", ("n", "12345678", False)),
        ("WIFI:T:WPA;S:n;P:" + "0" * 64 + ";;", ("n", "0" * 64, False)),
        ("WIFI:T:WPA;S:n;P:12345678;S:other;P:87654321;;", ("n", "12345678", False)),
    ],
)
def test_what_phones_and_routers_show_is_read(text: str, network: tuple[str, str, bool]) -> None:
    assert shown(text) == network


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("GP1:ABC", "not_wifi"),
        ("WIFI:", "unreadable"),
        ("WIFI:;;", "unreadable"),
        ("WIFI:hello", "unreadable"),
        ("WIFI:T:WPA;S:n\\", "unreadable"),
        ("WIFI:T:WPA;S:" + "n" * 400 + ";;", "unreadable"),
        ("WIFI:T:WEP;S:n;P:12345;;", "kind_not_supported"),
        ("WIFI:T:WPA2-EAP;S:n;E:PEAP;I:lan;P:12345678;;", "kind_not_supported"),
        ("WIFI:T:WPA;P:12345678;;", "no_name"),
        ("WIFI:T:WPA;S:" + "ẫ" * 11 + ";P:12345678;;", "no_name"),
        ("WIFI:T:WPA;S:a\x07b;P:12345678;;", "no_name"),
        ("WIFI:T:WPA;S:n;P:1234567;;", "bad_password"),
        ("WIFI:T:WPA;S:n;P:mậtkhẩu-12;;", "bad_password"),
        ("WIFI:T:WPA;S:n;P:" + "x" * 65 + ";;", "bad_password"),
        ("WIFI:T:WPA;S:n;;", "bad_password"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_reason(text: str, reason: str) -> None:
    assert shown(text) == reason


NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=10).filter(
    lambda n: n.isprintable() and not (n[0] == n[-1] == '"') and n.strip("\ufeff") == n
)
PASSWORDS = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=8, max_size=63).filter(
    lambda p: not (p[0] == p[-1] == '"')
)


def escaped(text: str) -> str:
    return "".join("\\" + sign if sign in '\\;,:"' else sign for sign in text)


@given(NAMES, PASSWORDS, st.booleans())
def test_what_was_written_comes_back(name: str, password: str, hidden: bool) -> None:
    if len(name.encode()) <= 32:
        text = f"WIFI:T:WPA;S:{escaped(name)};P:{escaped(password)};H:{str(hidden).lower()};;"
        assert shown(text) == (name, password, hidden)


@given(st.text(max_size=60))
def test_no_text_does_anything_but_read_or_be_refused(text: str) -> None:
    for full in (text, "WIFI:" + text, "WIFI:T:WPA;S:" + text):
        assert read(full) is not None


def test_a_password_stands_in_no_trace() -> None:
    assert "mat-khau" not in repr(read("WIFI:T:WPA;S:n;P:mat-khau-wifi;;"))
