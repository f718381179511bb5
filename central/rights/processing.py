"""The records of processing (processing.toml) as rows, CSV and JSON, and the impact assessment made of them."""

import csv
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

from central.rights.letters import Grid, Heading, Part
from central.rights.limits import Limits

FILE = Path(__file__).with_name("processing.toml")
FIELDS = ("name", "purpose", "people", "data", "basis", "recipients", "risk", "measure")
_HEADS = (
    ("Hoạt động", "Mục đích", "Của ai", "Dữ liệu", "Căn cứ", "Ai nhận", "Rủi ro", "Biện pháp", "Giữ bao lâu"),
    ("Activity", "Purpose", "Whose", "Data", "Basis", "Who gets it", "Risk", "Measure", "How long"),
)


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing that is done with data. Each text is (Vietnamese, English); `limits` are kinds of limits.toml."""

    texts: dict[str, tuple[str, str]]
    limits: tuple[str, ...]

    def row(self, language: int, limits: Limits) -> tuple[str, ...]:
        """Its texts in one language, and how long its data stay."""
        unit = ("ngày", "days")[language]
        kept = [limits.of(kind) for kind in self.limits]
        names = [(one.name_vi, one.kind.replace("_", " "))[language] for one in kept]
        days = ", ".join(f"{name}: {one.days} {unit}" for name, one in zip(names, kept, strict=True))
        return (*(self.texts[field][language] for field in FIELDS), days)


@cache
def activities(path: Path = FILE) -> tuple[Activity, ...]:
    """processing.toml, read once a process. Raises KeyError or ValueError for a file that lacks something."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(
        Activity({field: _both(row[field]) for field in FIELDS}, tuple(row["limits"])) for row in document["activity"]
    )


@cache
def controller(path: Path = FILE) -> tuple[str, str]:
    """Who answers for it, (Vietnamese, English)."""
    return _both(tomllib.loads(path.read_text(encoding="utf-8"))["controller"])


def heads(language: int) -> tuple[str, ...]:
    """The words over the columns."""
    return _HEADS[language]


def as_csv(found: Sequence[Activity], language: int, limits: Limits) -> str:
    """The register as CSV (RFC 4180)."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(heads(language))
    writer.writerows(activity.row(language, limits) for activity in found)
    return out.getvalue()


def as_json(found: Sequence[Activity], limits: Limits) -> list[dict[str, Any]]:
    """The register for programs: both languages, days by kind."""
    return [
        {**{field: dict(zip(("vi", "en"), a.texts[field], strict=True)) for field in FIELDS}}
        | {"days": {kind: limits.of(kind).days for kind in a.limits}}
        for a in found
    ]


def assessment(found: Sequence[Activity], language: int, limits: Limits) -> list[Part]:
    """The assessment of impacts: by activity what is done, what could go wrong, and what stands against it."""
    title = ("Đánh giá tác động xử lý dữ liệu cá nhân", "Assessment of the impact of processing personal data")
    parts: list[Part] = [Heading(title[language], 1), controller()[language]]
    for activity in found:
        row = activity.row(language, limits)
        parts += [Heading(row[0]), Grid(tuple(zip(heads(language)[1:], row[1:], strict=True)))]
    return parts


def _both(value: Sequence[str]) -> tuple[str, str]:
    vietnamese, english = value
    return vietnamese, english
