"""Users of the card: fixed numbers, no password, nobody who could log in."""

import tomllib
from pathlib import Path

import pytest

from image_build.accounts import NOBODY, Accounts, Unnumbered
from image_build.native import HERE

PASSWD = "root:*:0:0:root:/root:/bin/bash\nsync:*:4:65534:sync:/bin:/bin/sync\n"
GROUP = "root:*:0:\nadm:*:4:\nshadow:*:42:\nnogroup:*:65534:\n"
SYSUSERS = """# a comment
g gate 900 -
u gate-kiosk 901:900 "The gate" /var/lib/gate
u! lonely - "Nobody else"
u plain 77
m gate-kiosk adm
"""


def made() -> Accounts:
    accounts = Accounts()
    accounts.take_master(PASSWD, GROUP)
    accounts.take_sysusers(SYSUSERS, {"lonely": 105})
    return accounts


def test_users_have_the_numbers_of_their_lines_or_of_our_table() -> None:
    accounts = made()
    assert accounts.users["gate-kiosk"] == (901, 900, "The gate", "/var/lib/gate")
    assert accounts.users["lonely"][:2] == (105, 105)
    assert accounts.users["plain"][:2] == (77, 77)
    assert accounts.groups["plain"] == 77


def test_a_user_without_a_fixed_number_stops_the_build() -> None:
    with pytest.raises(Unnumbered, match="stranger has no fixed number"):
        made().take_sysusers("u stranger -\n", {})


def test_nobody_has_a_password_and_nobody_a_shell() -> None:
    files = made().files()
    for line in files["passwd"][0].splitlines():
        assert line.endswith(f":{NOBODY}")
    for line in files["shadow"][0].splitlines():
        assert line.split(":")[1] == "!*"
    assert files["shadow"][1] == 0o640
    assert "adm:x:4:gate-kiosk\n" in files["group"][0]


def test_the_same_accounts_give_the_same_bytes_whatever_the_order() -> None:
    other = Accounts()
    other.take_sysusers("u plain 77\n", {})
    other.take_master(PASSWD, GROUP)
    other.take_sysusers(SYSUSERS, {"lonely": 105})
    assert other.files() == made().files()


def test_no_number_of_the_recipe_is_given_twice() -> None:
    numbers = list(tomllib.loads((HERE / "accounts.toml").read_text())["groups"].values())
    assert len(numbers) == len(set(numbers))


def test_the_units_users_have_numbers() -> None:
    numbers = tomllib.loads((HERE / "accounts.toml").read_text())["groups"]
    files = sorted((Path(__file__).parents[3] / "systemd" / "root" / "usr/lib/sysusers.d").glob("*.conf"))
    assert files
    accounts = Accounts()
    accounts.take_master(
        PASSWD, GROUP + "".join(f"{name}:*:{20 + at}:\n" for at, name in enumerate(("dialout", "video")))
    )
    for path in files:
        accounts.take_sysusers(path.read_text(), numbers)
    assert {
        "gatepost-kiosk",
        "gatepost-radio",
        "gatepost-agent",
        "gatepost-screen",
        "gatepost-check",
    } <= accounts.users.keys()
    assert accounts.uid("gatepost-kiosk") == 901
