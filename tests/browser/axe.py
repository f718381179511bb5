"""What axe-core finds on a page. axe writes styles of its own, which the kiosk's policy forbids: pages that it looks at
are opened with `bypass_csp`."""

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, *, whole: bool = True) -> list[str]:
    """Each violation with where. Contrast does not change with the language: `whole` looks at it too."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    rules = {} if whole else {"color-contrast": {"enabled": False}}
    result: dict[str, Any] = page.evaluate("rules => axe.run(document, { resultTypes: ['violations'], rules })", rules)
    return [f"{one['id']}: {node['html'][:160]}" for one in result["violations"] for node in one["nodes"]]
