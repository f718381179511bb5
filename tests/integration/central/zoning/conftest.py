"""The small province of the desks' tests, for zones."""

from tests.integration.central.desks.conftest import database, opener, province

__all__ = ["database", "opener", "province"]
