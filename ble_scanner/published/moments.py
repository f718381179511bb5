"""PURE. Times as the published files write them, in Unix milliseconds."""

from datetime import UTC, datetime

# Bluezone wrote milliseconds on Android and seconds on iOS, under one name. In seconds this is the year 5138, in
# milliseconds 1973: nothing that people carried about lies on the wrong side.
_SECONDS_BELOW = 100_000_000_000
MOST_MS = 1 << 47  # the year 6429


def unix_ms(number: int | float) -> int:
    """Unix ms of a number in seconds or milliseconds. Raises ValueError where it can be neither."""
    if number != number or not 0 <= number <= MOST_MS:
        raise ValueError("không phải giờ Unix / no Unix time")
    return int(number) if number >= _SECONDS_BELOW else round(number * 1000)


def moment_ms(value: object) -> int:
    """Unix ms of a number (`unix_ms`) or of an ISO 8601 text, UTC where it names no zone. Raises ValueError."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return unix_ms(value)
    if not isinstance(value, str):
        raise ValueError("cần giờ / a time expected: Unix s, Unix ms, ISO 8601")
    at = datetime.fromisoformat(value)
    return unix_ms(round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000))
