"""What came of a case's keys: what is no record of a case is not kept as one."""

import json
from dataclasses import replace
from typing import Any

import pytest

from central.radio.matched import matched_of
from tests.parts.matched import CANDIDATE, CASE, ENCOUNTER
from wire.records import ContactCandidate, Encounter
from wire.refusal import Refused


def test_an_encounter_becomes_a_row_of_its_case() -> None:
    row = matched_of(7, ENCOUNTER)
    assert (row.seq, row.kind, row.case) == (7, 3, CASE)
    assert row.values[:2] == ("bluezone", ENCOUNTER.identifier)
    assert json.loads(row.values[5]) == list(ENCOUNTER.buckets) and row.values[6] == 70


def test_a_candidate_names_the_case_s_identifier_first() -> None:
    row = matched_of(8, CANDIDATE)
    assert (row.kind, row.case) == (9, CASE)
    assert row.values[:4] == ("bluezone", ENCOUNTER.identifier, "tag", bytes(range(16)))


@pytest.mark.parametrize(
    ("record", "change"),
    [
        (ENCOUNTER, {"case": ""}),
        (ENCOUNTER, {"case": "F0\x00"}),
        (ENCOUNTER, {"system": "radar"}),
        (ENCOUNTER, {"end_ms": ENCOUNTER.start_ms - 1}),
        (CANDIDATE, {"case": "\n"}),
        (CANDIDATE, {"case_system": "radar"}),
        (CANDIDATE, {"system": ""}),
    ],
)
def test_what_belongs_to_no_case_is_refused(record: Encounter | ContactCandidate, change: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="bad_record"):
        matched_of(1, replace(record, **change))
