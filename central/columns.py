"""Column types that every table of the centre shares."""

from sqlalchemy import BigInteger, Integer

# 64 bits everywhere; SQLite's STRICT tables know them as INTEGER, and only that numbers itself.
NUMBER = BigInteger().with_variant(Integer, "sqlite")
