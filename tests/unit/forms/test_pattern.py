"""Patterns match what Python's own matcher says, and nothing makes them slow."""

import re
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.pattern import PatternRefused, compile_pattern

_ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "[a-c]", r"\d", r"\w", r"\.", "(?:ab)", "(a|b)", "(a|)"])
_REPEATS = st.sampled_from(["", "", "?", "*", "+", "{2}", "{1,3}", "{0,2}", "{2,}", "*?"])
_ROWS = st.lists(st.tuples(_ATOMS, _REPEATS).map("".join), max_size=5).map("".join)
_PATTERNS = st.lists(_ROWS, min_size=1, max_size=3).map("|".join)


@settings(deadline=None)
@given(_PATTERNS, st.text("ab1. ", max_size=8))
def test_it_agrees_with_pythons_matcher(pattern: str, text: str) -> None:
    expected = re.fullmatch(pattern, text, re.ASCII | re.DOTALL) is not None
    assert compile_pattern(pattern).matches(text) is expected


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (r"^[0-9]{9,12}$", "012345678", "01234567"),
        (r"[^@\s]+@[^@\s]+\.[^@\s]+", "thu@gatepost.example", "thu@gatepost"),
        (r"\p{L}[\p{L}\p{M} '-]*", "Nguyễn Văn Thử", "Thử 2"),
        (r"[^\p{N}]+", "abc", "ab1"),
        (r"\P{L}+", "123", "12a"),
        (r"\D\S\W", "a.!", "1.!"),
        (r"[\d.]+", "1.2", "1,2"),
        (r"[]a]+", "]a", "b"),
        (r"[a\-z]+", "a-z", "b"),
        (r"[a-]+", "a-", "b"),
        (r"(^a|b$)", "a", "ab"),
        (r"^(?:a|b)?$", "", "ab"),
        (r"\x41\u0042\t", "AB\t", "AB"),
        (r"a.c", "a漢c", "a\nc"),
        (r"[A-Z]{1,2}[0-9]{6,7}", "B1234567", "b1234567"),
        ("", "", "a"),
        ("(a|b)*abb", "ababb", "abab"),
    ],
)
def test_what_questionnaires_use(pattern: str, good: str, bad: str) -> None:
    compiled = compile_pattern(pattern)
    assert compiled.matches(good)
    assert not compiled.matches(bad)


@pytest.mark.parametrize(
    "pattern",
    [
        *("(", ")", "[", "[]", "[b-a]", r"[\d-z]", "a{", "a{2", "a{3,2}", "a{,2}", "*", "a**", "a{1}{2}"),
        *("^*", "a^b", "a$b"),
        *("(?=a)", "(?!a)", "(?<=a)", "(?i)a", "(?<n>a)", r"\1", r"\b", r"\Q", "\\", r"\p{Greek}", r"\pL", r"\u12"),
        *("[[:alpha:]]", "[a&&b]", "a{9999}", "(" * 40 + ")" * 40, "a" * 1001, "((a{100}){100}){100}", "(a?){2000}"),
        "".join(f"[{chr(0x4E00 + 2 * i)}-{chr(0x4E01 + 2 * i)}]" for i in range(100)),
    ],
)
def test_all_else_is_refused(pattern: str) -> None:
    with pytest.raises(PatternRefused):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    "pattern", ["(a*)*b", "(a|aa)+$", "(a|a?)+b", "(.*)(.*)(.*)(.*)(.*)x", "(a?){300}a{300}", "(a*a*){90}b"]
)
def test_no_text_makes_it_hang(pattern: str) -> None:
    try:
        compiled = compile_pattern(pattern)
    except PatternRefused:
        return
    begin = time.thread_time()
    compiled.matches("a" * 10_000 + "!")
    compiled.matches("".join(chr(0x4E00 + i) for i in range(10_000)))
    assert time.thread_time() - begin < 1  # seconds, where a backtracking matcher takes years


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_a_pattern_or_refused(pattern: str) -> None:
    with suppress(PatternRefused):
        compile_pattern(pattern).matches("a1")
