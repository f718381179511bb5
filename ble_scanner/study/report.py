"""PURE. What a folder of recordings says of telling near from far, as a document and as a table for people."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from ble_scanner.study.measures import area, best_f1
from ble_scanner.study.samples import Sample, Window, windows

OVERALL = "all"
_SAYS = (
    "Độ mạnh sóng Bluetooth không đo được khoảng cách: chỉ dùng để nói «cùng có mặt, bao lâu», và để xếp thứ tự.",
    "Bluetooth signal strength does not measure distance: it serves to say «present together, for so long», and to "
    "rank. It must never make a contact label by itself.",
)
_COLUMNS = (
    ("cảnh / scene", "scene"),
    ("mẫu / samples", "samples"),
    ("AUC 1", "auc_sample"),
    ("cửa sổ gần+xa / near+far", "windows"),
    ("AUC max", "auc_strongest"),
    ("AUC mean", "auc_mean"),
    ("F1", "f1"),
    ("dBm", "at_dbm"),
    ("P", "precision"),
    ("R", "recall"),
)


def report(samples: Sequence[Sample], near_m: float = 2.0, window_s: float = 300.0) -> dict[str, Any]:
    """The document. A sample is near at `near_m` or less; a window is by the median of its true distances, and in
    `by_nearest` by the least of them. AUC: 0.5 is a coin, 1 never errs; None where all is near or all far."""
    by_scene: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        by_scene[sample.scene].append(sample)
    scenes = {scene: _measured(part, windows(part, window_s), near_m) for scene, part in sorted(by_scene.items())}
    return {
        "near_m": near_m,
        "window_s": window_s,
        "pairs": len({(sample.scene, sample.pair) for sample in samples}),
        OVERALL: _measured(samples, windows(samples, window_s), near_m),
        "scenes": scenes,
        "says": list(_SAYS),
    }


def _measured(samples: Sequence[Sample], found: Sequence[Window], near_m: float) -> dict[str, Any]:
    near = [sample.rssi for sample in samples if sample.metres <= near_m]
    far = [sample.rssi for sample in samples if sample.metres > near_m]
    return {
        "samples": len(samples),
        "near": len(near),
        "far": len(far),
        "auc_sample": _rounded(area(near, far)),
        "windows": _told(*_split(found, [window.metres <= near_m for window in found])),
        "by_nearest": _told(*_split(found, [window.nearest <= near_m for window in found])),
    }


def _split(found: Sequence[Window], is_near: Sequence[bool]) -> tuple[list[Window], list[Window]]:
    pairs = list(zip(found, is_near, strict=True))
    return [window for window, near in pairs if near], [window for window, near in pairs if not near]


def _told(near: Sequence[Window], far: Sequence[Window]) -> dict[str, Any]:
    strongest = [window.strongest for window in near], [window.strongest for window in far]
    best = best_f1(*strongest)
    return {
        "near": len(near),
        "far": len(far),
        "auc_strongest": _rounded(area(*strongest)),
        "auc_mean": _rounded(area([window.mean for window in near], [window.mean for window in far])),
        "auc_third": _rounded(area([window.third for window in near], [window.third for window in far])),
        "best_f1": best and {name: _rounded(value) for name, value in best._asdict().items()},
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def table(document: Mapping[str, Any]) -> str:
    """The document for people, a line a scene."""
    rows = [_row(name, part) for name, part in [*document["scenes"].items(), ("tất cả / all", document[OVERALL])]]
    lines = [[title for title, _ in _COLUMNS], *([row[key] for _, key in _COLUMNS] for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(_COLUMNS))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    near, minutes = f"{document['near_m']:g}", f"{document['window_s'] / 60:g}"
    head = (
        f"Phân biệt gần (<= {near} m) và xa: mẫu đơn, cửa sổ {minutes} phút mỗi cặp máy. "
        f"/ Near (<= {near} m) or far: single samples, {minutes}-minute windows of a pair.",
        "AUC: 0.5 = may rủi / a coin; 1 = luôn đúng / never errs. F1 tốt nhất / best F1: P, R = precision, recall.",
    )
    return "\n".join([*head, "", *text, "", *document["says"]])


def _row(name: str, part: Mapping[str, Any]) -> dict[str, str]:
    measured = part["windows"]
    best = measured["best_f1"] or {}
    numbers = {
        "auc_sample": part["auc_sample"],
        "auc_strongest": measured["auc_strongest"],
        "auc_mean": measured["auc_mean"],
        **{key: best.get(key) for key in ("f1", "at_dbm", "precision", "recall")},
    }
    texts = {key: "-" if value is None else f"{value:g}" for key, value in numbers.items()}
    counts = f"{measured['near']}+{measured['far']}"
    return {"scene": name, "samples": str(part["samples"]), "windows": counts, **texts}
