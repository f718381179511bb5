"""Slips of paper as a guard types them: read strictly, whatever comes, and the words for what does not fit."""

import json
import re
import unicodedata
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ui
from ui.guard.paper import KEPT_MS, NotASlip, read_identity, read_slip
from ui.guard.tally import WINDOW_S, Tally
from ui.screen import View
from wire.overrides import ALLOW, KEEP_OUT, is_reason, name_of

NOW = 1_790_000_000_000
TAGS = ("vi", "en", "zh", "ko", "ja", "km", "lo", "th")
LOCALES = Path(ui.__file__).parent / "locales"
TEXTS: dict[str, dict[str, str]] = {tag: json.loads((LOCALES / tag / "guard.json").read_text("utf-8")) for tag in TAGS}
SLIP = {"number": 7, "told": "2026-09-21T06:42", "direction": "in", "people": 3, "identity": "099 099 000 001"}

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*SLIP, "card"]), inner),
)


def test_a_slip_is_read_with_its_own_time_in_viet_nam() -> None:
    slip = read_slip(SLIP, None, NOW)
    assert (slip.number, slip.people, slip.direction, slip.identity) == (7, 3, "in", ("cccd", "099099000001"))
    assert slip.told_ms == 1_789_947_720_000  # 2026-09-20 23:42 UTC


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"number": 0}, "slip_number"),
        ({"number": "7"}, "slip_number"),
        ({"number": True}, "slip_number"),
        ({"number": 10**9}, "slip_number"),
        ({"people": 0}, "slip_people"),
        ({"people": 11}, "slip_people"),
        ({"direction": "up"}, "slip_form"),
        ({"told": "2026-09-21"}, "slip_time"),
        ({"told": "2026-13-21T06:42"}, "slip_time"),
        ({"told": "2026-09-22T06:42"}, "slip_time"),
        ({"told": "2026-09-01T06:42"}, "slip_time"),
        ({"told": None}, "slip_time"),
        ({"identity": "<script>"}, "slip_identity"),
        ({"identity": "x" * 65}, "slip_identity"),
        ({"identity": 99}, "slip_identity"),
        ({"card": True}, "no_card"),
    ],
)
def test_what_does_not_fit_is_named(change: dict[str, object], problem: str) -> None:
    with pytest.raises(NotASlip) as refused:
        read_slip(SLIP | change, None, NOW)
    assert refused.value.problem == problem
    assert f"guard.problem.{problem}" in TEXTS["vi"]


def test_a_kiosk_without_the_time_takes_the_slips_word_for_it() -> None:
    assert read_slip(SLIP | {"told": "2031-01-01T00:00"}, None, None).told_ms > NOW


@pytest.mark.parametrize(
    ("typed", "identity"),
    [
        ("", None),
        ("  ", None),
        ("099099000001", ("cccd", "099099000001")),
        ("０９９０９９０００００１", ("cccd", "099099000001")),
        ("dn 479 9999000001", ("bhyt", "9999000001")),
        ("9999000001", ("bhyt", "9999000001")),
        ("0000000001", ("typed", "0000000001")),
        ("+84000000001", ("typed", "+84000000001")),
        ("x1234567", ("typed", "X1234567")),
    ],
)
def test_a_typed_number_is_of_the_kind_that_its_form_says(typed: str, identity: tuple[str, str] | None) -> None:
    assert read_identity(typed) == identity


@given(ANYTHING)
def test_whatever_comes_is_a_slip_or_a_named_problem(body: object) -> None:
    try:
        slip = read_slip(body, ("cccd", "099099000001"), NOW)
    except NotASlip as error:
        assert f"guard.problem.{error.problem}" in TEXTS["vi"]
    else:
        assert slip.told_ms >= NOW - KEPT_MS


@given(st.text(max_size=70))
def test_any_typed_identity_is_kept_short_and_plain(typed: str) -> None:
    try:
        identity = read_identity(typed)
    except NotASlip:
        return
    assert identity is None or re.fullmatch("[A-Z0-9+./-]{4,32}", identity[1])


def test_all_eight_languages_have_every_text_with_the_same_values() -> None:
    for tag in TAGS:
        assert TEXTS[tag].keys() == TEXTS["vi"].keys(), tag
        for key, text in TEXTS[tag].items():
            asked = [{name for _, name, _, _ in Formatter().parse(words) if name} for words in (text, TEXTS["vi"][key])]
            assert asked[0] == asked[1], (tag, key)
            assert text.strip() == text != "", (tag, key)
            assert unicodedata.is_normalized("NFC", text), (tag, key)


def test_every_text_is_used_and_every_used_text_is_there() -> None:
    """Keys stand in the page's parts without their prefix; problems, reasons and signals are made from codes."""
    folder = Path(ui.__file__).parent
    parts = [*(folder / "static" / "guard").glob("*.js"), *(folder / "templates" / "guard").glob("*.html")]
    page = "\n".join(path.read_text("utf-8") for path in parts)
    used = set(re.findall(r"""["']([A-Za-z0-9_.]+)["']""", page)) | set(re.findall(r"labels\.([a-z_]+)", page))
    keys = {key.removeprefix("guard.") for key in TEXTS["vi"] if key.startswith("guard.")}
    from_codes = {key for key in keys if key.startswith(("problem.", "recent."))}
    assert keys - used - from_codes == set()
    problems = set(re.findall(r'"((?:pin|slip)_[a-z]+|not_kept|wrong|wait|no_card)"', _source(folder / "guard")))
    problems |= {"lost", "slow", "busy", "not_recorded", "too_late"}
    assert {f"problem.{name}" for name in problems} == {key for key in keys if key.startswith("problem.")}


def _source(folder: Path) -> str:
    return "\n".join(path.read_text("utf-8") for path in [*folder.glob("*.py"), folder.parent / "static/guard/door.js"])


def test_every_reason_of_an_override_has_its_sentence_and_its_number_for_ever() -> None:
    assert ALLOW == {"known": 1, "papers_seen": 2, "helped_by_desk": 3, "emergency": 4, "with_adult": 5, "on_duty": 6}
    assert min(KEEP_OUT.values()) == 50
    for table, allow in ((ALLOW, True), (KEEP_OUT, False)):
        for name, number in table.items():
            assert name_of(number) == name
            assert is_reason(number, allow) and not is_reason(number, not allow)
            assert all(f"override.{name}" in TEXTS[tag] for tag in TAGS)
    assert name_of(4711) == "override_4711"
    assert {key for key in TEXTS["vi"] if key.startswith("override.")} == {f"override.{n}" for n in ALLOW | KEEP_OUT}


def test_no_reason_of_an_override_speaks_of_health() -> None:
    spoken = " ".join(text for key, text in TEXTS["en"].items() if key.startswith("override."))
    assert not re.search("ill|sick|fever|symptom|infect|disease|health|contact|expos", spoken, re.IGNORECASE)


def passes(occupancy: int, direction: str, *reasons: str, signal: str = "ALLOW") -> View:
    return View("result", signal, direction, reasons, "06:42", occupancy, 300)  # type: ignore[arg-type]


def test_a_quarter_of_an_hour_is_counted_by_people_and_by_how_they_came() -> None:
    tally = Tally()
    tally.see(View("idle", occupancy=10, capacity=300), 0, "")
    tally.see(passes(11, "in", "registered"), 1, "06:42:01")
    tally.see(passes(14, "in", "registered", "companions"), 2, "06:42:02")
    tally.see(passes(14, "in", "already_in"), 3, "06:42:03")
    tally.see(passes(14, "in", "expired", signal="ASK"), 4, "06:42:04")
    tally.see(passes(15, "in", "guard_allowed"), 5, "06:42:05")
    tally.see(passes(14, "out", "checked_out"), 6, "06:42:06")
    assert tally.counts(10) == (5, 1, 80)
    assert [(one.signal, one.direction, one.people, one.at) for one in tally.recent] == [
        ("ALLOW", "out", 1, "06:42:06"),
        ("ALLOW", "in", 1, "06:42:05"),
        ("ASK", "in", 1, "06:42:04"),
        ("ALLOW", "in", 3, "06:42:02"),
    ]
    assert tally.counts(WINDOW_S + 30) == (0, 0, None)


def test_a_way_out_of_its_own_counts_people_though_nobody_is_counted_inside() -> None:
    tally = Tally()
    for second in range(3):
        tally.see(passes(0, "out", "checked_out"), second, "")
    assert tally.counts(5) == (0, 3, None)


@given(st.lists(st.tuples(st.integers(0, 20), st.floats(0, 100)), max_size=300))
def test_the_tally_stays_small_and_never_counts_below_zero(walk: list[tuple[int, float]]) -> None:
    tally, now = Tally(), 0.0
    for occupancy, later in walk:
        now += later
        tally.see(passes(occupancy, "in", "registered"), now, "")
        came, left, share = tally.counts(now)
        assert came >= 0 and left == 0 and (share is None or share == 100)
    assert len(tally._spans) <= WINDOW_S / 10 + 1
