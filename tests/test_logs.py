"""What stands in a line of the log, and what never does."""

import json
import logging
import sys

import pytest
from django.db import OperationalError

from huitong import logs

SECRET = "高总，王经理不肯排期 gao@example.com https://desk.example/aB3dE6gH9jK2mN5pQ8sT1vW4 aB3dE6gH9jK2mN5pQ8sT1vW4"


def record(name: str, message: str, *values: object, error: BaseException | None = None, **extra: object):
    info = None
    if error:
        try:
            raise error
        except BaseException:
            info = sys.exc_info()
    made = logging.LogRecord(name, logging.WARNING, __file__, 1, message, values, info)
    made.__dict__.update(extra)
    return made


def test_an_event_is_one_json_object_with_its_facts() -> None:
    line = logs.Json().format(record("huitong.delivery.app", "letter", facts={"row": 7, "kind": "request", "ms": None}))
    told = json.loads(line)
    assert "\n" not in line
    assert (told["event"], told["row"], told["kind"], told["level"]) == ("letter", 7, "request", "WARNING")
    assert told["at"].endswith("Z")
    assert "ms" not in told


def test_a_plain_line_says_the_same_to_people() -> None:
    line = logs.Plain().format(record("huitong.delivery.app", "letter", facts={"row": 7, "kind": "request"}))
    assert line.endswith("WARNING huitong.delivery.app letter row=7 kind=request")


@pytest.mark.parametrize("formatter", [logs.Plain(), logs.Json()])
@pytest.mark.parametrize(
    "written",
    [
        record("apprise", "failed to send %s to %s", SECRET, "x"),
        record("django.request", "Not Found: %s", f"/{SECRET}"),
        record("django.security.DisallowedHost", f"Invalid HTTP_HOST header: {SECRET}"),
        record("celery.app.trace", "Task %(name)s raised: %(exc)s", {"name": "carry", "exc": SECRET}),
        record("huitong.web", "failed", error=ValueError(SECRET)),
        record("huitong.web", "failed", error=OSError(2, "No such file", SECRET)),
    ],
)
def test_what_people_wrote_is_never_in_it(formatter: logging.Formatter, written: logging.LogRecord) -> None:
    line = formatter.format(written)
    for word in ("高总", "排期", "gao@", "desk.example", "aB3dE6gH9jK2mN5pQ8sT1vW4"):
        assert word not in line


def test_what_slips_into_a_line_of_ours_is_taken_out() -> None:
    line = logs.Plain().format(record("huitong.web", "sent to %s by %s", "gao@example.com", "aB3dE6gH9jK2mN5pQ8sT1vW4"))
    assert line.endswith("sent to [address] by [token]")


def test_an_error_is_told_by_type_and_place_and_a_database_by_its_reason() -> None:
    told = json.loads(logs.Json().format(record("huitong.web", "failed", error=OperationalError("database is locked"))))
    assert told["errors"][0]["type"] == "OperationalError: database is locked"
    assert "test_logs.py" in told["errors"][0]["at"][-1]
