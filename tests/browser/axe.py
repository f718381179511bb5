"""What axe-core finds on a page. axe writes styles of its own, which the kiosk's policy forbids: pages that it looks at
are opened with `bypass_csp`."""

from pathlib import Path
from typing import Any
from weakref import WeakSet

import axe_playwright_python
from playwright.sync_api import Page

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
# Windows in which a document had to be given axe: the next one there will want it too.
_given = WeakSet[Page]()
# Of what axe may load beforehand, styles serve one rule alone, css-orientation-lock: experimental, and so never run
# (axe-core API, "Preload Configuration Details", "Experimental Rules"). Copying the keyboard's into a document of its
# own is what the kiosk's policy forbids.
RUN = "rules => axe.run(document, { resultTypes: ['violations'], preload: { assets: ['media'] }, rules })"


def _bring(page: Page) -> None:
    """axe in this document; from a window's second document on, the window brings it along by itself: half a megabyte
    is sent and read once, which takes longer than most pages take to be looked at."""
    if page.evaluate("'axe' in window"):
        return
    if page in _given:
        page.add_init_script(AXE)
    _given.add(page)
    page.evaluate(AXE)


def violations(page: Page, *, whole: bool = True) -> list[str]:
    """Each violation with where. Contrast does not change with the language: `whole` looks at it too."""
    _bring(page)
    rules = {} if whole else {"color-contrast": {"enabled": False}}
    result: dict[str, Any] = page.evaluate(RUN, rules)
    return [f"{one['id']}: {node['html'][:160]}" for one in result["violations"] for node in one["nodes"]]
