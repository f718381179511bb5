"""Records of a case as a gate would send them, with invented identifiers."""

from dataclasses import replace

from wire.records import ContactCandidate, Encounter

START_MS = 1_790_000_000_000
CASE = "F0-01"
ENCOUNTER = Encounter(
    system="bluezone",
    identifier=bytes.fromhex("490c085d937456a4dd07e710"),
    start_ms=START_MS,
    end_ms=START_MS + 18 * 60_000,
    windows=17,
    buckets=(0, 2, 9, 6, 0, 0, 0, 0),
    case=CASE,
    confidence=70,
)
CANDIDATE = ContactCandidate(
    case=CASE,
    case_system="bluezone",
    case_identifier=ENCOUNTER.identifier,
    system="tag",
    identifier=bytes(range(16)),
    start_ms=START_MS + 60_000,
    end_ms=START_MS + 16 * 60_000,
    windows=15,
    bucket=3,
)


def encounter_of(case: str) -> Encounter:
    """The same of another case."""
    return replace(ENCOUNTER, case=case)
