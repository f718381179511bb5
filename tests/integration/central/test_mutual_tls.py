"""The configurations that broker-config writes: a kiosk gets in with its certificate and speaks for itself alone."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from central.broker_config import mosquitto_config, nats_config
from central.keys import new_serial
from central.registry import all_devices, revoke_device
from tests.parts.brokers import KINDS, Broker
from tests.parts.centre import Centre, Program, make_centre
from tests.parts.devices import SyntheticDevice
from tests.parts.kiosk_side import KioskSide
from tests.parts.ports import hold_port
from tests.parts.waits import wait_for
from tests.parts.warm import Nursery
from wire import topics
from wire.certificates import issue, make_csr, make_tls_key, serial_of

NAMES = ("t-gate-1", "t-gate-2")


@dataclass(slots=True)
class Site:
    """A centre with mTLS: its broker, its devices and their certificates in `folder`."""

    centre: Centre
    broker: Broker
    folder: Path
    devices: dict[str, SyntheticDevice]
    url: str

    def context(self, name: str) -> ssl.SSLContext:
        """What a kiosk of that name presents."""
        context = ssl.create_default_context(cafile=str(self.centre.keys / "ca.pem"))
        context.load_cert_chain(str(self.folder / f"{name}.pem"), str(self.folder / f"{name}.key"))
        return context

    def join(self, name: str, *subscriptions: str) -> KioskSide:
        """A kiosk's connection."""
        return KioskSide(self.url, name, subscriptions, tls=lambda: self.context(name))

    def configure(self) -> Path:
        """Write the broker's configuration for the devices as they stand."""
        with self.centre.engine.connect() as connection:
            known = all_devices(connection)
        ring, folder, port = self.centre.ring, self.broker.folder, self.broker.port
        if self.broker.kind == "nats":
            return nats_config(folder, ring, "127.0.0.1", port, known)
        now_ms = int(datetime.now(UTC).timestamp() * 1000)
        return mosquitto_config(folder, ring, "127.0.0.1", port, known, now_ms)


@pytest.fixture(params=KINDS)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """Two enrolled devices and a running broker that demands certificates."""
    centre = make_centre(f"sqlite:///{tmp_path}/central.db", tmp_path)
    names = {"nats": "nats.conf", "mosquitto": "mosquitto.conf"}
    config = tmp_path / f"broker-{request.param}" / names[request.param]
    broker = Broker(request.param, tmp_path, config=config, port=hold_port())
    site = Site(centre, broker, tmp_path, {}, f"mqtts://127.0.0.1:{broker.port}")
    for name in NAMES:
        site.devices[name] = centre.device(name)
        _give_certificate(site, name)
    assert site.configure() == config
    broker.start()
    yield site
    broker.stop()
    centre.engine.dispose()


def test_a_kiosk_delivers_and_is_answered_over_mutual_tls(site: Site, nursery: Nursery, tmp_path: Path) -> None:
    device = site.devices["t-gate-1"]
    options = ("--database", site.centre.url, "--keys", str(site.centre.keys), "--broker", site.url)
    ingest = Program(nursery, tmp_path, "ingest", *options)
    kiosk = site.join("t-gate-1", topics.receipt("t-gate-1"), f"{topics.ROOT}/bulletin/all/root/+")
    try:
        kiosk.send(device.topic, device.batch(1, 30))
        wait_for(lambda: kiosk.on(topics.receipt("t-gate-1")), "a receipt")
        wait_for(lambda: kiosk.on(topics.bulletin("all", "root", "1")), "the root")
        assert site.centre.one("SELECT count(*) FROM visit") == 30
    finally:
        kiosk.close()
        ingest.kill()


def test_a_kiosk_cannot_publish_as_another(site: Site) -> None:
    thief, victim = site.devices["t-gate-1"], site.devices["t-gate-2"]
    centre = KioskSide(site.url, "t-listener", [topics.up_shard(s) for s in range(16)], tls=lambda: _centre_tls(site))
    kiosk = site.join("t-gate-1")
    try:
        kiosk.post(victim.topic, b"not mine")
        kiosk.post(topics.receipt("t-gate-2"), b"not mine either")
        kiosk.post(topics.bulletin("all", "passes", "revoked"), b"nor this")
        wait_for(lambda: kiosk.client.is_connected(), "the broker may close the connection; the kiosk comes back")
        again = site.join("t-gate-2")
        again.send(victim.topic, b"my own")
        again.close()
        wait_for(lambda: centre.on(victim.topic), "what the right kiosk sent")
        assert centre.received == [(victim.topic, b"my own")]
        assert thief.topic != victim.topic
    finally:
        kiosk.close()
        centre.close()


def test_without_a_certificate_nobody_gets_in(site: Site) -> None:
    def no_certificate() -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(site.centre.keys / "ca.pem"))

    with pytest.raises(OSError):
        KioskSide(site.url, "t-gate-1", tls=no_certificate)


def test_a_revoked_kiosk_is_kept_out_after_a_reload(site: Site) -> None:
    site.join("t-gate-2").close()
    with site.centre.engine.begin() as connection:
        assert revoke_device(connection, "t-gate-2")
    site.configure()
    site.broker.stop()
    site.broker.start()
    site.join("t-gate-1").close()
    with pytest.raises(OSError):
        site.join("t-gate-2")


def _give_certificate(site: Site, name: str) -> None:
    start = datetime.now(UTC) - timedelta(days=1)
    key = make_tls_key()
    ca, serial = site.centre.ring.authority(), new_serial()
    certificate = issue(ca, make_csr(key, name), name, serial, start, start + timedelta(days=30))
    (site.folder / f"{name}.key").write_bytes(key)
    (site.folder / f"{name}.pem").write_bytes(certificate)
    with site.centre.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE device SET certificate_serial = ? WHERE id = ?", (f"{serial_of(certificate):032x}", name)
        )


def _centre_tls(site: Site) -> ssl.SSLContext:
    keys = site.centre.keys
    context = ssl.create_default_context(cafile=str(keys / "ca.pem"))
    context.load_cert_chain(str(keys / "centre.pem"), str(keys / "centre.key"))
    return context
