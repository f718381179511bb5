"""What everybody may see: how often people were looked at, and the signed heads of the log. Nobody is named here."""

from itertools import groupby
from typing import TYPE_CHECKING

from flask import Response, jsonify

from central.access import heads
from central.access.counts import LEAST, counts, shown
from central.web.console import OpenPage, show_open

if TYPE_CHECKING:
    from central.web.app import Site

_HEADS = 400  # a year, and some


def page(site: "Site") -> str:
    """For people."""
    with site.engine.connect().execution_options(reads_only=True) as connection:
        found = counts(connection)
        newest = heads.newest_heads(connection, 5)
    months = [(month, [one for one in some if one.looks]) for month, some in groupby(found, lambda one: one.month)]
    return show_open("access/transparency.html", months=months, shown=shown, heads=newest, least=LEAST)


def counts_json(site: "Site") -> Response:
    """For programs: counts below 5 as the text "<5"."""
    with site.engine.connect().execution_options(reads_only=True) as connection:
        found = [
            {
                "month": one.month,
                "role": one.role,
                "purpose": one.purpose,
                "looks": shown(one.looks),
                "persons": shown(one.persons),
            }
            for one in counts(connection)
            if one.looks
        ]
    return jsonify(counts=found, least=LEAST)


def log_json(site: "Site") -> Response:
    """The newest heads, oldest first, each with the proof from the one before. Keep a copy."""
    with site.engine.connect().execution_options(reads_only=True) as connection:
        return jsonify(heads.as_document(heads.newest_heads(connection, _HEADS)))


TRANSPARENCY = (
    OpenPage("/transparency", "access_transparency", page),
    OpenPage("/transparency/counts.json", "access_counts_json", counts_json),
    OpenPage("/transparency/log.json", "access_log_json", log_json),
)
