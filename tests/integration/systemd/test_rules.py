"""Who may ask the service manager for what: the polkit rules, run by a JavaScript engine as polkit runs them."""

import json
import shutil
import subprocess

import pytest

from ble_scanner import recovery
from tests.needs import need
from tests.parts.units import ROOT

RULES = ROOT / "usr/share/polkit-1/rules.d/50-gatepost.rules"
MANAGE = "org.freedesktop.systemd1.manage-units"
# polkit(8): rules are functions of an action and a subject; the first that answers decides.
ENGINE = """
var rules = [];
var results = {NOT_HANDLED: "not handled", YES: "yes", NO: "no"};
var polkit = {Result: results, addRule: function (rule) { rules.push(rule); }};
%s
console.log(JSON.stringify(%s.map(function (asked) {
    var action = {id: asked.id, lookup: function (key) { return asked[key]; }};
    return rules[0](action, {user: asked.user});
})));
"""


def judge(*asked: tuple[str, str, str, str]) -> list[str]:
    """The answers to (user, action, unit, verb)."""
    node = shutil.which("node")
    need(node is not None, "node")
    wishes = [{"user": user, "id": action, "unit": unit, "verb": verb} for user, action, unit, verb in asked]
    words = [str(node), "-e", ENGINE % (RULES.read_text("utf-8"), json.dumps(wishes))]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=30, check=True)
    answers: list[str] = json.loads(ended.stdout)
    return answers


def test_each_account_may_do_what_is_named_and_nothing_else() -> None:
    yes = [
        ("gatepost-radio", MANAGE, "bluetooth.service", "restart"),
        ("gatepost-radio", MANAGE, "reboot.target", "start"),
        ("gatepost-check", MANAGE, "reboot.target", "start"),
        ("gatepost-kiosk", MANAGE, "gatepost-reset.service", "start"),
    ]
    no = [
        ("gatepost-radio", MANAGE, "bluetooth.service", "stop"),
        ("gatepost-radio", MANAGE, "kiosk.service", "restart"),
        ("gatepost-check", MANAGE, "bluetooth.service", "restart"),
        ("gatepost-kiosk", MANAGE, "reboot.target", "start"),
        ("gatepost-agent", MANAGE, "bluetooth.service", "restart"),
        ("gatepost-screen", MANAGE, "reboot.target", "start"),
        ("gatepost-radio", "org.freedesktop.systemd1.manage-unit-files", "bluetooth.service", "restart"),
        ("gatepost-radio", "org.freedesktop.login1.reboot", "reboot.target", "start"),
        ("gatepost-agent", "org.freedesktop.NetworkManager.network-control", "", ""),
        ("constructor", MANAGE, "reboot.target", "start"),
        ("nobody", MANAGE, "reboot.target", "start"),
    ]
    assert judge(*yes, *no) == ["yes"] * len(yes) + ["no"] * len(no)
    assert judge(("root", MANAGE, "kiosk.service", "restart")) == ["not handled"]


@pytest.mark.parametrize("command", [recovery.RESTART_BLUETOOTH, recovery.REBOOT])
def test_the_radio_s_ladder_asks_for_what_it_may(command: tuple[str, ...]) -> None:
    wish = ("bluetooth.service", "restart") if "restart" in command else ("reboot.target", "start")
    assert judge(("gatepost-radio", MANAGE, *wish)) == ["yes"]
