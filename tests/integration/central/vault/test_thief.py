"""Whoever steals the web process's memory and the database, but not the opener's key, reads no name.

Real processes: web and opener. Officers look at every page there is; then the memory of web is read as a thief would,
from /proc/PID/mem, and so is every byte of the database's files.
"""

import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from central.access.accounts import begin_session, create_account
from central.access.roles import Grant, Purpose, load_roles
from central.people.persons import persons_of
from central.statements import run
from central.vault.client import OpenerClient
from central.vault.port import Asking, RecordId
from central.web.console import all_pages
from central.web.entering import COOKIE
from forms.packed import pack
from tests.integration.central.conftest import Template
from tests.parts.centre import NOW_MS, ROOT, Centre, Program, open_migrated
from tests.parts.people import FORMS, say
from tests.parts.vault import socket_path
from tests.parts.warm import Nursery
from tests.unit.forms.library import filled
from wire.records import Declaration, Direction, IdentityKind, Signal, Visit

NAMES = ("NGUYỄN VĂN THỬ", "Trần Thị Mẫu")
NUMBERS = ("099099000001", "099099000002")
PHONES = ("0900123451", "0900123452")
CASE = "BN-2026-000001"


@pytest.fixture
def robbed(template: Template, tmp_path: Path) -> Iterator[Centre]:
    """A centre to which two people have come: one by a visit with a name, one by a form."""
    of = template("sqlite")
    keys = Path(shutil.copytree(of.keys, tmp_path / "keys"))
    shutil.copy(of.keys.with_name("central.db"), tmp_path)
    centre = open_migrated(f"sqlite:///{tmp_path}/central.db", keys)
    form = FORMS["domestic"]
    answers = pack(form, {**filled(form), **say(form, full_name=NAMES[1], phone=PHONES[1])})
    device = centre.device()
    device.add(Visit(Direction.IN, Signal.ALLOW, IdentityKind.CCCD, NUMBERS[0], name=NAMES[0], phone=PHONES[0]))
    device.add(Declaration(IdentityKind.CCCD, NUMBERS[1], Signal.ASK, form=form.canonical, answers=answers))
    centre.take(device.batch(1, 2))
    yield centre
    centre.engine.dispose()


def open_case(centre: Centre, now_ms: int) -> None:
    """A signed case of whoever came first; who declared is its contact."""
    (who,), (contact,) = centre.rows("SELECT person FROM visit UNION ALL SELECT person FROM declared")
    with centre.engine.begin() as connection:
        known = persons_of(connection, [(one, int(IdentityKind.CCCD)) for one in (who, contact)], now_ms)
        person = known[who]
        sql = (
            "INSERT INTO case_file (id, person, disease, state, evidence, reference, rule, from_ms, to_ms, ward,"
            " province, opened_by, opened_ms, signed_by, signed_ms)"
            " VALUES (?, ?, 'measles', 'confirmed', 'laboratory', 'L-1', 'r', 0, ?, '', '', 'a', ?, 'b', ?)"
        )
        run(connection, sql, (CASE, person, NOW_MS, now_ms, now_ms))
        sql = (
            "INSERT INTO contact (id, case_id, person, hop, overlap_ms, reasons, last_ms, label, definition, ward,"
            " province, state) VALUES (1, ?, ?, 1, 1, '[]', 0, '', '', '', '', 'listed')"
        )
        run(connection, sql, (CASE, known[contact]))


def officer(centre: Centre, now_ms: int) -> str:
    """A session of somebody who may see every page: they hold each role that there is."""
    with centre.engine.begin() as connection:
        grants = [Grant(role, "all") for role in load_roles().names()]
        create_account(connection, "tat-ca", "Cán bộ THỬ", None, grants, now_ms)
        return begin_session(connection, "tat-ca", now_ms, strong=True)


def look_around(base: str, session: str) -> int:
    """Every page that has an address without parts; how many were shown."""
    shown = 0
    for rule in ["/", *(page.rule for page in all_pages() if "<" not in page.rule and "GET" in page.methods)]:
        request = urllib.request.Request(base.rstrip("/") + rule, headers={"Cookie": f"{COOKIE}={session}"})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                shown += answer.status == 200
                answer.read()
        except urllib.error.HTTPError as error:
            error.close()  # not for this role
    return shown


def read_name(base: str, session: str) -> str:
    """The page of contact 1 with the name opened, as an officer who calls them gets it."""
    address = base.rstrip("/") + "/contacts/1/name"
    request = urllib.request.Request(address, b"", headers={"Cookie": f"{COOKIE}={session}"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return str(answer.read().decode())


def memory_of(pid: int) -> Iterator[bytes]:
    """All that a process can write into: its heaps, stacks and data."""
    folder = Path(f"/proc/{pid}")
    with (folder / "maps").open() as maps, (folder / "mem").open("rb", 0) as memory:
        for line in maps:
            span, rights, *_ = line.split()
            start, end = (int(number, 16) for number in span.split("-"))
            if rights.startswith("rw"):
                memory.seek(start)
                yield memory.read(end - start)


def spellings(text: str) -> set[bytes]:
    """As UTF-8, as CPython keeps strings (two or four bytes a character), as JSON writes it, and without accents."""
    return {text.encode(code) for code in ("utf-8", "utf-16-le", "utf-32-le")} | {ascii(text)[1:-1].encode()}


def found_in(memory: Iterator[bytes], wanted: dict[str, set[bytes]]) -> set[str]:
    found: set[str] = set()
    for part in memory:
        found |= {name for name, forms in wanted.items() if name not in found and any(form in part for form in forms)}
    return found


def test_memory_of_web_and_the_database_name_nobody(robbed: Centre, nursery: Nursery, tmp_path: Path) -> None:
    now_ms = time.time_ns() // 1_000_000
    open_case(robbed, now_ms)
    session = officer(robbed, now_ms)
    options = ["--database", robbed.url, "--keys", str(robbed.keys)]
    with socket_path() as path:
        opener = Program(nursery, tmp_path, "opener", "--socket", str(path), *options)
        words = ["web", "--listen", "127.0.0.1:0", "--opener", str(path), *options]
        web = subprocess.Popen([sys.executable, "-m", "central", *words], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        try:
            assert web.stdout is not None
            base = web.stdout.readline().partition('"url": "')[2].partition('"')[0]
            assert look_around(base, session) > 10
            # The opener does know: whoever may, reads one of them.
            asking = Asking(session, Purpose.TRACING, CASE)
            (opened,) = OpenerClient(path).open(asking, [RecordId(1, 1)])
            assert opened.fields["name"] == NAMES[0]
            secrets = {text: spellings(text) for text in (*NAMES, *NUMBERS, *PHONES)}
            secrets |= {f"key {name}": {seed, seed.hex().encode()} for name, seed in keys_of(robbed).items()}
            control = {"control": {robbed.ring.fingerprint().hex().encode(), b"/sign-in"}}
            assert found_in(memory_of(web.pid), secrets | control) == {"control"}
            # One name is opened: the page has it. When the next pages are served, it is overwritten.
            assert NAMES[1] in read_name(base, session)
            look_around(base, session)
            assert found_in(memory_of(web.pid), secrets | control) == {"control"}
            # Nor does a crash of the opener write its memory anywhere.
            assert re.search(r"Max core file size +0 +0 ", Path(f"/proc/{opener.pid}/limits").read_text())
        finally:
            web.terminate()
            web.communicate(timeout=20)
            opener.stop()
    database = (path.read_bytes() for path in tmp_path.glob("central.db*"))
    assert found_in(database, secrets | {"control": {b"v-cho-mau"}}) == {"control"}


def keys_of(centre: Centre) -> dict[str, bytes]:
    """What opens or signs, and web must not hold."""
    return {name: centre.ring.secret(name) for name in ("offline/case", "offline/root", "ingest", "pepper", "receipt")}
