"""Which addresses tests.bench.console asks for: every page for reading, with the parts and questions it is opened with.

Parts are SQL over the bench's world, one answer each: what follows the rule's own beginning.
"""

from tests.bench.console_desks import BUSIEST, MARKET
from tests.bench.console_rows import TODAY
from tests.parts.centre import Centre

ASKED = {
    "/": ("", "?venue=v-00001", "?day=2026-10-15"),
    "/tonight": ("", "?page=5", "?show=late", "?show=none", "?show=mine", "?case={case}"),
    "/cases": ("", "?state=confirmed", "?state=closed"),
    "/declarations": ("", "?show=closed"),
    "/arrivals/vehicle": (f"?vehicle=VN301&gate=v-00001&day={TODAY - 1}",),
    "/requests": ("", "?closed=1", "?page=5"),
    "/audit": ("", "?actor=ca.3", "?about=BN-2026-000007", "?person=77", "?day=2026-10-15"),
    "/audit.csv": ("?actor=ca.3",),
    "/fleet": ("", "?mark=bad&page=3", "?why=certificate", "?place=t-19", "?version=2026.11.2"),
}
_HERE, _THERE = f"SELECT '{BUSIEST}", f"SELECT '{MARKET}"
_PICTURE = "FROM feedback_picture p JOIN feedback f ON f.id = p.feedback WHERE f.state"
PARTS: dict[str, tuple[str, ...]] = {
    "/alerts/<int:number>": ("SELECT max(id) FROM release", "SELECT min(id) FROM release"),
    "/zones/<int:number>": ("SELECT max(id) FROM zone",),
    "/declarations/<int:number>": ("SELECT max(id) FROM triage WHERE closed_ms IS NULL",),
    "/arrivals/<int:number>": ("SELECT max(id) FROM arrival",),
    "/requests/<name>": ("SELECT max(id) FROM rights_request",),
    "/breaches/<name>": ("SELECT max(id) FROM breach",),
    "/breaches/<name>/notice.<form>": ("SELECT max(id) || '/notice.docx' FROM breach",),
    "/processing/assessment.<form>": ("SELECT 'docx'",),
    "/contacts/<int:contact>": ("SELECT max(id) FROM contact",),
    "/accounts/<login>": ("SELECT 'ca.3'",),
    "/report/file/<kind>": ("SELECT 'csv'", "SELECT 'docx'"),
    "/cases/<case>/contacts.<ending>": ("SELECT max(case_id) || '/contacts.csv' FROM contact",),
    "/cases/<case>/persons/<int:person>": ("SELECT id || '/persons/' || person FROM case_file ORDER BY id LIMIT 1",),
    "/cases/<case>": ("SELECT case_id FROM contact GROUP BY case_id ORDER BY count(*) DESC LIMIT 1",),
    "/retention/certificates/<int:number>": (),  # signed by a run of the job, which destroys what is measured here
    "/retention/certificates/<int:number>/file": (),
    "/fleet/kiosk/<device>": ("SELECT max(d.id) FROM device d JOIN place p ON p.id = d.venue WHERE p.province = '01'",),
    "/fleet/rollouts/<int:number>": (),  # over all 20,000 kiosks here; tests.bench.fleet has it over 5,000
    "/rules/<int:number>": ("SELECT max(id) FROM rule_proposal",),
    "/venues/waiting/<int:number>": ("SELECT max(id) FROM registration WHERE state = 'waiting'",),
    "/venues/<venue>": (f"{_HERE}'", f"{_THERE}'"),
    "/venues/<venue>/counts": (f"{_HERE}/counts'",),
    "/venues/<venue>/counts.json": (f"{_HERE}/counts.json'",),
    "/venues/<venue>/data": (f"{_HERE}/data'",),
    "/venues/<venue>/end": (f"{_HERE}/end'",),
    "/venues/<venue>/posters": (f"{_HERE}/posters'",),
    "/venues/<venue>/posters.pdf": (f"{_HERE}/posters.pdf'",),
    "/venues/<venue>/staff": (f"{_HERE}/staff'",),
    "/venues/<venue>/kiosks": (f"{_HERE}/kiosks'",),
    "/venues/<venue>/rosters": (f"{_HERE}/rosters'",),
    "/venues/<venue>/rosters/<int:number>": (
        f"{_HERE}/rosters/' || max(h.roster) FROM roster_pass h JOIN roster r ON r.id = h.roster WHERE r.place = 1",
    ),
    "/safety/<venue>": (f"{_HERE}'", f"{_THERE}'"),
    "/safety/<venue>/check/<period>": (f"{_HERE}/check/periodic'", f"{_THERE}/check/daily'"),
    "/inspections/of/<venue>": (f"{_HERE}'", f"{_THERE}'"),
    "/inspections/<int:number>": ("SELECT max(id) FROM inspection WHERE why = 'recheck' AND done_ms IS NULL",),
    "/inspections/picture/<int:number>": ("SELECT max(id) FROM evidence",),
    "/feedback/<int:number>": (f"SELECT max(f.id) {_PICTURE} = 'asked'", f"SELECT max(f.id) {_PICTURE} = 'published'"),
    "/feedback/<int:number>/picture": (f"SELECT max(f.id) || '/picture' {_PICTURE} = 'asked'",),
    "/feedback/flood/<int:number>": ("SELECT max(campaign) FROM feedback",),
    "/feedback/of/<venue>": (f"{_HERE}'",),
    "/feedback/<int:number>/released-picture": (
        f"SELECT max(f.id) || '/released-picture' {_PICTURE} = 'published' AND p.shown = 1",
    ),
}


def paths(centre: Centre, rule: str) -> list[str]:
    """The addresses of a page to ask for.

    Raises KeyError for a rule with parts that nobody has named here, LookupError where the world has no row for it.
    """
    if "<" in rule:
        found = [centre.one(sql) for sql in PARTS[rule]]
        if None in found:
            raise LookupError(f"{rule}: the bench's world has no row of it")
        return [f"{rule.partition('<')[0]}{part}" for part in found]
    case = centre.one("SELECT min(case_id) FROM contact")
    return [rule + asked.format(case=case) for asked in ASKED.get(rule, ("",))]
