"""mqtts:// with certificates on both sides: who is let in, and who is not."""

from datetime import UTC, datetime, timedelta
from getpass import getuser
from pathlib import Path

import pytest

from sync_agent.broker import Lost, News, PahoBroker, Tls, Up
from tests.parts.brokers import KINDS, Broker
from tests.parts.ports import hold_port
from tests.parts.waits import wait_for
from tests.unit.sync_agent.both_ends import DEVICE
from wire.certificates import Authority, issue, issue_server, make_ca, make_csr, make_tls_key

_NOW = datetime.now(UTC)
_FROM, _TO = _NOW - timedelta(days=1), _NOW + timedelta(days=1)
_MOSQUITTO = """\
listener {port} 127.0.0.1
cafile {folder}/ca.crt
certfile {folder}/server.crt
keyfile {folder}/server.key
require_certificate true
use_identity_as_username true
allow_anonymous false
user {user}
"""
_NATS = """\
server_name: gatepost
listen: 127.0.0.1:-1
jetstream {{ store_dir: "{folder}/jetstream" }}
mqtt {{ listen: 127.0.0.1:{port}
  tls {{
    cert_file: "{folder}/server.crt", key_file: "{folder}/server.key", ca_file: "{folder}/ca.crt", verify: true
  }}
}}
"""


@pytest.mark.parametrize("kind", KINDS)
def test_only_a_device_of_our_authority_reaches_only_a_broker_of_our_authority(kind: str, tmp_path: Path) -> None:
    ours, theirs = (make_ca(name, 1, _FROM, _TO) for name in ("ours", "theirs"))
    broker = _broker(kind, tmp_path, ours)
    broker.start()
    try:
        url = broker.url.replace("mqtt:", "mqtts:")
        good = _device(tmp_path / "good", ours, trusts=ours)
        foreign = _device(tmp_path / "foreign", theirs, trusts=ours)
        misled = _device(tmp_path / "misled", ours, trusts=theirs)
        assert isinstance(_dial(good, url), Up)
        assert isinstance(_dial(foreign, url), Lost)
        assert "certificate" in str(_dial(misled, url)).lower()
        assert isinstance(_dial(None, url), Lost)
    finally:
        broker.stop()


def _broker(kind: str, folder: Path, ca: Authority) -> Broker:
    key, port = make_tls_key(), hold_port()
    (folder / "server.key").write_bytes(key)
    (folder / "server.crt").write_bytes(issue_server(ca, make_csr(key, "broker"), ["127.0.0.1"], 2, _FROM, _TO))
    (folder / "ca.crt").write_bytes(ca.certificate)
    config = folder / "tls.conf"
    config.write_text((_NATS if kind == "nats" else _MOSQUITTO).format(folder=folder, port=port, user=getuser()))
    return Broker(kind, folder, config=config, port=port)


def _device(folder: Path, ca: Authority, *, trusts: Authority) -> Tls:
    folder.mkdir()
    key = make_tls_key()
    tls = Tls(folder / "ca.crt", folder / "tls.crt", folder / "tls.key")
    tls.key.write_bytes(key)
    tls.certificate.write_bytes(issue(ca, make_csr(key, DEVICE), DEVICE, 3, _FROM, _TO))
    tls.ca.write_bytes(trusts.certificate)
    return tls


def _dial(tls: Tls | None, url: str) -> News:
    broker = PahoBroker(DEVICE, tls)
    broker.dial(url)
    news = wait_for(lambda: broker.turn(0.05), "an answer")
    broker.close()
    return news[0]
