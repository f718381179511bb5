"""What a person reads when something is refused or fails: what happened, and what to do now. Never a traceback.

Refusals have their sentences in the words of the package that refuses, under "<package>.refused.<reason>".
"""

import traceback
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, jsonify, render_template, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import HTTPException

from central.log import log
from central.web.words import WORDS
from wire.refusal import Refused

_STATUS = {"not_allowed": 403, "second_factor": 403, "too_fast": 429, "opener_away": 503, "log_changed": 503}
_SAID = frozenset({400, 403, 404, 405, 413, 429, 500})
_FRAMES = 4


class _Json(DefaultJSONProvider):
    """JSON that is nested without end is as bad as one that is cut off."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Raises ValueError."""
        try:
            return super().loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


class Centre(Flask):
    """Flask, with a log that says where something failed and never with which values: they may be about a person."""

    json_provider_class = _Json

    def log_exception(self, exc_info: Any) -> None:
        """One line: kind of the error, and the innermost places of our own."""
        kind, _, trace = exc_info
        ours = [f"{Path(f.filename).name}:{f.lineno}" for f in traceback.extract_tb(trace) if "central" in f.filename]
        log("page_failed", page=request.endpoint, error=getattr(kind, "__name__", ""), where=ours[-_FRAMES:])


def add_errors(app: Flask) -> None:
    """Let `app` answer in words."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _failed)


def status_of(reason: str) -> int:
    """The HTTP status of a refusal."""
    return _STATUS.get(reason, 404 if reason.endswith("_unknown") else 409)


def sentence_of(reason: str) -> str:
    """The key of the sentence for a reason; "refused.other" where no package has one."""
    return _sentences().get(reason, "refused.other")


def _refused(refusal: Refused) -> tuple[str, int]:
    locked = (refusal.reason, refusal.detail) == ("opener_away", "locked")  # central.vault.port
    return _page(sentence_of("opener_locked" if locked else refusal.reason), refusal.reason, status_of(refusal.reason))


def _failed(error: HTTPException) -> Any:
    if error.response is not None:  # an answer of our own: on to the sign-in page, say
        return error.response
    status = error.code or 500
    if status < 400:
        return error
    if request.path.startswith(("/api/", "/fhir/", "/v/api/")) or request.path.endswith(".json"):
        answer = jsonify(error=error.name)
    else:
        key = f"status.{status}" if status in _SAID else "status.500"
        answer = Response(_page(key, "", status)[0])
    answer.status_code = status
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            answer.headers[name] = value
    return answer


def _page(key: str, reason: str, status: int) -> tuple[str, int]:
    return render_template("refused.html", key=key, reason=reason, status=status, **g.get("words", {})), status


@cache
def _sentences() -> dict[str, str]:
    from central.web.console import all_words

    keys = (key for key in (*all_words(), *WORDS) if ".refused." in f".{key}")
    return {key.rpartition("refused.")[2]: key for key in keys}
