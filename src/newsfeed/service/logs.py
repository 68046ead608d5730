"""The service's log: one line each on stderr, as text or as JSON, with the time in UTC.

What is logged names nobody and holds no token (standards S-31); whoever logs sees to that, and
`discretion.py` to what they quote. Control characters are made visible here.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Literal

from newsfeed.errors import message
from newsfeed.service.discretion import discreet

Form = Literal["text", "json"]


class _Text(logging.Formatter):
    """`2026-11-23T08:00:01Z publish: 12 articles; 3 files written`."""

    def format(self, record: logging.LogRecord) -> str:
        """A record as a line without a traceback."""
        level = "" if record.levelno <= logging.INFO else f"{record.levelname.lower()}: "
        return f"{_time(record)} {_area(record)}: {level}{_said(record)}"


class _Json(logging.Formatter):
    """`{"time": "2026-11-23T08:00:01Z", "level": "info", "area": "publish", "message": "…"}`."""

    def format(self, record: logging.LogRecord) -> str:
        """A record as an object on a line."""
        words = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "area": _area(record),
            "message": _said(record),
        }
        return json.dumps(words, ensure_ascii=False)


def formatter(form: Form) -> logging.Formatter:
    """What makes lines of that form."""
    return _Json() if form == "json" else _Text()


def log_to_stderr(form: Form) -> None:
    """Send what the service logs to stderr, and of libraries only what went wrong."""
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(form))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("newsfeed").setLevel(logging.INFO)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.raiseExceptions = False  # a log that nobody can read is no reason to stop


def _time(record: logging.LogRecord) -> str:
    return f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _area(record: logging.LogRecord) -> str:
    return record.name.removeprefix("newsfeed.")


def _said(record: logging.LogRecord) -> str:
    return message("", discreet(record.getMessage()), "")
