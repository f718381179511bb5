"""The named jobs of central.alerts."""

from central.alerts.escalating import escalate, see_gates
from central.alerts.flagging import find_flags
from central.alerts.noticing import offer_clearances, tell_looks
from central.alerts.publishing import send_released
from central.alerts.sending import Sending
from central.alerts.sweeping import sweep
from central.jobs import Job

JOBS: tuple[Job, ...] = (
    Job("alerts", 0.5, send_released),
    Job("send", 1.0, Sending().run),
    Job("gates_seen", 20.0, see_gates),
    Job("escalate", 60.0, escalate),
    Job("look_notices", 300.0, tell_looks),
    Job("clearances", 600.0, offer_clearances),
    Job("flags", 300.0, find_flags),
    Job("alerts_sweep", 600.0, sweep),
)
