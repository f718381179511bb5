"""A case with four contacts, two signed-in officers each way, and the real opener."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from flask.testing import FlaskClient

from central.access.accounts import begin_session, create_account
from central.access.roles import Grant
from central.alerts.publishing import send_released
from central.alerts.sealing import make_sender_key
from central.jobs import Bench
from central.web.app import Site, make_app
from central.web.entering import COOKIE
from tests.parts.centre import NOW_MS, Centre
from tests.parts.exposed import World, make_world
from tests.parts.vault import running_opener


@dataclass
class Night:
    """The centre's pages and jobs at one clock."""

    world: World
    site: Site
    clock: list[int]
    _clients: dict[str, FlaskClient] = field(default_factory=dict, repr=False)
    _app: Flask | None = None

    @property
    def centre(self) -> Centre:
        return self.world.centre

    @property
    def bench(self) -> Bench:
        return Bench(self.centre.engine, self.centre.ring, lambda: self.clock[0])

    def officer(self, role: str, login: str = "") -> FlaskClient:
        """A signed-in client; the same login is the same person."""
        login = login or role.replace("_", "-")
        if login not in self._clients:
            with self.centre.engine.begin() as connection:
                create_account(connection, login, "Cán bộ THỬ", None, [Grant(role, "all")], self.clock[0])
                secret = begin_session(connection, login, self.clock[0], strong=True)
            self._app = self._app or make_app(self.site)
            client = self._app.test_client()
            client.set_cookie(COOKIE, secret)
            self._clients[login] = client
        return self._clients[login]

    def post(self, client: FlaskClient, path: str, **fields: str) -> int:
        """Press a button of a page that was just loaded; the status. Other fields, another loading."""
        token = hashlib.sha256(repr((path, fields, id(client))).encode()).hexdigest()[:32]
        return client.post(path, data={"once": token, **fields}).status_code

    def propose(self) -> int:
        """The id of a new release."""
        assert self.post(self.officer("case_officer"), "/alerts/propose", case=self.world.case) == 303
        return int(self.centre.one("SELECT max(id) FROM release"))

    def release(self, number: int) -> int:
        return self.post(self.officer("head"), f"/alerts/{number}/release")

    def run(self) -> None:
        """The job that sends."""
        while send_released(self.bench):
            pass

    def states(self) -> dict[str, str]:
        return dict(self.centre.rows("SELECT channel, state FROM reach"))


@pytest.fixture
def night(centre: Centre) -> Iterator[Night]:
    """Four contacts: by pass, by phone, by both, by nothing. No channel but the gates is ready."""
    clock = [NOW_MS]
    world = make_world(centre)
    make_sender_key(centre.ring.folder)
    with running_opener(centre, lambda: clock[0]) as vault:
        site = Site(centre.engine, centre.ring, ["mqtt://b"], frozenset(), lambda: clock[0], vault)
        yield Night(world, site, clock)
