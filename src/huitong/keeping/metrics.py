"""The desk's figures in Prometheus's text format. Labels are routes and states of our code: bounded, nobody's data."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from django.db import Error
from django.db.models import Count, Min, Q, Sum

import huitong
from huitong.delivery import heartbeat
from huitong.records.models import Outbox

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
STATES: Final = ("waiting", "sent", "withdrawn", "failed")

Labels = Mapping[str, str]
Sample = tuple[str, Labels, float]  # what follows the family's name ("_sum"), labels, value


def family(name: str, kind: str, what: str, samples: Iterable[Sample]) -> str:
    """One metric of the page: its two lines of description, and a line a sample."""
    lines = [f"# HELP huitong_{name} {what}", f"# TYPE huitong_{name} {kind}"]
    for suffix, labels, value in samples:
        shown = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        lines.append(
            f"huitong_{name}{suffix}{{{shown}}} {value:.15g}" if shown else f"huitong_{name}{suffix} {value:.15g}"
        )
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def of_the_database(now: datetime) -> str:
    """Outbox and workers, in three queries; without a database only that there is none."""
    try:
        found = _outbox(now) + _workers(now)
        up = 1
    except Error:
        found, up = "", 0
    about = family("info", "gauge", "The version that runs.", [("", {"version": huitong.__version__}, 1)])
    return about + family("database_up", "gauge", "1 if the database answered.", [("", {}, up)]) + found


def _outbox(now: datetime) -> str:
    settled = Outbox.objects.exclude(state="waiting").values_list("state").annotate(Count("pk"), Sum("tries"))
    waiting = Outbox.objects.filter(state="waiting").aggregate(
        rows=Count("pk"),
        tries=Sum("tries", default=0),
        due=Count("pk", filter=Q(due_at__lte=now)),
        oldest=Min("due_at", filter=Q(due_at__lte=now)),
    )
    rows = dict.fromkeys(STATES, 0) | {"waiting": waiting["rows"]}
    tries = waiting["tries"]
    for state, count, of_these in settled:
        rows[state] = count
        tries += of_these or 0
    late = (now - waiting["oldest"]).total_seconds() if waiting["oldest"] else 0
    by_state: list[Sample] = [("", {"state": state}, count) for state, count in rows.items()]
    return (
        family("outbox_rows", "gauge", "Rows of the outbox by state.", by_state)
        + family("outbox_due", "gauge", "Rows that are due and wait.", [("", {}, waiting["due"])])
        + family("outbox_oldest_due_seconds", "gauge", "How long the oldest due row waits.", [("", {}, late)])
        + family("outbox_tries_total", "counter", "Tries to send.", [("", {}, tries)])
        + family("outbox_sent_total", "counter", "Rows that were sent.", [("", {}, rows["sent"])])
        + family("outbox_failed_total", "counter", "Rows that failed for good.", [("", {}, rows["failed"])])
    )


def _workers(now: datetime) -> str:
    life = heartbeat.life(now=now)
    seen, swept = (moment.timestamp() if moment else 0 for moment in (life.seen, life.swept))
    return (
        family("workers", "gauge", "Workers that gave a sign of life in the last minute.", [("", {}, life.alive)])
        + family("worker_seen_timestamp_seconds", "gauge", "A worker's last sign of life.", [("", {}, seen)])
        + family("worker_swept_timestamp_seconds", "gauge", "A worker's last look at the outbox.", [("", {}, swept)])
    )
