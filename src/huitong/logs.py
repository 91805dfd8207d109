"""What the processes say of themselves: one line an event, plain or JSON; never what people wrote, nor who they are.

`event` writes a line of ours, with figures and names of our own making. What other libraries say is shown without the
values they put into it, errors by type and place without their message: both may hold anything.
"""

import json
import logging
import re
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final

LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")

# The request that this thread answers; every line that is written meanwhile bears it.
request_id: Final[ContextVar[str]] = ContextVar("request_id", default="")

# Loggers whose values are addresses of machines and numbers of rows.
_OPEN: Final = ("huitong", "celery.worker", "celery.beat", "kombu", "amqp", "waitress.queue")
_VALUE: Final = re.compile(r"%(?:\(\w+\))?[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]")
_ADDRESS: Final = re.compile(r"""[^\s<>"'@]+@[^\s<>"'@]+""")
_TOKEN: Final = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{24}(?![0-9A-Za-z])")
_LINK: Final = re.compile(r"https?://\S+")
_MOST_CAUSES: Final = 5


def event(logger: logging.Logger, name: str, *, level: int = logging.INFO, **facts: str | int | None) -> None:
    """One line: what happened, and a few facts. No text, name or address of anyone belongs into `facts`."""
    logger.log(level, name, extra={"facts": facts})


def redacted(text: str) -> str:
    """The text without mail addresses, links and tokens, should one have slipped in."""
    return _TOKEN.sub("[token]", _ADDRESS.sub("[address]", _LINK.sub("[link]", text)))


def _message(record: logging.LogRecord) -> str:
    if _is_open(record.name):
        return redacted(record.getMessage())
    if record.name.startswith("django.security"):
        return record.name.rpartition(".")[2]  # the message repeats what the client sent
    text = str(record.msg) if isinstance(record.msg, str) else type(record.msg).__name__
    return redacted(_VALUE.sub("…", text) if record.args else text)


def _is_open(name: str) -> bool:
    return any(name == known or name.startswith(f"{known}.") for known in _OPEN)


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    facts: dict[str, Any] = {"request": request_id.get()} if request_id.get() else {}
    request = getattr(record, "request", None)  # what Django's own lines about a request carry
    if match := getattr(request, "resolver_match", None):
        facts["route"] = match.view_name
    if status := getattr(record, "status_code", None):
        facts["status"] = status
    return facts | {k: v for k, v in getattr(record, "facts", {}).items() if v is not None}


def _errors(error: BaseException | None) -> list[dict[str, Any]]:
    """The error and its causes: type and places, outermost first."""
    found: list[dict[str, Any]] = []
    while error is not None and len(found) < _MOST_CAUSES:
        frames = traceback.extract_tb(error.__traceback__)
        places = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames[-20:]]
        found.append({"type": f"{type(error).__name__}{_reason(error)}", "at": places})
        error = error.__cause__ or error.__context__
    return found


def _reason(error: BaseException) -> str:
    """What the system or the database itself says; it knows of files and servers alone."""
    if isinstance(error, OSError) and error.strerror:
        return f": {error.strerror}"
    if type(error).__name__ == "OperationalError" and str(error):
        return f": {redacted(str(error).splitlines()[0])}"
    return ""


def _short(path: str) -> str:
    return "/".join(path.replace("\\", "/").split("/")[-3:])


def _error_of(record: logging.LogRecord) -> list[dict[str, Any]]:
    return _errors(record.exc_info[1]) if record.exc_info else []


def _at(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Plain(logging.Formatter):
    """A line for people; an error's places below it."""

    def format(self, record: logging.LogRecord) -> str:
        facts = "".join(f" {name}={value}" for name, value in _facts(record).items())
        lines = [f"{_at(record)} {record.levelname} {record.name} {_message(record)}{facts}"]
        for error in _error_of(record):
            lines += [f"  {error['type']}", *(f"    {place}" for place in error["at"])]
        return "\n".join(lines)


class Json(logging.Formatter):
    """A JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {"at": _at(record), "level": record.levelname, "logger": record.name, "event": _message(record)}
        line |= _facts(record)
        if errors := _error_of(record):
            line["errors"] = errors
        return json.dumps(line, ensure_ascii=False, default=str)
