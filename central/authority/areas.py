"""PURE. From the areas that an officer holds to the rows that they may see."""

from collections.abc import Iterable


def rows_within(areas: Iterable[str], alias: str = "") -> tuple[str, tuple[str, ...]]:
    """(a condition with `?`, its values) on the columns ward and province of a table; none for no area.

    A right over a venue reaches no row here: cases and contacts lie in wards.
    """
    held = set(areas)
    if "all" in held:
        return "1 = 1", ()
    prefix = f"{alias}." if alias else ""
    parts, values = [], []
    for kind in ("province", "ward"):
        codes = sorted(area.removeprefix(f"{kind}-") for area in held if area.startswith(f"{kind}-"))
        if codes:
            parts.append(f"{prefix}{kind} IN ({', '.join('?' * len(codes))})")
            values += codes
    return (f"({' OR '.join(parts)})", tuple(values)) if parts else ("1 = 0", ())
