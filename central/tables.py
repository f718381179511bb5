"""Every table of the centre: importing this fills the metadata of central.schema."""

import central.access.schema
import central.alerts.schema
import central.authority.schema
import central.desks.schema
import central.feedback.schema
import central.fleet.schema
import central.people.schema
import central.phones.schema
import central.places.schema
import central.radio.schema
import central.reports.schema
import central.rights.schema
import central.ruling.schema
import central.safety.schema
import central.tracing.schema
import central.vault.schema
import central.venues.schema
import central.visitor.schema
import central.zoning.schema  # noqa: F401
from central.schema import metadata

__all__ = ["metadata"]
