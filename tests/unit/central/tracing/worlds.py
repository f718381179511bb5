"""Small random worlds for Hypothesis: few places and people, so that everything meets, in whole minutes and odd ms."""

from hypothesis import strategies as st

from central.tracing.model import ContactRule, Index, Stay

_AT = st.integers(0, 40)
_LENGTH = st.one_of(st.integers(0, 8), st.integers(0, 60))
STAYS = st.lists(
    st.builds(
        lambda place, person, start, length: Stay(place, person, start, start + length),
        st.integers(1, 3),
        st.integers(1, 9),
        _AT,
        _LENGTH,
    ),
    max_size=30,
)
INDEXES = st.lists(
    st.builds(lambda person, start, length: Index(person, start, start + length), st.integers(1, 9), _AT, _LENGTH),
    min_size=1,
    max_size=3,
)
RULES = st.builds(
    lambda least, hops, in_order: ContactRule("test", least, 1 << 40, hops, in_order),
    st.integers(0, 6),
    st.integers(1, 3),
    st.booleans(),
)
