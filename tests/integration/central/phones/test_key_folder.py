"""The public pages do all their work with a folder in which nothing lies that opens anything."""

from dataclasses import replace
from pathlib import Path

from central.__main__ import main
from central.keys import Keyring
from central.phones.taking import take_handed_in
from tests.integration.central.phones.places import MARKET
from tests.parts.centre import Centre
from tests.parts.phone_pages import Clock, Phone, poster, public_app

OPENS = {"ingest.key", "pepper.key", "ca.key", "factors.key", "sender.key", "feedback.key", "operator.token", "offline"}


def test_a_phone_is_served_with_the_few_keys_alone(made: Centre, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    assert main(["public-keys", "--keys", str(made.keys), "--to", str(folder)]) == 0
    there = {path.name for path in folder.iterdir()}
    assert not there & OPENS
    assert not [name for name in there if name.startswith("bulletin-")]
    clock = Clock()
    phone = Phone(public_app(replace(made, ring=Keyring(folder)), clock), clock)
    phone.make_pass()
    assert phone.check("in", poster(made, MARKET))["signal"] == "ALLOW"
    phone.say("well", {"well": True, "language": "vi"})
    phone.say("receipts", {"code": "0000-0000-0000", "number": "079090123456"})
    take_handed_in(made.engine, made.ingest, clock.ms)
    phone.say("requests", {"kind": "access", "language": "vi"})
    shown = phone.say("mine", {})
    assert (len(shown["visits"]), len(shown["declarations"]), shown["claims"][0]["state"]) == (1, 1, "none")
    assert phone.say("end", {"delete": True})["id"]
