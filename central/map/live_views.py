"""The live view of signed-in staff: each change of a place in their area, as it happens.

Server-sent events (WHATWG HTML, section 9.2), at most STREAMS at a time in this process, each ended after LIFE_S, so that
an account that was shut loses its stream too; whoever finds none free asks for the snapshot every two seconds instead.
"""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

from flask import Response, abort, g

from central.access.roles import Right, areas_of_place
from central.map.directory import Directory, described, directory
from central.map.model import STATES
from central.safety.states import Standing
from central.statements import run
from central.web.console import Desk

STREAMS, LIFE_S, LOOK_S, BEAT_S = 16, 300.0, 0.5, 15.0
RIGHTS = (Right.COUNTS_READ, Right.INSPECTIONS_WORK, Right.PLACES_CONFIRM)
_FREE = threading.BoundedSemaphore(STREAMS)
