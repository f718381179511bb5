"""Cases of the database as lists, chains, curve and sources; what is exported stands in the log."""

import json
from random import Random

import pytest

from central.access.audit import Look
from central.access.roles import Purpose
from central.database import insert_rows
from central.opening import Pseudonyms
from central.people.persons import persons_of
from central.places.places import place_number
from central.radio.standing import say
from central.statements import run
from central.tracing.exporting import export_lines
from central.tracing.heard import heard_near
from central.tracing.model import DAY_MS, HOUR_MS, MINUTE_MS, Index, size_of
from central.tracing.outbreak import cases_of, chains_of, curve_of, sources_of
from central.tracing.pictures import chain_picture
from central.tracing.schema import stay
from tests.parts.centre import NOW_MS, Centre
from wire.records import ContactCandidate, IdentityKind

CASES = {"BN-2026-000001": 0.0, "BN-2026-000002": 5.0}  # days of onset
MARKET = 1


def put_cases(centre: Centre) -> dict[str, int]:
    """Two cases who met on the day before the first one's onset, among forty visitors; case -> person."""
    persons = {}
    with centre.engine.begin() as connection:
        place_number(connection, "v-cho", NOW_MS)
        codes = [(bytes([number]) * 16, 1) for number in range(40)]
        found = [person for _, person in sorted(persons_of(connection, codes, NOW_MS).items())]
        rows = [
            (person, NOW_MS - DAY_MS, MARKET, NOW_MS - DAY_MS + HOUR_MS, size_of(HOUR_MS), 0) for person in found[:9]
        ]
        noon = NOW_MS - DAY_MS - 8 * HOUR_MS
        others = [(person, noon, MARKET, noon + HOUR_MS, size_of(HOUR_MS), 0) for person in found]
        insert_rows(connection, stay, rows + others)
        for (case, day), person in zip(CASES.items(), found, strict=False):
            onset = NOW_MS + int(day * DAY_MS)
            run(
                connection,
                "INSERT INTO case_file (id, person, disease, state, evidence, reference, rule, onset_ms, from_ms,"
                " to_ms, ward, province, opened_by, opened_ms)"
                " VALUES (?, ?, 'x', 'confirmed', 'laboratory', 'L1', 'r', ?, ?, ?, '', '', 'an', ?)",
                (case, person, onset, onset - 2 * DAY_MS, onset + 5 * DAY_MS, onset),
            )
            persons[case] = person
        why = json.dumps([["visit", MARKET, persons["BN-2026-000001"], NOW_MS - DAY_MS, NOW_MS, False]])
        run(
            connection,
            "INSERT INTO contact (case_id, person, hop, overlap_ms, reasons, last_ms, label, definition, ward,"
            " province, state) VALUES ('BN-2026-000001', ?, 1, 3600000, ?, ?, '', '', '', '', 'listed')",
            (found[5], why, NOW_MS),
        )
    return persons


def test_chain_curve_and_sources_of_cases(centre: Centre) -> None:
    put_cases(centre)
    with centre.engine.begin() as connection:
        cases = cases_of(connection, list(CASES))
        (link,) = chains_of(connection, cases)
        assert (link.source, link.case, link.chosen) == ("BN-2026-000001", "BN-2026-000002", True)
        assert "BN-2026-000002" in chain_picture(cases, [link], "Chuỗi")
        assert [sum(day.counts.values()) for day in curve_of(connection, list(CASES))] == [1, 0, 0, 0, 0, 1]
        (source,) = sources_of(connection, cases, Random(1))
        assert (source.place, len(source.cases), source.visitors) == (MARKET, 2, 9)


@pytest.mark.parametrize("form", ["csv", "xlsx", "fhir"])
def test_each_export_is_one_row_of_the_log_that_says_how_many(centre: Centre, form: str) -> None:
    put_cases(centre)
    look = Look("an.officer", "trace.export", Purpose.TRACING, "BN-2026-000001", "tracer")
    with centre.engine.begin() as connection:
        made = export_lines(connection, look, list(CASES), form, NOW_MS)  # type: ignore[arg-type]
    assert len(made) > 100
    ((action, detail),) = centre.rows("SELECT action, detail FROM audit")
    assert action == "trace.export"
    assert json.loads(detail) == {"form": form, "lines": 1, "cases": 2}


def test_a_tag_heard_with_a_case_is_the_person_who_showed_its_pass(centre: Centre) -> None:
    persons = put_cases(centre)
    names, tag = Pseudonyms(b"pepper"), bytes(range(16))
    pseudonym = names.of(IdentityKind.PASS, tag.hex())
    assert pseudonym is not None
    case = "BN-2026-000001"
    start = NOW_MS // MINUTE_MS * MINUTE_MS - HOUR_MS
    gate = centre.device()
    gate.add(ContactCandidate(case, "bluezone", b"c" * 16, "tag", tag, start, start + HOUR_MS, 20, 3))
    gate.add(ContactCandidate(case, "bluezone", b"c" * 16, "bluezone", b"d" * 16, start, start + HOUR_MS, 20, 3))
    centre.take(gate.batch(1, 2))
    index = Index(persons[case], NOW_MS - DAY_MS, NOW_MS)
    with centre.engine.begin() as connection:
        assert heard_near(connection, names, case, index, NOW_MS) == []  # nobody has said that the case stands
        say(connection, case, "confirmed", NOW_MS)
        assert heard_near(connection, names, case, index, NOW_MS) == []  # nobody has shown the tag's pass
        holder = persons_of(connection, [(pseudonym, int(IdentityKind.PASS))], NOW_MS)[pseudonym]
        ((person, why),) = heard_near(connection, names, case, index, NOW_MS)
        assert (person, why.kind, why.other, why.end_ms - why.start_ms) == (holder, "candidate", index.person, HOUR_MS)
        say(connection, case, "ruled_out", NOW_MS)
        assert heard_near(connection, names, case, index, NOW_MS) == []
