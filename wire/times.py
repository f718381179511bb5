"""Points in time as people write them: ISO 8601 text with an offset, such as 2026-01-01T00:00:00+07:00."""

from datetime import datetime


def unix_ms(text: object) -> int:
    """Unix milliseconds of a time with its offset. Raises ValueError for anything else."""
    moment = datetime.fromisoformat(text if type(text) is str else "")
    if moment.tzinfo is None:
        raise ValueError("a time without its offset")
    try:
        return int(moment.timestamp() * 1000)
    except OverflowError as error:
        raise ValueError("a time outside the calendar") from error
