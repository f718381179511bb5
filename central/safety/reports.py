"""What citizens say of a place, weighed by the rule of rules/reports.toml: nobody who sent it stands here.

- Only reports that a moderator has confirmed as serious, or that are tied to a real visit, are handed in at all.
- A visitor counts once: of several reports of the same `who` the heaviest. What no moderator has confirmed counts
  little even together: without a confirmed report nothing turns a place.
- A report counts until the place has answered it and a later inspection has found the place safe.
"""

import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from sqlalchemy.engine import Connection

from central.statements import run

FILE = Path(__file__).with_name("rules") / "reports.toml"
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Report:
    """One report of a place. `there`: tied to a real visit; `who`: equal for the same visitor, "" for its own.

    `who` must be a random or keyed mark, never a name or a number of a person.
    """

    id: int
    at_ms: int
    there: bool
    confirmed: bool
    answered_ms: int | None = None
    who: str = ""


@dataclass(frozen=True, slots=True)
class ReportRule:
    """rules/reports.toml."""

    version: str
    days: int
    limit: int
    there_confirmed: int
    confirmed: int
    there: int
    unconfirmed_most: int

    def weight(self, report: Report) -> int:
        """What one report counts."""
        if report.confirmed:
            return self.there_confirmed if report.there else self.confirmed
        return self.there if report.there else 0


@cache
def report_rule() -> ReportRule:
    """The rule that ships."""
    return ReportRule(**tomllib.loads(FILE.read_text("utf-8")))


def weigh(reports: Iterable[Report], found_safe_ms: int | None, rule: ReportRule) -> int | None:
    """Since when the reports make the place at risk; None: they do not. `found_safe_ms`: of the newest safe inspection.

    The days are a window over the reports, not over now: what made a place at risk is over by answer and recheck alone.
    """
    counting = sorted(
        (one for one in reports if not _settled(one, found_safe_ms) and rule.weight(one)), key=lambda one: one.at_ms
    )
    for last, end in enumerate(counting):
        heaviest: dict[str, int] = {}
        for one in counting[: last + 1]:
            if one.at_ms > end.at_ms - rule.days * DAY_MS:
                who = one.who or f"#{one.id}"
                heaviest[who] = max(heaviest.get(who, 0), rule.weight(one))
        confirmed = sum(weight for weight in heaviest.values() if weight > rule.there)
        unconfirmed = sum(weight for weight in heaviest.values() if weight <= rule.there)
        if confirmed + min(unconfirmed, rule.unconfirmed_most) >= rule.limit:
            return end.at_ms
    return None


def _settled(report: Report, found_safe_ms: int | None) -> bool:
    return report.answered_ms is not None and found_safe_ms is not None and found_safe_ms >= report.at_ms


def reports_changed(connection: Connection, place: int, reports: Sequence[Report], now_ms: int) -> None:
    """Take what there is now of a place's reports, weigh it, and say anew what holds of the place."""
    from central.safety.standing import restate

    text = json.dumps([asdict(one) for one in reports])
    sql = (
        "INSERT INTO reported (place, reports) VALUES (?, ?)"
        " ON CONFLICT (place) DO UPDATE SET reports = excluded.reports"
    )
    run(connection, sql, (place, text))
    restate(connection, place, now_ms)


def reweigh(connection: Connection, place: int, found_safe_ms: int | None) -> int | None:
    """Since when the reports that were handed in make the place at risk, after an inspection, say."""
    row = run(connection, "SELECT reports FROM reported WHERE place = ?", (place,)).first()
    if row is None:
        return None
    since = weigh([Report(**one) for one in json.loads(row[0])], found_safe_ms, report_rule())
    run(connection, "UPDATE reported SET since_ms = ? WHERE place = ?", (since, place))
    return since
