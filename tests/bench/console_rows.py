"""The rows that tests.bench.console lists by the thousand, in the SQL that SQLite and PostgreSQL share.

`{g:N}` stands for a series of N numbers as g.n, `{bytes}` for the type of bytes, `$persons` for how many people there
are, `$grounds` for what a zone was proposed on.
"""

from sqlalchemy.engine import Connection

from central.statements import run as ask
from central.tracing.model import DAY_MS, HOUR_MS
from central.zoning.proposing import Grounds
from tests.bench.tracing import KINDS, WINDOW

NOW_MS, TODAY = WINDOW[1], (WINDOW[1] + 7 * HOUR_MS) // DAY_MS
PLACES = 20_000


def digits(number: str, count: int) -> str:
    """SQL: a number of at most 16 digits, with zeros in front."""
    return f"substr(CAST(1{'0' * count} + {number} AS text), 2)"


def of_bytes(number: str, count: int) -> str:
    """SQL: so many bytes, different for each number below 10 ** 8."""
    return f"CAST('{'0' * (count - 8)}' || {digits(number, 8)} AS {{bytes}})"


def put_rows(connection: Connection, statements: tuple[str, ...], visits: int) -> None:
    """Run them. Keys into other tables are made right by hand here: PostgreSQL need not look up each of millions."""
    kind = KINDS[connection.dialect.name]
    if kind.name == "PostgreSQL":
        ask(connection, "SET LOCAL session_replication_role = replica")
    for sql in statements:
        first, _, rest = sql.partition("{g:")
        number, _, last = rest.partition("}")
        whole = first + kind.series.format(n=number) + last if rest else first
        whole = whole.replace("$persons", str(visits // 10)).replace("$grounds", _GROUNDS.text())
        whole = whole.replace("{bytes}", kind.bytes)
        ask(connection, whole if kind.name == "SQLite" else whole.replace("%", "%%"))


_COVERS = {name: [3, 60, 1, 20, 900, 20] for name in ("venues_only", "wards", "provinces", "best")}
_FIGURES = {f"{what}_{days}": 3.0 for what in ("cases", "contacts") for days in (3, 7, 14, 21, 28)}
_VENUES = [("v-00001", 3, NOW_MS - DAY_MS, NOW_MS)]
_GROUNDS = Grounds(_FIGURES, {"cases_14": 2}, _VENUES, 900, 20, _COVERS, NOW_MS - DAY_MS, NOW_MS)
PROVINCE = digits("1 + n % 34", 2)
WARD = f"{PROVINCE} || {digits('n / 34 % 97', 3)}"
_VENUE = f"'v-' || {digits(f'1 + n % {PLACES}', 5)}"
AGO = f"{NOW_MS} - n % 720 * {HOUR_MS}"  # within 30 days
WORLD = (
    f"INSERT INTO place (number, id, name, kind, ward, province, made_ms) SELECT n, 'v-' || {digits('n', 5)},"
    f" 'Chợ ' || n, CASE n WHEN 1 THEN 'border' ELSE 'market' END, {WARD}, {PROVINCE}, 0 FROM {{g:{PLACES}}}",
    "INSERT INTO station (id, name, ward, province, phone) SELECT DISTINCT 't-' || ward, 'Trạm y tế ' || ward, ward,"
    " province, '1900 0000' FROM place",
    "INSERT INTO device (id, venue, gate, public, kid, state, enrolled_ms, certificate_serial) SELECT 't-' || n,"
    f" 'v-' || {digits('n', 5)}, 'g-1', {of_bytes('n', 32)}, {of_bytes('n', 8)}, 'active', 0, '0a' FROM {{g:{PLACES}}}",
    "INSERT INTO stream (id, device, epoch, n, through_seq, opened_through, rejected, clock_fixes, first_ms, last_ms)"
    f" SELECT n, 't-' || n, {of_bytes('n', 8)}, 1, 100, 100, 0, 0, 0, {NOW_MS} - n FROM {{g:{PLACES}}}",
    "INSERT INTO device_state (device, online, backlog, at_ms) SELECT 't-' || n, CASE n % 50 WHEN 0 THEN 0 ELSE 1 END,"
    f" n % 3, {NOW_MS} - 1000 FROM {{g:{PLACES}}}",
    "INSERT INTO person (id, made_ms) SELECT n, 0 FROM {g:$persons}",
    f"INSERT INTO identity (pseudonym, kind, person, first_person) SELECT CAST({digits('id', 16)} AS {{bytes}}), 1, id,"
    " id FROM person",
    "DROP INDEX visit_venue_at",
    "DROP INDEX visit_person_at",
    "INSERT INTO visit (stream, seq, venue, gate, at_ms, offset_ms, clock, boot, direction, signal, identity_kind,"
    f" person, companions) SELECT place, row_number() OVER (), 'v-' || {digits('place', 5)}, 'g-1', in_ms, 0, 0,"
    f" CAST('01234567' AS {{bytes}}), 1, 1, 1, CAST({digits('person', 16)} AS {{bytes}}), 0 FROM stay",
    "CREATE INDEX visit_venue_at ON visit (venue, at_ms)",
    "CREATE INDEX visit_person_at ON visit (person, at_ms)",
)
ROWS = (
    "INSERT INTO kiosk_now (device, said_ms, away_ms, bye, backlog, oldest_ms, version, slot, disk_free_mb,"
    f" disk_wear_pct, disk_errors, temp_c, volts_low, clock, fails, warns, alarms) SELECT 't-' || n, {NOW_MS} - 30000,"
    f" CASE n % 50 WHEN 0 THEN {NOW_MS} - n * 1000 END, 0, n % 3, {NOW_MS} - n * 60000,"
    " CASE n % 15 WHEN 0 THEN '2026.11.2' ELSE '2026.11.1' END, 'a', 900 - n % 800, n % 90, 0, 40 + n % 40, 0,"
    f" 'synced', CASE n % 60 WHEN 0 THEN 'camera' ELSE '' END, '', '' FROM {{g:{PLACES}}}",
    "INSERT INTO alarm (kind, device, first_ms, last_ms, count, detail) SELECT 'kiosk_away', 't-' || n,"
    f" {AGO}, {AGO}, 1, 'lost' FROM {{g:600}}",
    "INSERT INTO case_file (id, disease, state, evidence, reference, rule, from_ms, to_ms, ward, province, opened_by,"
    f" opened_ms, signed_by, signed_ms, closed_ms, result_ms, person, onset_ms) SELECT 'BN-2025-' || {digits('n', 6)},"
    f" 'covid-19', 'closed', 'laboratory', 'XN', 'r', {AGO}, {AGO} + {DAY_MS}, {WARD}, {PROVINCE}, 'ca.1', {AGO},"
    f" 'ca.2', {AGO}, {AGO}, {AGO}, n, {AGO} FROM {{g:2000}}",
    "INSERT INTO declared (stream, seq, venue, kind, at_ms, day, person, identity_kind, outcome, reasons,"
    f" topic, triaged) SELECT 1, 1000000 + n, {_VENUE}, CASE n % 20 WHEN 0 THEN 4 WHEN 1 THEN 5 ELSE 2 END, {AGO},"
    f" ({AGO} + {7 * HOUR_MS}) / {DAY_MS}, CAST({digits('1 + n % 5000', 16)} AS {{bytes}}), 1, 1 + n % 3, '[4]', '', 1"
    f" FROM {{g:200000}}",
    "INSERT INTO triage (kind, stream, seq, day, person, venue, ward, province, rank, why, rules, station, made_ms,"
    f" due_ms, calls, closed_ms, outcome, officer) SELECT 'declaration', 1, 1000000 + n, {TODAY} - n % 30,"
    f" 1 + n % 5000, {_VENUE}, {WARD}, {PROVINCE}, 1 + n % 9, '[\"symptoms\"]', 'triage|1', '',"
    f" {AGO}, {AGO} + {DAY_MS}, 0,"
    f" CASE n % 2 WHEN 0 THEN {AGO} END, CASE n % 2 WHEN 0 THEN 'well' END, CASE n % 2 WHEN 0 THEN 'ca.3' END"
    f" FROM {{g:10000}}",
    "INSERT INTO arrival (stream, seq, person, passport, venue, ward, province, carrier, vehicle, seat, day,"
    " quarantine, stay_ward, stay_province, rule, release_day, made_ms, made_by) SELECT 1, 1000000 + n, 1 + n % 5000,"
    f" {of_bytes('n', 16)}, 'v-00001', '02000', '02', 'plane', 'VN' || (300 + n % 7), (1 + n / 6 % 40)"
    f" || substr('ABCDEF', CAST(1 + n % 6 AS integer), 1), {TODAY} - n % 20, 'elective', {WARD}, {PROVINCE},"
    f" 'arrivals|1', {TODAY} + 7, {AGO}, 'ca.3' FROM {{g:8000}}",
    "INSERT INTO warning (series, area, ward, province, day, people, expected_tenths, limit_tenths, rule, made_ms)"
    f" SELECT 'asked', 'ward-' || {WARD} || '-' || n, {WARD}, {PROVINCE}, {TODAY} - n % 30, 9, 20, 60,"
    f" 'baseline|1', {AGO} FROM {{g:3000}}",
    "INSERT INTO symptom_count (province, day, symptoms, people) SELECT"
    f" {PROVINCE}, {TODAY} - n / 34, 'fever_cough', 3 FROM {{g:1020}} WHERE true ON CONFLICT DO NOTHING",
    "INSERT INTO zone (area, ward, province, level, from_ms, to_ms, rule, reasons, words, proposed_by, proposed_ms)"
    f" SELECT 'ward-' || {WARD}, {WARD}, {PROVINCE}, CASE n % 3 WHEN 0 THEN 'yellow' WHEN 1"
    f" THEN 'orange' ELSE 'red' END, {AGO}, {AGO} + {14 * DAY_MS}, 'area-levels|1', '$grounds', '',"
    f" 'job:zones', {AGO} FROM {{g:3000}}",
    "INSERT INTO zone_event (zone, proposed_by, at_ms, what, actor, words) SELECT id, proposed_by, proposed_ms,"
    " 'decided', 'ca.2', '' FROM zone WHERE id % 2 = 0",
    "INSERT INTO rights_request (id, kind, channel, language, processors, asked_ms, opened_by, answer_due_ms, due_ms,"
    f" extended_why, identified_how, closed_ms, closed_by, outcome, reason) SELECT 'R-2026-' || {digits('n', 6)},"
    f" 'access', 'desk', 'vi', 0, {AGO}, 'ca.4', {AGO} + {2 * DAY_MS}, {AGO} + {15 * DAY_MS}, '', '',"
    f" CASE n % 2 WHEN 0 THEN {AGO} END,"
    f" CASE n % 2 WHEN 0 THEN 'ca.4' END, CASE n % 2 WHEN 0 THEN 'granted' END, '' FROM {{g:4000}}",
    f"INSERT INTO breach (id, drill, found_ms, found_by, kind, what, people) SELECT 'S-2026-' || {digits('n', 4)}, 1,"
    f" {AGO}, 'ca.4', 'lost_device', 'Diễn tập', 0 FROM {{g:200}}",
    "INSERT INTO flag (kind, person, place, other_place, at_ms, gap_ms, found_ms) SELECT 'two_places', 1 + n % 5000,"
    f" 1 + n, 2 + n, {AGO}, 60000, {AGO} FROM {{g:5000}}",
    "INSERT INTO public_notice (case_id, place, from_ms, to_ms, why, order_id, visitors, unreached, proposed_by,"
    f" proposed_ms, released_by, released_ms, ends_ms) SELECT 'BN-2025-' || {digits('n', 6)}, n,"
    f" {AGO}, {AGO} + {HOUR_MS}, 'unreached', '', 80, 9, 'ca.1', {AGO}, 'ca.2', {AGO}, {NOW_MS} + {DAY_MS}"
    f" FROM {{g:300}}",
    "INSERT INTO day_count (day, place, ins, outs, asked, stays, ended) SELECT"
    f" {TODAY} - n / {PLACES}, 1 + n % {PLACES}, 30, 28, 2, 30, 27 FROM {{g:600000}}",
    "INSERT INTO ward_day (day, province, ward, places, live, kiosks, kiosks_up, ins, outs, asked, stays, ended, due,"
    " done, triaged, closed, checks, checks_late, feedback, feedback_open, alerts, reached, minutes) SELECT"
    f" {TODAY} - n / 3298, {PROVINCE}, {WARD}, 6, 5, 6, 6, 90, 80, 3, 90, 80, 9, 8, 2, 1, 1, 0, 1, 0, 3, 2, 90"
    f" FROM {{g:98940}} WHERE true ON CONFLICT DO NOTHING",
    f"INSERT INTO report_day (day, made_ms, dirty) SELECT {TODAY} - n + 1, {NOW_MS}, 0 FROM {{g:30}}",
    "INSERT INTO difficulty (venue, ward, province, topic, words, raised_by, raised_ms, day) SELECT"
    f" {_VENUE}, {WARD}, {PROVINCE}, 'kiosk', 'Màn hình tối', 'ca.5', {AGO}, {TODAY} - n % 30 FROM {{g:3000}}",
)
