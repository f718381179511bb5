"""What is said to the service manager, over a real socket."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from machine.notify import PATIENCE_S, notify


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as there:
        there.bind(str(tmp_path / "notify"))
        yield there


def test_the_manager_hears_each_word(manager: socket.socket) -> None:
    for word in ("READY=1", "WATCHDOG=1", "STOPPING=1"):
        notify(word)
        assert manager.recv(64) == word.encode()


def test_a_deaf_manager_stops_no_gate(manager: socket.socket) -> None:
    began = time.monotonic()
    for _ in range(2_000):  # far more than a queue of datagrams holds
        notify("WATCHDOG=1")
    assert time.monotonic() - began < 60
    assert manager.recv(64) == b"WATCHDOG=1"


def test_ready_is_given_a_moment(manager: socket.socket) -> None:
    for _ in range(2_000):
        notify("WATCHDOG=1")
    began = time.monotonic()
    notify("READY=1")
    assert PATIENCE_S * 0.9 <= time.monotonic() - began < 30


def test_nobody_listens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    notify("READY=1")
