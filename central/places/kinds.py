"""PURE. The kinds of a place, and which settings a kiosk there begins with."""

KINDS = (
    *("market", "supermarket", "restaurant", "school", "hospital", "clinic"),
    *("office", "factory", "lodging", "border", "other"),
)
_OF_KIOSK = {"supermarket": "market", "restaurant": "market", "clinic": "hospital"}
_KIOSKS = frozenset({"market", "school", "hospital", "border", "office"})  # central.kiosk_toml.KINDS


def kiosk_kind(kind: str) -> str:
    """The kind in a kiosk's settings: the nearest one that a kiosk knows."""
    return kind if kind in _KIOSKS else _OF_KIOSK.get(kind, "office")
