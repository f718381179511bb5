"""What citizens say of a place, weighed by the rule of rules/reports.toml: nobody who sent it stands here.

- Only reports that a moderator has confirmed as serious, or that are tied to a real visit, are handed in at all.
- A visitor counts once: of several reports of the same `who` the heaviest. What no moderator has confirmed counts
  little even together: without a confirmed report nothing turns a place.
- A report counts until the place has answered it and a later inspection has found the place safe.
"""

import json
import tomllib
from collections import Counter, deque
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
    window, sums = deque[Report](), _Sums(rule)
    for one in counting:
        window.append(one)
        sums.count(one, 1)
        while window[0].at_ms <= one.at_ms - rule.days * DAY_MS:
            sums.count(window.popleft(), -1)
        if sums.total() >= rule.limit:
            return one.at_ms
    return None


class _Sums:
    """What the reports in the window come to: of each visitor the heaviest. A flood costs one step a report."""

    def __init__(self, rule: ReportRule) -> None:
        self._rule = rule
        self._of: dict[str, Counter[int]] = {}
        self._confirmed = self._unconfirmed = 0

    def count(self, report: Report, step: int) -> None:
        """Take a report in (1) or out (-1)."""
        weights = self._of.setdefault(report.who or f"#{report.id}", Counter())
        self._add(max(+weights, default=0), -1)
        weights[self._rule.weight(report)] += step
        self._add(max(+weights, default=0), 1)

    def total(self) -> int:
        """What counts now."""
        return self._confirmed + min(self._unconfirmed, self._rule.unconfirmed_most)

    def _add(self, weight: int, sign: int) -> None:
        if weight > self._rule.there:
            self._confirmed += sign * weight
        else:
            self._unconfirmed += sign * weight


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
