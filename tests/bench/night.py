"""From a laboratory's result to 200 contacts with a channel or a task each: seconds by stage, and what officers press.

    python -m tests.bench night            # table
    python -m tests.bench.night FILE.svg   # the same, and the picture of docs/officers.md

One market day on SQLite. Everybody came through the gate of a synthetic kiosk and the real ingest; the case's form, the
signature, the tracing, the proposal and the release are posted to the pages by two officers; phones and passes are
found by a real opener. Not in it: the way of a text through the telephone network, and the officers' own time.
Of 200 contacts 40 have shown a pass, 40 gave a phone in a sealed declaration, 120 are a number alone. As many again and
half as many came after the case had left: a release to most of a place's visitors would wait for a third officer.
"""

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from flask.testing import FlaskClient

from central.alerts.publishing import send_released
from central.alerts.sealing import make_sender_key
from central.alerts.senders import Carriers
from central.alerts.sending import say_ready
from central.alerts.sms_smpp import SmppCarrier
from central.authority.days import HOUR_MS, MINUTE_MS, at
from central.jobs import Bench
from central.opening import Pseudonyms
from central.people.pass_links import link_passes
from central.places.places import Place, Station, describe_place, put_station
from central.tracing.stays import derive_stays
from central.web.app import Site, make_app
from forms.packed import pack
from tests.parts.centre import NOW_MS, Centre, make_centre
from tests.parts.officers import signed_in
from tests.parts.people import FORMS, say
from tests.parts.vault import running_opener
from tests.unit.forms.library import filled
from wire.envelope import pass_of, record_id
from wire.records import Declaration, Direction, IdentityKind, Record, Signal, Source, Visit

CONTACTS, QUICK_CONTACTS, BOUND_S = 200, 20, 10.0
PROVINCE, WARD, CASE_NUMBER = "79", "26740", "099200000000"
_FORM = FORMS["domestic"]
_ANSWERS = filled(_FORM)


class Stage(NamedTuple):
    """`seconds` of the wall clock; `clicks` are forms that an officer sent; `who` pressed, or "job"."""

    name: str
    seconds: float
    clicks: int
    who: str


class Night(NamedTuple):
    """The stages in order, and whom they left: contacts by channel, and how many have neither channel nor task."""

    stages: list[Stage]
    contacts: int
    channels: dict[str, int]
    without: int

    @property
    def seconds(self) -> float:
        """Machine time from the result's form to the last task."""
        return sum(stage.seconds for stage in self.stages)

    @property
    def clicks(self) -> int:
        """Forms that officers sent."""
        return sum(stage.clicks for stage in self.stages)


def run(quick: bool) -> list[dict[str, Any]]:
    """Rows for the table; see tests.bench."""
    wanted = QUICK_CONTACTS if quick else CONTACTS
    night = measure(wanted)
    rows: list[dict[str, Any]] = [
        {"name": f"night: {stage.name}", "value": stage.seconds, "unit": "s", "note": _pressed(stage)}
        for stage in night.stages
    ]
    total = {"name": "night: result to all with a channel or task", "value": night.seconds, "unit": "s"}
    told = ", ".join(f"{name} {count}" for name, count in sorted(night.channels.items()))
    rows.append({**total, "bound": f"<= {BOUND_S:g}", "note": f"{night.clicks} clicks of two officers; {told}"})
    rows.append(_count("night: contacts listed", night.contacts, wanted))
    rows.append(_count("night: contacts without a channel or a task", night.without, 0))
    return rows


def measure(contacts: int) -> Night:
    """One night from an empty centre."""
    with tempfile.TemporaryDirectory(prefix="gp-night-") as name:
        folder = Path(name)
        centre = make_centre(f"sqlite:///{folder}/central.db", folder)
        make_sender_key(centre.ring.folder)
        _prepare(centre)
        _market_day(centre, contacts)
        with running_opener(centre) as vault:
            site = Site(centre.engine, centre.ring, ["mqtt://b"], frozenset(), lambda: NOW_MS, vault)
            stages = _night(centre, site)
        channels = dict(centre.rows("SELECT channel, count(*) FROM contact GROUP BY channel"))
        night = Night(stages, centre.one("SELECT count(*) FROM contact"), channels, centre.one(_WITHOUT))
        centre.engine.dispose()
        return night


_WITHOUT = (
    "SELECT count(*) FROM contact c WHERE c.channel = ''"
    " AND NOT EXISTS (SELECT 1 FROM task t WHERE t.contact = c.id AND t.done_ms IS NULL)"
)


def _night(centre: Centre, site: Site) -> list[Stage]:
    app, stages = make_app(site), list[Stage]()
    opener = signed_in(app, centre.engine, "case_officer", f"province-{PROVINCE}", login="can-bo", now_ms=NOW_MS)
    second = signed_in(app, centre.engine, "head", f"province-{PROVINCE}", login="truong-ca", now_ms=NOW_MS)
    bench = Bench(centre.engine, centre.ring, lambda: NOW_MS)

    @contextmanager
    def stage(name: str, who: str, clicks: int = 1) -> Iterator[None]:
        began = time.perf_counter()
        yield
        stages.append(Stage(name, time.perf_counter() - began, clicks, who))

    with stage("stays derived", "job", 0):
        while derived(centre):
            pass
    with stage("opened", "first officer"):
        case = _send(opener, "/cases/new", "/cases/new", **_form())
    with stage("signed", "second officer"):
        _send(second, case, f"{case}/sign")
    with stage("traced", "first officer"):
        _send(opener, case, f"{case}/trace")
    with stage("proposed", "first officer"):
        release = _send(opener, "/alerts", "/alerts/propose", case=case.rpartition("/")[2])
    with stage("released", "second officer"):
        _send(second, release, f"{release}/release")
    with stage("sent", "job", 0):
        while send_released(bench):
            pass
    return stages


def derived(centre: Centre) -> bool:
    """One round of the jobs that make stays and link passes; whether more may be waiting."""
    with centre.engine.begin() as connection:
        more = link_passes(connection, Pseudonyms(centre.ring.secret("pepper")), NOW_MS)
    with centre.engine.begin() as connection:
        return derive_stays(connection, NOW_MS) or more


def _send(client: FlaskClient, page: str, path: str, **said: str) -> str:
    """Load a page and send a form of it, as an officer does; where it leads."""
    token = client.get(page).text.partition('name="once" value="')[2].partition('"')[0]
    answer = client.post(path, data={"once": token, **said})
    if answer.status_code != 303:
        raise AssertionError(f"{path}: {answer.status_code} {answer.text[:400]}")
    return answer.headers["Location"]


def _form() -> dict[str, str]:
    return {
        "disease": "covid-19",
        "evidence": "laboratory",
        "reference": "XN-7781",
        "result": at(NOW_MS - HOUR_MS).strftime("%Y-%m-%dT%H:%M"),
        "anchor": "onset",
        "day": at(NOW_MS).strftime("%Y-%m-%d"),
        "number": f"{CASE_NUMBER}|099000012|NGUYỄN VĂN THỬ|01012000|Nam|Phố Giả Định|01012022",
        "province": PROVINCE,
        "ward": WARD,
    }


def _prepare(centre: Centre) -> None:
    sms = SmppCarrier("127.0.0.1", "thu", "", "GATEPOST", tls=False)  # texts are sealed for it; nothing is dialled
    with centre.engine.begin() as connection:
        describe_place(connection, Place(0, "v-cho-mau", "Chợ Mẫu", "market", WARD, PROVINCE), NOW_MS)
        put_station(connection, Station("tyt-1", "Trạm y tế P. Mẫu", WARD, PROVINCE, "1900 0001"))
        say_ready(connection, Carriers({"sms": sms}, "https://gatepost.example"))


def _market_day(centre: Centre, contacts: int) -> None:
    """The case is at the market for three hours; each contact comes meanwhile and stays for at least 40 minutes."""
    device, came = centre.device(), NOW_MS - 8 * HOUR_MS
    passages: list[tuple[int, Record]] = [(0, _visit(CASE_NUMBER)), (180, _visit(CASE_NUMBER, Direction.OUT))]
    holders: list[int] = []
    for number in range(1, contacts + 1):
        code, start = f"099200{number:06d}", 10 + number % 60
        if number % 5 == 1:
            holders.append(start)
        else:
            passages.append((start + 1, _visit(code)))
            passages.append((start + 41 + number % 90, _visit(code, Direction.OUT)))
        if number % 5 == 2:
            phone = f"0900{number:06d}"
            answers = pack(_FORM, {**_ANSWERS, **say(_FORM, full_name="NGUYỄN VĂN THỬ", phone=phone, birth_year=1990)})
            passages.append((start, _declaration(code, answers)))
    for number in range(contacts * 3 // 2):
        passages.append((200 + number % 90, _visit(f"099400{number:06d}")))
        passages.append((300 + number % 90, _visit(f"099400{number:06d}", Direction.OUT)))
    for minute, record in sorted(passages, key=lambda one: one[0]):
        device.add(record, at_ms=came + minute * MINUTE_MS)
    for number, start in enumerate(holders):  # by the pass that the gate gave at the check-in they go out again
        seq = device.add(_visit(f"099300{number:06d}"), at_ms=came + start * MINUTE_MS)
        given = pass_of(record_id(device.device, device.epoch, seq)).hex()
        out = Visit(Direction.OUT, Signal.ALLOW, IdentityKind.PASS, given, (), source=Source.CAMERA)
        device.add(out, at_ms=came + (start + 60) * MINUTE_MS)
    for message in device.batches(len(device.sealed)):
        centre.take(message)


def _visit(number: str, way: Direction = Direction.IN) -> Visit:
    return Visit(way, Signal.ALLOW, IdentityKind.CCCD, number, (), source=Source.CAMERA)


def _declaration(number: str, answers: bytes) -> Declaration:
    said: dict[str, Any] = {
        "language": "vi",
        "authored": "2026-09-21T08:00:00+07:00",
        "consent": bytes(32),
        "order": "lenh-thu|1",
    }
    return Declaration(IdentityKind.CCCD, number, Signal.ALLOW, form=_FORM.canonical, answers=answers, **said)


def _pressed(stage: Stage) -> str:
    return f"{stage.clicks} click, {stage.who}" if stage.clicks else stage.who


def _count(name: str, found: int, wanted: int) -> dict[str, Any]:
    return {"name": name, "value": found, "unit": "people", "bound": f"= {wanted}", "holds": found == wanted}


_LEFT, _WIDTH, _ROW, _TOP = 190, 420, 30, 46
_OFFICER, _JOB = "#0072B2", "#E69F00"  # Okabe and Ito: told apart without red and green; jobs are hatched by a border


def picture(stages: Sequence[Stage], title: str) -> str:
    """PURE. A bar for each stage on one axis of seconds, each beginning where the one before ended."""
    total = sum(stage.seconds for stage in stages) or 1.0
    height = _TOP + _ROW * len(stages) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 {height}" role="img" aria-label="{escape(title)}"'
        f' font-family="sans-serif" font-size="13"><title>{escape(title)}</title>',
        f'<rect width="760" height="{height}" fill="#ffffff"/>',
        f'<text x="16" y="24" font-size="15">{escape(title)}</text>',
    ]
    before = 0.0
    for number, stage in enumerate(stages):
        x, y = _LEFT + before / total * _WIDTH, _TOP + number * _ROW
        width = max(2.0, stage.seconds / total * _WIDTH)
        fill = _OFFICER if stage.clicks else _JOB
        parts.append(f'<text x="{_LEFT - 10}" y="{y + 15}" text-anchor="end">{escape(stage.name)}</text>')
        parts.append(f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="20" fill="{fill}"/>')
        told = f"{stage.seconds:.2f} s · {_pressed(stage)}"
        right = x + width + 8
        near = f'x="{right:.1f}"' if right < _LEFT + _WIDTH * 0.75 else f'x="{x - 8:.1f}" text-anchor="end"'
        parts.append(f'<text {near} y="{y + 15}">{escape(told)}</text>')
        before += stage.seconds
    axis = height - 28
    parts.append(f'<path d="M{_LEFT} {axis}H{_LEFT + _WIDTH}" stroke="#444"/>')
    for share in (0.0, 0.5, 1.0):
        x = _LEFT + share * _WIDTH
        parts.append(f'<text x="{x:.1f}" y="{axis + 18}" text-anchor="middle">{share * total:.1f} s</text>')
    return "\n".join([*parts, "</svg>", ""])


def draw(target: Path) -> None:
    """Measure the night and write its picture."""
    night = measure(CONTACTS)
    title = f"{night.contacts} contacts: {night.seconds:.1f} s of machine time, {night.clicks} clicks"
    target.write_text(picture(night.stages, title), encoding="utf-8")
    print(title, night.channels, f"without a channel or a task: {night.without}")
    for stage in night.stages:
        print(f"{stage.name:<16} {stage.seconds:7.3f} s  {_pressed(stage)}")


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
