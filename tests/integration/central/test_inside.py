"""The health page says of the centre itself what somebody has to do: opener, keys, the signed log, the jobs."""

import threading
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from central.access import heads
from central.access.audit import Look, note
from central.access.roles import Purpose
from central.job_runs import last_runs
from central.jobs import Bench, Job, work
from central.rights.limits import limits
from central.vault.ceremony import rotate_case
from central.vault.client import HoldersClient
from central.vault.port import NoOpener, Vault
from central.web.app import Site, make_app
from central.web.inside import ROTATE_DAYS
from tests.parts.centre import NOW_MS, Centre
from tests.parts.vault import running_opener

DAY_MS = 86_400_000


@pytest.fixture
def database() -> str:
    """One statement is in question, and it is plain."""
    return "sqlite"


@pytest.fixture
def opener(centre: Centre) -> Iterator[Vault]:
    """A running one."""
    with running_opener(centre) as vault:
        yield vault


def client_of(centre: Centre, vault: Vault, now_ms: int = NOW_MS) -> FlaskClient:
    """The operator."""
    client = make_app(Site(centre.engine, centre.ring, [], frozenset(), lambda: now_ms, vault)).test_client()
    client.get(f"/?token={centre.ring.operator_token()}")
    return client


def marks(client: FlaskClient) -> dict[str, str]:
    """What /health.json says of the inside: what -> mark."""
    return {one["what"]: one["mark"] for one in client.get("/health.json").get_json()["inside"]}


def test_a_young_centre_with_an_opener_is_well(centre: Centre, opener: Vault) -> None:
    client = client_of(centre, opener)
    said = marks(client)
    assert said == {"opener_is_open": "good", "head_none": "off", "key_renew": "good", "jobs_none": "off"}
    page = client.get("/health?lang=en").text
    assert "case keys held: 1" in page and "No job has run yet" in page


def test_an_opener_that_is_away_or_has_no_key_is_said(centre: Centre) -> None:
    assert marks(client_of(centre, NoOpener()))["opener_none"] == "off"
    with running_opener(centre, keys=[]) as vault:
        assert marks(client_of(centre, vault))["opener_is_locked"] == "watch"
        HoldersClient(vault.path).lock()
    page = client_of(centre, vault).get("/health?lang=en").text
    assert "Does not answer" in page and "Something needs a look" in page


def test_keys_say_when_they_are_to_be_renewed_and_when_they_may_go(centre: Centre) -> None:
    rotated = centre.ring.roots()[0].issued_ms + 40 * DAY_MS
    assert marks(client_of(centre, NoOpener(), rotated - 20 * DAY_MS))["key_renew"] == "good"
    assert marks(client_of(centre, NoOpener(), rotated))["key_renew_late"] == "watch"
    rotate_case(centre.keys, rotated)
    said = marks(client_of(centre, NoOpener(), rotated))
    assert (said["key_destroy"], said["key_renew"]) == ("good", "good")
    late = rotated + (limits().of("sealed_records").days + ROTATE_DAYS) * DAY_MS
    said = marks(client_of(centre, NoOpener(), late))
    assert (said["key_destroy_late"], said["key_renew_late"]) == ("watch", "watch")


def test_a_signed_head_grows_old(centre: Centre) -> None:
    with centre.engine.begin() as connection:
        for _ in range(3):
            note(connection, Look("ca.truc", "named", Purpose.TRACING, "BN-1"), NOW_MS)
        heads.publish_head(connection, centre.ring, NOW_MS)
        note(connection, Look("ca.truc", "named", Purpose.TRACING, "BN-1"), NOW_MS)
    assert marks(client_of(centre, NoOpener()))["head_is"] == "good"
    client = client_of(centre, NoOpener(), NOW_MS + 2 * DAY_MS)
    assert marks(client)["head_is"] == "watch"
    assert "over 3 rows; 1 rows are newer" in client.get("/health?lang=en").text


def test_jobs_say_when_they_ran_and_whether_they_failed(centre: Centre) -> None:
    stop, runs = threading.Event(), []

    def good(_: Bench) -> bool:
        runs.append("good")
        return len(runs) < 3

    def bad(_: Bench) -> bool:
        raise ValueError("a defect")

    def last(_: Bench) -> bool:
        stop.set()
        return False

    bench = Bench(centre.engine, centre.ring, lambda: NOW_MS)
    work(bench, [Job("good", 60, good), Job("bad", 600, bad), Job("last", 60, last)], stop)
    with centre.engine.connect() as connection:
        found = {one.name: one for one in last_runs(connection)}
    assert (found["good"].good_ms, found["good"].fails, found["bad"].fails) == (NOW_MS, False, True)
    page = client_of(centre, NoOpener()).get("/health?lang=en").text
    assert "bad: failed 0 s ago" in page and "good: done 0 s ago" in page
    page = client_of(centre, NoOpener(), NOW_MS + 200_000).get("/health?lang=en").text
    assert "good: last 3 min ago, late" in page
