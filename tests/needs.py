"""One rule for tests that stand on a real part: in CI a missing part is a failure, elsewhere a skip with its reason."""

import os

import pytest


def need(ok: bool, what: str) -> None:
    """Go on when `ok`; else fail where CI is "true", and skip elsewhere, saying `what` is missing."""
    if ok:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"missing in CI: {what}", pytrace=False)
    pytest.skip(f"missing here: {what}")


def need_hardware(ok: bool, what: str) -> None:
    """Go on when `ok`; else skip, in CI too: cameras, pins and sound cards are not in any build machine."""
    if not ok:
        pytest.skip(f"no such hardware here: {what}")


def need_contrib(ok: bool, what: str) -> None:
    """Go on when `ok`; else skip, in CI too: Debian keeps it in contrib, which a build machine need not have."""
    if not ok:
        pytest.skip(f"not in Debian main: {what}")
