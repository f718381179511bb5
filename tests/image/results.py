"""What the scenes found, as rows; the same rows as JSON and as a table that a person reads."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

State = Literal["holds", "fails", "skipped"]


@dataclass(frozen=True, slots=True)
class Row:
    """One scene: what was promised, how it stands, what was measured, why it was skipped or what went wrong."""

    scene: str
    promise: str
    state: State
    seconds: float
    figures: dict[str, Any] = field(default_factory=dict)
    words: str = ""


def write(rows: list[Row], folder: Path, image: str) -> None:
    """image-test.json and image-test.md in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    facts = {"image": image, "rows": [asdict(row) for row in rows]}
    (folder / "image-test.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", "utf-8")
    (folder / "image-test.md").write_text(table(rows, image), "utf-8")


def table(rows: list[Row], image: str) -> str:
    """Markdown."""
    counted = {state: sum(row.state == state for row in rows) for state in ("holds", "fails", "skipped")}
    head = f"# Image test\n\n{image}: " + ", ".join(f"{count} {state}" for state, count in counted.items()) + ".\n\n"
    lines = ["| scene | promise | state | s | figures |", "|---|---|---|---|---|"]
    for row in rows:
        figures = "; ".join(f"{name} {value}" for name, value in row.figures.items() if not isinstance(value, list))
        cells = (row.scene, row.promise, row.state, f"{row.seconds:.0f}", "; ".join(filter(None, (figures, row.words))))
        lines.append("| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |")
    long = [_long(row, name, value) for row in rows for name, value in row.figures.items() if isinstance(value, list)]
    return head + "\n".join([*lines, "", *long])


def _long(row: Row, name: str, values: list[Any]) -> str:
    return f"## {row.scene}: {name}\n\n" + "\n".join(f"    {value}" for value in values) + "\n"
